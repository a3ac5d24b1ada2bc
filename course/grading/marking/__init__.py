"""Written answers are read by people: their marks, and the page to give them on."""
