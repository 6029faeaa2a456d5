"""Synchrony: accounts that share a text and act in the same hours, beyond what their habits explain."""

from linkage.synchrony.following import BUSY_DAYS
from linkage.synchrony.stage import see_synchrony

__all__ = ["BUSY_DAYS", "see_synchrony"]
