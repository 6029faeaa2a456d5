"""The second layer: behaviours (texts, and with what timing) that can run over several rings, and rings of several."""

from linkage.campaigns.stage import Campaigns, find_campaigns, with_campaigns

__all__ = ["Campaigns", "find_campaigns", "with_campaigns"]
