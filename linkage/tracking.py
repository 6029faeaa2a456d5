"""Ring ids that survive the night: tonight's rings matched with last night's by the accounts they have in common."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
import pyarrow as pa

# Two rings are one when at least this share of the smaller is in both …
SAME_RING = 0.5
# … and a part went from one to another when it is at least this share of the ring that it left or came to …
SAME_PART = 0.5
# … and no fewer accounts than these.
LEAST_PART = 2

CHANGES = pa.schema(
    [
        ("ring_id", pa.string()),
        ("event", pa.string()),
        ("run_id", pa.string()),
        ("previous_ids", pa.string()),
        ("accounts_added", pa.int64()),
        ("accounts_removed", pa.int64()),
    ]
)


@dataclass(frozen=True)
class Tracked:
    """The id of each ring number, the other ids that it came from, and what changed.

    `changes` has the columns of the export, sorted by id: `previous_ids` is a JSON list, the counts are of accounts.
    """

    ids: Mapping[int, str]
    parents: Mapping[int, tuple[str, ...]]
    changes: pa.Table


@dataclass(frozen=True)
class _Nights:
    """Both nights: accounts of each ring, and of each pair of a ring tonight and a ring before."""

    now: Mapping[int, int]
    before: Mapping[str, int]
    shared: Mapping[tuple[int, str], int]
    asleep: Collection[str]

    def parts(self) -> list[tuple[int, str]]:
        """The pairs of which a good part of tonight's ring came from the other, or of the other went into it."""
        return [
            (ring, old)
            for (ring, old), count in self.shared.items()
            if count >= LEAST_PART and count >= SAME_PART * min(self.now[ring], self.before[old])
        ]


def track(members: pa.Table, previous: pa.Table | None, run_id: str, prefix: str = "ring_") -> Tracked:
    """Gives each ring of `members` (account_id, ring) the id of the ring that it continues, or a new one.

    `previous` (account_id, ring_id; None on the first night) may have a boolean column `dormant` that marks rings
    of earlier nights which last night did not find: if they are back, they keep their id too. The same tables give
    the same ids, whatever the order of their rows. New ids begin with `prefix`.
    """
    current = members.select(["account_id", "ring"]).to_pandas().sort_values(["ring", "account_id"])
    nights = _compare(current, previous)
    kept = _match(nights)
    ids = kept | _new_ids(current, kept, run_id, taken={*nights.before}, prefix=prefix)
    parents: dict[int, list[str]] = {ring: [] for ring in nights.now}
    for ring, old in nights.parts():
        if old != kept.get(ring):
            parents[ring].append(old)
    found = {ring: tuple(sorted(olds)) for ring, olds in parents.items()}
    return Tracked(ids, found, _changes(nights, kept, ids, found, run_id))


def _compare(current: pd.DataFrame, previous: pa.Table | None) -> _Nights:
    now = {int(str(ring)): int(count) for ring, count in current.groupby("ring").size().items()}
    if previous is None or not previous.num_rows:
        return _Nights(now, {}, {}, ())
    last = previous.to_pandas()
    before = {str(old): int(count) for old, count in last.groupby("ring_id").size().items()}
    both = current.merge(last, on="account_id").groupby(["ring", "ring_id"]).size().reset_index(name="count")
    shared = {
        (int(ring), str(old)): int(count)
        for ring, old, count in zip(both["ring"], both["ring_id"], both["count"], strict=True)
    }
    asleep = (
        set(last.loc[last["dormant"].fillna(False).astype(bool), "ring_id"]) if "dormant" in last else set()
    )
    return _Nights(now, before, shared, asleep)


def _match(nights: _Nights) -> dict[int, str]:
    """The id that each ring keeps: largest overlap first, each ring once; ties by likeness, then by id and number."""

    def likeness(pair: tuple[int, str]) -> float:
        count = nights.shared[pair]
        return count / (nights.now[pair[0]] + nights.before[pair[1]] - count)

    kept: dict[int, str] = {}
    given: set[str] = set()
    # A ring that slept gives way to one that was there last night.
    order = sorted(
        nights.shared,
        key=lambda pair: (pair[1] in nights.asleep, -nights.shared[pair], -likeness(pair), pair[1], pair[0]),
    )
    for ring, old in order:
        same = nights.shared[ring, old] >= SAME_RING * min(nights.now[ring], nights.before[old])
        if same and ring not in kept and old not in given:
            kept[ring] = old
            given.add(old)
    return kept


def _new_ids(
    current: pd.DataFrame, kept: Mapping[int, str], run_id: str, taken: set[str], prefix: str
) -> dict[int, str]:
    """Ids from the hash of the sorted accounts: the same ring gets the same id wherever it is found first."""
    fresh = current[~current["ring"].isin(list(kept))]
    ids: dict[int, str] = {}
    for ring, accounts in fresh.groupby("ring", sort=True)["account_id"].agg("\n".join).items():
        text = str(accounts)
        name = _hashed(prefix, text)
        while name in taken:
            # An older ring that has grown since began with these very accounts and still has their id.
            text = f"{run_id}\n{text}"
            name = _hashed(prefix, text)
        taken.add(name)
        ids[int(str(ring))] = name
    return ids


def _hashed(prefix: str, text: str) -> str:
    return prefix + hashlib.sha256(text.encode()).hexdigest()[:12]


def _changes(
    nights: _Nights,
    kept: Mapping[int, str],
    ids: Mapping[int, str],
    parents: Mapping[int, tuple[str, ...]],
    run_id: str,
) -> pa.Table:
    heirs: dict[str, set[int]] = {}
    for ring, old in nights.parts():
        heirs.setdefault(old, set()).add(ring)
    rows: list[dict[str, object]] = []

    def tell(ring_id: str, event: str, old: Sequence[str], added: int, removed: int) -> None:
        rows.append(
            {
                "ring_id": ring_id,
                "event": event,
                "run_id": run_id,
                "previous_ids": json.dumps(sorted(old)),
                "accounts_added": added,
                "accounts_removed": removed,
            }
        )

    for ring, size in nights.now.items():
        own = kept.get(ring)
        common = nights.shared.get((ring, own), 0) if own else 0
        added, removed = size - common, (nights.before[own] - common if own else 0)
        sources = (*parents[ring], *([own] if own else []))
        event = _event(nights, own, sources, heirs, added, removed)
        if event:
            tell(ids[ring], event, sources, added, removed)
    going_on = set(kept.values())
    in_rings: dict[str, int] = {}
    for (_, old), count in nights.shared.items():
        in_rings[old] = in_rings.get(old, 0) + count
    for old, size in nights.before.items():
        if old in going_on:
            continue
        # What other rings took over is gone; what no ring holds any more may come back.
        if in_rings.get(old, 0) >= SAME_PART * size:
            tell(old, "died", (), 0, size)
        elif old not in nights.asleep:
            tell(old, "dormant", (), 0, size)
    rows.sort(key=lambda row: (str(row["ring_id"]), str(row["event"])))
    return pa.Table.from_pylist(rows, schema=CHANGES)


def _event(
    nights: _Nights,
    own: str | None,
    sources: Sequence[str],
    heirs: Mapping[str, set[int]],
    added: int,
    removed: int,
) -> str | None:
    """What happened to a ring of tonight; None where nothing did."""
    awake = [old for old in sources if old not in nights.asleep]
    if own in nights.asleep:
        return "resurrected"
    if len(awake) >= 2:
        return "merged"
    if any(len(heirs.get(old, ())) >= 2 for old in awake):
        return "split"
    if own is None:
        return "born"
    if not added and not removed:
        return None
    return "grew" if added >= removed else "shrank"
