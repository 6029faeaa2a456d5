"""Timing: who acts in the same hours (`linkage.synchrony`), who goes on with what another was refused (succession)."""

from __future__ import annotations

from linkage.identifiers.base import Family, HubRule, Kind
from linkage.identifiers.text import in_full, plain, token

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
    # What one account was refused, another sends within seconds, and of that text again and again. Of the hand-offs
    # of such a text one in ten may be chance, hence so few bits. A value is one ordered pair, and says what was seen;
    # how rare it is has been measured, so it gives its whole cap.
    Kind(
        name="hand_off",
        family=Family.TIMING,
        m=0.3,
        cap=6.0,
        hub=HubRule.NEVER,
        personal=False,
        label="sent on after a refusal",
        clean=plain,
        caption=in_full,
    ),
    # The same two accounts, in the same order, again and again: 12 bits are one chance in 4,000, and what is accepted
    # over all pairs has more. Not near-proof: a customer may follow a colleague in another company's name.
    Kind(
        name="spare_account",
        family=Family.TIMING,
        m=0.2,
        cap=12.0,
        hub=HubRule.NEVER,
        personal=False,
        label="goes on where another is refused",
        clean=plain,
        caption=in_full,
    ),
)
