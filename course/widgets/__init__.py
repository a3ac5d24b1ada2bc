"""What the learner sees of an exercise or an instrument; no marketing in here."""
