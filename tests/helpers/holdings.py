"""Small worlds of sightings, straight as arrays: no files, no ingest, kinds whose numbers the test states itself."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from linkage.identifiers.registry import FAMILY_NUMBER, Kinds
from linkage.links.holdings import build_holdings
from linkage.links.kernels import FAMILIES
from linkage.links.linking import LinkGraph, Weighed, kind_arrays, link_accounts, weigh_values
from linkage.links.rarity import LinkRule, Rarity, plain_rarity
from linkage.sightings.stage import Seen
from linkage.warehouse import Warehouse

DAY = 24
NOW = 400 * DAY
"""Hours since 1970."""

Row = tuple[int, str, object] | tuple[int, str, object, Iterable[int]]

KINDS: dict[str, dict[str, object]] = {
    "pay": {"family": "payment", "m": 0.5, "cap": 20.0},
    "dev": {"family": "device", "m": 0.4, "cap": 18.0},
    "text": {"family": "content", "m": 0.6, "cap": 16.0},
    "text2": {"family": "content", "m": 0.6, "cap": 16.0},
    "net": {"family": "network", "m": 0.5, "cap": 12.0, "window": timedelta(days=3), "bucket": "hour"},
    "old": {"family": "registration", "m": 0.5, "cap": 20.0, "half_life": timedelta(days=100)},
    "proof": {"family": "registration", "m": 0.5, "cap": 24.0, "near_proof": True},
    "never": {"family": "lineage", "m": 0.5, "cap": 14.0, "hub": "never"},
    "sup": {"family": "client", "m": 0.5, "cap": 6.0, "hub": "always"},
}


@dataclass(frozen=True)
class Made:
    """A world: what the pipeline reads, and where each (kind, value) of two holders or more stands."""

    seen: Seen
    kinds: Kinds
    place: dict[tuple[str, object], int]

    @property
    def accounts(self) -> int:
        return self.seen.holdings.accounts

    @property
    def arrays(self):
        return kind_arrays(self.kinds)

    def plain(self) -> Rarity:
        """Rarity from degrees alone."""
        return plain_rarity(
            self.seen.holdings, self.arrays, self.seen.values, self.seen.total, self.seen.peak
        )


def rule(
    threshold: float = 20.0, min_families: int = 2, discount: float = 0.3, prior: float = -16.0
) -> LinkRule:
    return LinkRule(
        prior=prior,
        threshold=threshold,
        min_families=min_families,
        discount=np.full(FAMILIES, discount),
    )


def make(
    rows: Iterable[Row],
    *,
    crowd: int = 0,
    overrides: Mapping[str, Mapping[str, object]] = KINDS,
    accounts: int | None = None,
) -> Made:
    """A world of (account, kind, value[, hours]) and a `crowd` of further accounts.

    Each of the crowd holds one value of its own of every kind in `overrides`, which only counts in S.
    """
    kinds = Kinds.build(overrides)
    held: dict[tuple[int, tuple[str, object]], set[int]] = defaultdict(set)
    for row in rows:
        hours = row[3] if len(row) > 3 else (0,)  # type: ignore[misc]
        held[row[0], (row[1], row[2])].update(hours)
    holders: dict[tuple[str, object], set[int]] = defaultdict(set)
    for account, value in held:
        holders[value].add(account)
    number = max((account for account, _ in held), default=-1) + 1 if accounts is None else accounts
    values = np.zeros((number + crowd, len(kinds)), dtype=np.uint16)
    for account, (kind, _) in held:
        values[account, kinds.number(kind)] += 1
    for name in overrides:
        values[number:, kinds.number(name)] = 1
    shared = sorted(
        (v for v, who in holders.items() if len(who) >= 2), key=lambda v: (kinds.number(v[0]), str(v[1]))
    )
    place = {value: at for at, value in enumerate(shared)}
    kind = np.array([kinds.number(value[0]) for value in shared], dtype=np.uint8)
    windows = kind_arrays(kinds).window
    lines = sorted(
        (account, place[value], sorted(hours)) for (account, value), hours in held.items() if value in place
    )
    bucket_holding, bucket = [], []
    for at, (_, identifier, hours) in enumerate(lines):
        if windows[kind[identifier]] > 0:
            bucket_holding += [at] * len(hours)
            bucket += hours
    holdings = build_holdings(
        number + crowd,
        kind,
        np.array([line[0] for line in lines], dtype=np.int32),
        np.array([line[1] for line in lines], dtype=np.int32),
        np.array([line[2][0] for line in lines], dtype=np.int32),
        np.array([line[2][-1] for line in lines], dtype=np.int32),
        np.array([len(line[2]) for line in lines], dtype=np.int64),
        np.array(bucket_holding, dtype=np.int64),
        np.array(bucket, dtype=np.int32),
    )
    peak = holdings.degree.astype(np.float64)
    for at, value in enumerate(shared):
        if width := int(windows[kind[at]]):
            moments = sorted((hour, who) for who in holders[value] for hour in held[who, value])
            peak[at] = _most_within(moments, width)
    return Made(
        seen=Seen(
            holdings=holdings,
            values=values,
            total=np.maximum(values.sum(axis=0, dtype=np.int64), 1).astype(np.float64),
            peak=peak,
        ),
        kinds=kinds,
        place=place,
    )


def _most_within(moments: list[tuple[int, int]], width: int) -> int:
    """The most different accounts in any span of `width` hours."""
    most = 0
    for start, (hour, _) in enumerate(moments):
        who = set()
        for later, account in moments[start:]:
            if later > hour + width:
                break
            who.add(account)
        most = max(most, len(who))
    return most


def weigh(
    made: Made, by: LinkRule, *, as_of: int = NOW, barred: Iterable[tuple[str, object]] = ()
) -> Weighed:
    """What the values of a world say."""
    marked = np.zeros(made.seen.holdings.identifiers, dtype=np.bool_)
    for value in barred:
        marked[made.place[value]] = True
    with Warehouse.open(None, threads=1) as warehouse:
        return weigh_values(warehouse, made.seen, made.kinds, by, as_of=as_of, barred=marked)


def link(
    made: Made, by: LinkRule, *, as_of: int = NOW, barred: Iterable[tuple[str, object]] = ()
) -> LinkGraph:
    """The links of a world by the whole stage."""
    return link_accounts(weigh(made, by, as_of=as_of, barred=barred))


def pairs_of(graph: LinkGraph) -> dict[tuple[int, int], float]:
    """The links with their bits."""
    pairs = graph.pairs
    return dict(zip(zip(pairs.a.tolist(), pairs.b.tolist(), strict=True), pairs.bits.tolist(), strict=True))


def hubs_of(made: Made, graph: LinkGraph) -> dict[tuple[str, object], str]:
    """The hubs with their reasons."""
    names = {at: value for value, at in made.place.items()}
    return {
        names[int(at)]: reason for at, reason in zip(graph.hubs.identifier, graph.hubs.reason, strict=True)
    }


def starred(graph: LinkGraph) -> list[set[int]]:
    """The members of each star."""
    stars = graph.stars
    return [set(stars.account[stars.star == star].tolist()) for star in range(len(stars))]


def family_bits(graph: LinkGraph, pair: int, family: str) -> float:
    return float(graph.pairs.family_bits[pair, next(n for f, n in FAMILY_NUMBER.items() if str(f) == family)])
