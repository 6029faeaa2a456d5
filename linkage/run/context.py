"""What the stages of a night have in common."""

from __future__ import annotations

import os
from dataclasses import dataclass

import numpy as np

from linkage.errors import UsageError
from linkage.identifiers.keys import Keyring, Sealer, Unkeyed
from linkage.identifiers.registry import FAMILY_NUMBER, Kinds
from linkage.links.rarity import LinkRule, prior_log_odds, threshold_bits
from linkage.settings import Settings


@dataclass(frozen=True)
class Night:
    """What was observed: kinds, accounts, the hour that the run looks back from, counts for the ledger."""

    kinds: Kinds
    accounts: int
    as_of: int
    counts: dict[str, int]


def link_rule(settings: Settings, accounts: int) -> LinkRule:
    """The rule for links: configured, or from the prior of one other account of the same party each."""
    link = settings.link
    prior = link.prior if link.prior is not None else prior_log_odds(accounts)
    discount = np.full(len(FAMILY_NUMBER), link.discount)
    for family, number in FAMILY_NUMBER.items():
        override = settings.families.get(str(family))
        if override is not None and override.discount is not None:
            discount[number] = override.discount
    return LinkRule(
        prior=prior,
        threshold=link.threshold if link.threshold is not None else threshold_bits(prior, link.posterior),
        min_families=link.min_families,
        discount=discount,
    )


def sealer_of(settings: Settings) -> tuple[Sealer, bytes | None]:
    """Who makes fingerprints, and the secret if one is configured; UsageError when it is named but not set."""
    name = settings.privacy.key_env
    if name is None:
        return Unkeyed(), None
    secret = os.environ.get(name, "").encode()
    if not secret:
        raise UsageError(f"privacy.key_env names {name}, which is not set in the environment")
    return Keyring(secret), secret
