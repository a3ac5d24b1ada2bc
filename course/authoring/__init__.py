"""For those who write lessons: editions, checks, typography. Nothing of it is loaded by a learner."""
