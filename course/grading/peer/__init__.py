"""Calibrated peer review: students mark each other's written answers, a lecturer the doubtful ones.

The lecturer marks a few sample answers. Each student marks two of them and the answers of three
others by the same rubric, and does not see which is which. How near the marks of the samples come
to the lecturer's is what the other marks weigh. What is not settled so goes to the lecturer.

A round is an assignment like any other, so that saving, handing in and reading are those of
`course assign` and `course grade`: its exercises are the rows of the rubric, a ``choice`` each.
"""
