"""What can be measured of each ring: `ring_member` with roles, `ring_shared`, and `ring_feature`, one row a ring."""

from __future__ import annotations

import pyarrow as pa

from linkage.identifiers.base import HubRule
from linkage.identifiers.registry import Kinds
from linkage.settings import Settings
from linkage.synchrony import BUSY_DAYS
from linkage.warehouse import Warehouse

# What a thief leaves on an account while using it, with the days on which it was used.
_USED = frozenset({"ip", "device", "credential", "template", "system_prompt", "tools"})
# A stolen account is worth something for days, until its owner or the provider notices.
SHORT_HOURS = 10 * 24
# What an account does by itself must last this many times longer than what ties it to the ring …
LONGER = 2.0
# … and it must have existed for this long before.
AGE_HOURS = 10 * 24
# A ring of which more than this looks borrowed has met by chance: a café's guests, not a thief's accounts.
MOST_BORROWED = 0.4
# Guests of a café do not send each other's texts. Of accounts that do, as many more may be a thief's.
MOST_SENDING = 0.75
# People have a few lines of their own; of a pool this many tell as much as all.
MOST_LINES = 8

_PARTS = (
    "base",
    "replaced",
    "content",
    "address",
    "network",
    "held",
    "organisation",
    "dealt",
    "linked",
    "starred",
    "dense",
    "family",
    "indicated",
)


def ring_features(warehouse: Warehouse, settings: Settings) -> None:
    """Creates `ring_member`, `ring_shared`, `population` and `ring_feature`.

    Reads member, account, profile, holding, identifier, kind_number, network, link, star_member, density and indicated.
    """
    _describe_kinds(warehouse, settings)
    warehouse.run("rings/macro_lower_share")
    warehouse.run("rings/population")
    warehouse.run("rings/member")
    warehouse.run("rings/shared")
    warehouse.run(
        "rings/victims",
        short_hours=SHORT_HOURS,
        longer=LONGER,
        age_hours=AGE_HOURS,
        most=MOST_BORROWED,
        most_sending=MOST_SENDING,
    )
    # Once more without them: what only a victim shared with a member is not the ring's.
    warehouse.run("rings/shared")
    given: dict[str, dict[str, object]] = {
        "network": {"served": list(settings.regions.served)},
        "dealt": {"lines": MOST_LINES},
        "base": {"busy_days": BUSY_DAYS},
    }
    for part in _PARTS:
        warehouse.run(f"rings/{part}", **given.get(part, {}))
    warehouse.run("rings/feature")
    for part in _PARTS:
        warehouse.drop(f"ring_{part}")


def _describe_kinds(warehouse: Warehouse, settings: Settings) -> None:
    """`ring_kind`: the family of each kind, whether it only supports links, and whether it is left by use."""
    rows = warehouse.records("SELECT kind, name FROM kind_number ORDER BY kind")
    known = Kinds.build(settings.kinds, (str(row["name"]) for row in rows)).by_name
    found = [known[str(row["name"])] for row in rows]
    table = pa.table(
        {
            "kind": pa.array([row["kind"] for row in rows], pa.uint16()),
            "name": pa.array([kind.name for kind in found], pa.string()),
            "family": pa.array([str(kind.family) for kind in found], pa.string()),
            "support": pa.array([kind.hub is HubRule.ALWAYS for kind in found], pa.bool_()),
            "used": pa.array([kind.name in _USED for kind in found], pa.bool_()),
        }
    )
    warehouse.register("ring_kind", table)
