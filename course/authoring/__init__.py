"""For those who write lessons: editions, checks, typography. No learner loads any of it."""
