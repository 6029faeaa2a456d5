"""Lineage: which account an account comes from, pays, invites or replaces."""

from __future__ import annotations

from linkage.identifiers.base import Family, HubRule, Kind
from linkage.identifiers.text import in_full, plain, shorten

KINDS = (
    # Transfers, invitations and referrals tie accounts on purpose, but friends and customers are tied the
    # same way: worth a second look (12 bits at most), not a link. What happened once stays true, so there is
    # neither window nor fading. The id is only tidied, so that it equals the id in `accounts` (an account may
    # well be called "test").
    Kind(
        name="account",
        family=Family.LINEAGE,
        m=0.2,
        cap=12.0,
        personal=False,
        label="related account",
        clean=plain,
        caption=shorten,
    ),
    # An account begins, with what a banned one used, within hours of the ban. A value is one ordered pair, and says
    # what was seen. 5 bits, one chance in 32: the hours after one ban are a narrow coincidence, but still one.
    Kind(
        name="pool_swap",
        family=Family.LINEAGE,
        m=0.2,
        cap=5.0,
        hub=HubRule.NEVER,
        personal=False,
        label="begins where another was banned",
        clean=plain,
        caption=in_full,
    ),
)
