"""What an investigator answers with when a ring is doubted: what holds it, who is barely in, what would change it."""

from linkage.defence.stage import defend, held_together

__all__ = ["defend", "held_together"]
