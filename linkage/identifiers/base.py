"""What an identifier kind is: one object that cleans, validates, places and weighs its values."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum


class Family(StrEnum):
    """Families of evidence: independent of each other, dependent within (see docs/method.md)."""

    PAYMENT = "payment"
    NETWORK = "network"
    DEVICE = "device"
    CLIENT = "client"
    CONTENT = "content"
    TIMING = "timing"
    REGISTRATION = "registration"
    LINEAGE = "lineage"
    INDICATOR = "indicator"


class Bucket(StrEnum):
    """The grain of a sighting's time."""

    HOUR = "hour"
    DAY = "day"


class HubRule(StrEnum):
    """How a kind's common values are judged."""

    COHESION = "cohesion"  # a hub unless its accounts are tied by another family
    NEVER = "never"  # always links, at whatever its rarity gives
    ALWAYS = "always"  # supports a link that others make, never makes one (user agent, ASN, BIN)


def _strip(value: str) -> str | None:
    text = value.strip()
    return text or None


def _accept(_value: str) -> str | None:
    return None


def _shown(key: str) -> str:
    return key


@dataclass(frozen=True)
class Kind:
    """One kind of identifier.

    `m` is the chance that two accounts of one party share a value of this kind; `cap` bounds the evidence of
    one value in bits; `window` is how near in time two sightings must lie to count as shared (None:
    whenever); `half_life` discounts evidence by its age (None: not at all). `near_proof` kinds link without a
    second family.

    `clean` takes any text and gives the canonical key, or None where the value says nothing (empty, private,
    placeholder): it never raises and `clean(clean(x)) == clean(x)`. `refuse` names why a value must not be
    stored at all (a card number), or gives None. `fast_sql` is an optional DuckDB expression over a VARCHAR
    column called `value` that has three answers: a canonical key; the empty string `''` where the value says
    nothing (`clean` gives None); NULL where the expression does not know the shape and the value must go
    through `clean`. It makes cleaning of millions of distinct values a scan, and must agree with `clean`
    wherever it is not NULL. `caption` masks a key for display to people without the right to see it.

    `hub_degree` is the most accounts that one party plausibly runs, where the operator knows it: a value that more
    hold is a hub, whatever the hub rule. For data of a single family, in which nothing else can tell a ring's own value
    from a public one; elsewhere it would lose the largest ring of all.

    `personal` keys are masked by `caption` unless the reader may see them. `sealed` keys are never stored at
    all, only their keyed fingerprint (`keys.Keyring`). `derived_from` names the kind whose values `clean`
    also takes: a subnet is cleaned from an address, a mail domain from a mail address.
    """

    name: str
    family: Family
    m: float
    cap: float
    window: timedelta | None = None
    half_life: timedelta | None = None
    bucket: Bucket = Bucket.DAY
    near_proof: bool = False
    hub: HubRule = HubRule.COHESION
    hub_degree: int | None = None
    personal: bool = True
    sealed: bool = False
    derived_from: str = ""
    label: str = ""
    clean: Callable[[str], str | None] = field(default=_strip, repr=False, compare=False)
    refuse: Callable[[str], str | None] = field(default=_accept, repr=False, compare=False)
    fast_sql: str | None = field(default=None, repr=False, compare=False)
    caption: Callable[[str], str] = field(default=_shown, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not 0.0 < self.m <= 1.0:
            raise ValueError(f"kind {self.name}: m must lie in (0, 1], not {self.m}")
        if not 0.0 < self.cap < math.inf:
            raise ValueError(f"kind {self.name}: cap must be positive bits, not {self.cap}")

    @property
    def title(self) -> str:
        """The kind in words, for explanations."""
        return self.label or self.name.replace("_", " ")
