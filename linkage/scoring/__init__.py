"""Scores and verdicts of rings: visible features, named innocent stories, and what these leave unexplained."""
