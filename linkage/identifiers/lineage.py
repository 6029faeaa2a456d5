"""Lineage: which account an account comes from, pays, invites or replaces."""

from __future__ import annotations

from linkage.identifiers.base import Family, Kind
from linkage.identifiers.text import plain, shorten

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
)
