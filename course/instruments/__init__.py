"""One file per instrument: controls, picture and words for one idea of the course."""
