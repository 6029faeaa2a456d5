"""Simulated worlds: accounts with planted rings and innocent sharers, in the input format."""

from linkage.simulate.world import SCALES, Scale, WorldSummary, simulate

__all__ = ["SCALES", "Scale", "WorldSummary", "simulate"]
