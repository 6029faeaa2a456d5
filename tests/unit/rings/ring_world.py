"""A warehouse as judging meets it, laid out by hand: accounts, what they hold, and the rings they are in."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa

from linkage.communities.density import density
from linkage.identifiers.registry import Kinds
from linkage.warehouse import Warehouse

START = datetime(2026, 6, 1)
HOUR = int(START.timestamp() // 3600)
KINDS = Kinds.build()

_PROFILE = {
    "account": pa.int32(), "exchanges": pa.int64(), "active_days": pa.int64(), "hours_of_day": pa.int64(),
    "pause": pa.int64(), "ramp": pa.float64(), "evenness": pa.float64(), "fresh": pa.int64(), "chances": pa.int64(),
    "first_activity": pa.timestamp("us"), "last_activity": pa.timestamp("us"), "days_to_start": pa.float64(),
    "volume_rank": pa.float64(), "banned": pa.bool_(), "banned_at": pa.timestamp("us"), "cards": pa.int64(),
    "prepaid_share": pa.float64(), "payments": pa.int64(), "declined": pa.int64(), "chargebacks": pa.int64(),
    "plan_use": pa.float64(), "plan": pa.string(), "pathway": pa.string(), "org_id": pa.string(),
    "country": pa.string(), "created_at": pa.timestamp("us"),
}  # fmt: skip


class RingWorld:
    """Accounts are numbered as they are added; `hold` says what they were seen with."""

    def __init__(self) -> None:
        self.profiles: list[dict[str, object]] = []
        self.members: list[dict[str, object]] = []
        self.held: dict[tuple[str, str], list[tuple[int, int, int, int]]] = {}
        self.networks: list[dict[str, object]] = []
        self.links: list[dict[str, object]] = []
        self.stars: list[dict[str, object]] = []
        self.indicated: list[dict[str, object]] = []
        self.allowed: list[int] = []
        self.decisions: list[dict[str, object]] = []

    def add(self, count: int, ring: int | None = None, **profile: object) -> list[int]:
        """Adds accounts, in a ring or in none."""
        first = len(self.profiles)
        numbers = list(range(first, first + count))
        for number in numbers:
            row = {
                "banned": False,
                "country": "US",
                "created_at": START - timedelta(days=200 + number),
                **profile,
            }
            self.profiles.append({"account": number, **row})
            if ring is not None:
                self.members.append({"account": number, "ring": ring})
        return numbers

    def hold(
        self, accounts: list[int], kind: str, key: str, count: int = 10, days: tuple[float, float] = (0, 29)
    ) -> None:
        """All these accounts were seen with the value, `count` times each, from one day to another."""
        for account in accounts:
            seen = (account, HOUR + int(days[0] * 24), HOUR + int(days[1] * 24), count)
            self.held.setdefault((kind, key), []).append(seen)

    def indicate(self, kind: str, key: str, confidence: float = 0.9, *sources: str) -> None:
        """Somebody says that a value, which is held already, was abused."""
        number = list(self.held).index((kind, key))
        self.indicated.append({"identifier": number, "confidence": confidence, "sources": list(sources)})

    def place(self, key: str, kind: str, country: str = "US") -> str:
        """What is known of an address."""
        self.networks.append({"key": key, "asn": 1, "country": country, "class": kind})
        return key

    def link(self, a: int, b: int, bits: float = 30.0) -> None:
        """A link between two accounts."""
        self.links.append({"a": a, "b": b, "bits": bits})

    def star(self, accounts: list[int], bits: float = 30.0) -> None:
        """One vertex in place of all pairs of these accounts."""
        number = len({row["star"] for row in self.stars})
        self.stars += [{"star": number, "account": account, "bits": bits} for account in accounts]

    def warehouse(self) -> Warehouse:
        """The tables that judging reads."""
        made = Warehouse.open(None)
        profile = {name: [row.get(name) for row in self.profiles] for name in _PROFILE}
        made.register("profile", _table(profile, _PROFILE))
        ids = [f"acct_{number:05d}" for number in profile["account"]]
        text = ("org_id", "country", "plan", "pathway")
        account: dict[str, list[object]] = {"account": profile["account"], "account_id": list(ids)}
        account |= {name: profile[name] for name in (*text, "created_at")}
        types = {"account": pa.int32(), "account_id": pa.string(), "created_at": pa.timestamp("us")}
        made.register("account", _table(account, types | dict.fromkeys(text, pa.string())))
        made.register("member", _rows(self.members, {"account": pa.int32(), "ring": pa.int32()}))
        made.register("link", _rows(self.links, {"a": pa.int32(), "b": pa.int32(), "bits": pa.float64()}))
        star = {"star": pa.int32(), "account": pa.int32(), "bits": pa.float64()}
        made.register("star_member", _rows(self.stars, star))
        made.register("density", self._density())
        network = {"key": pa.string(), "asn": pa.int64(), "country": pa.string(), "class": pa.string()}
        made.register("network", _rows(self.networks, network))
        kinds = {"kind": pa.array(range(len(KINDS)), pa.uint16()), "name": [kind.name for kind in KINDS]}
        made.register("kind_number", pa.table(kinds))
        self._identifiers(made)
        named = {"identifier": pa.int32(), "confidence": pa.float64(), "sources": pa.list_(pa.string())}
        made.register("indicated", _rows(self.indicated, named))
        made.register("allowed_account", pa.table({"account": pa.array(self.allowed, pa.int32())}))
        decision = {
            "account": pa.int32(),
            "decision": pa.string(),
            "age": pa.float64(),
            "sampled": pa.bool_(),
        }
        made.register("decision", _rows(self.decisions, decision | {"probability": pa.float64()}))
        return made

    def _density(self) -> pa.Table:
        """Of accounts with links, as a partition gives it."""
        a, b = (np.array([row[side] for row in self.links], dtype=np.int32) for side in ("a", "b"))
        # Accounts of no ring are each alone.
        community = -1 - np.arange(len(self.profiles), dtype=np.int32)
        for row in self.members:
            community[row["account"]] = row["ring"]
        inner = community[a] == community[b]
        found = density(len(self.profiles), community, a, b)
        partners = np.bincount(np.concatenate([a[inner], b[inner]]), minlength=len(self.profiles))
        tied = np.flatnonzero(partners)
        return pa.table(
            {
                "account": pa.array(tied, pa.int32()),
                "partners": partners[tied],
                "core": found.core[tied],
                "clustering": found.clustering[tied],
            }
        )

    def _identifiers(self, made: Warehouse) -> None:
        identifiers, holdings = [], []
        for number, ((kind, key), seen) in enumerate(self.held.items()):
            row = {"identifier": number, "kind": KINDS.number(kind), "key": key}
            identifiers.append({**row, "accounts": len({one[0] for one in seen})})
            for account, first, last, count in seen:
                holdings.append(
                    {"account": account, "identifier": number, "first": first, "last": last, "count": count}
                )
        types = {"identifier": pa.int32(), "kind": pa.uint16(), "key": pa.string(), "accounts": pa.int64()}
        made.register("identifier", _rows(identifiers, types))
        span = {"first": pa.int32(), "last": pa.int32(), "count": pa.int64()}
        made.register("holding", _rows(holdings, {"account": pa.int32(), "identifier": pa.int32(), **span}))


def _rows(rows: list[dict[str, object]], types: Mapping[str, pa.DataType]) -> pa.Table:
    return _table({name: [row.get(name) for row in rows] for name in types}, types)


def _table(columns: Mapping[str, list[object]], types: Mapping[str, pa.DataType]) -> pa.Table:
    return pa.table({name: pa.array(columns[name], kind) for name, kind in types.items()})


def busy(count: int = 100, **more: object) -> dict[str, object]:
    """The profile of an account that was used all month."""
    times = {"first_activity": START, "last_activity": START + timedelta(days=29)}
    return {"exchanges": count, "pause": 9, "volume_rank": 0.6, **times, **more}
