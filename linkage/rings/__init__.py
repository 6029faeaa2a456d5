"""Rings: communities of accounts, who in them is a victim, and what can be said of each."""

from linkage.rings.features import ring_features

__all__ = ["ring_features"]
