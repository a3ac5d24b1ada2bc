"""Graded assignments: setting, grading, marking and handing the grades on."""
