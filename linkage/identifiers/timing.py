"""Timing: that accounts which share a text act in the same hours, found by `linkage.synchrony`."""

from __future__ import annotations

from linkage.identifiers.base import Family, HubRule, Kind
from linkage.identifiers.text import token

KINDS = (
    # A value is a shared text, and its holders are the accounts of that text which follow the others' hours with
    # at least this many bits. What they say is measured account by account, so rarity has no part in it: each
    # value gives its whole cap. Two tiers, because most accounts act on few days: 5 bits is one chance in 32, 10
    # bits one in 1,000, and an account of the upper tier is in the lower one too.
    Kind(
        name="synchrony",
        family=Family.TIMING,
        m=0.5,
        cap=5.0,
        hub=HubRule.NEVER,
        personal=False,
        label="synchrony among the accounts of a text",
        clean=token,
    ),
    Kind(
        name="close_synchrony",
        family=Family.TIMING,
        m=0.3,
        cap=10.0,
        hub=HubRule.NEVER,
        personal=False,
        label="close synchrony among the accounts of a text",
        clean=token,
    ),
    # That the accounts of a job, taken together, act on one schedule. It says little of any two of them: what it
    # vouches for are the texts.
    Kind(
        name="schedule",
        family=Family.TIMING,
        m=0.9,
        cap=1.0,
        hub=HubRule.ALWAYS,
        personal=False,
        label="one schedule of all who send a job's texts",
        clean=token,
    ),
)
