"""The stage that finds campaigns: private texts that the same accounts send, over rings and beside them.

A ring is one controlling party by whatever it shares; a campaign is one behaviour. Two operators who send the same
private texts are two rings of one campaign, and an operator whose accounts fall into groups that send different texts
is one ring of several. What everybody sends (a hub) makes no campaign.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from linkage.communities.cut import components
from linkage.engine.base import Judged
from linkage.tracking import track
from linkage.warehouse import Warehouse

OWNED = 0.25
"""At least this share of all who send a text are in suspected rings that use it. Not half: who hides well is not in a
ring with most of its accounts, and then the campaign tells where the others are."""
TOGETHER = 0.1
"""Two texts are of one campaign when at least this share of the members who send the rarer one send the other too. Less
than half: members take turns with the variants of a text. More than none: one account may work for two campaigns."""
MOST_PER_ACCOUNT = 32
"""Of one account so many of its texts, the rarest, are compared with each other."""
MOST_TEXTS = 20
"""So many texts of a campaign are named."""
SPEAKS_FOR_RING = 0.5
"""Members who were not seen with a campaign's texts work for it all the same where this share of their ring does."""


@dataclass(frozen=True)
class Campaigns:
    """What is published of campaigns, as tables.

    campaigns: campaign_id, verdict, accounts, rings, flagged_rings, outside (accounts in no ring), texts, sightings,
    first_seen, last_seen, synchronous_share (of its accounts, those that follow the others' hours), release_share (of
    those with traffic after a release, who moved to the new model within a day), release_usual (the population's), and
    identifiers, the texts as JSON (kind, key, caption, accounts).  rings (the overlap): campaign_id, ring_id, accounts,
    ring_share, campaign_share.  accounts: campaign_id, account_id, ring_id (null: in none), texts, sightings.
    of_account: account_id, campaign_id of members of rings.
    """

    campaigns: pa.Table
    rings: pa.Table
    accounts: pa.Table
    of_account: pa.Table


def find_campaigns(
    warehouse: Warehouse, identifiers: pa.Table, run_id: str, previous: pa.Table | None
) -> Campaigns:
    """Reads ring_member, ring_verdict, ring_kind, population, holding, identifier, profile and account.

    `identifiers` is the table of the run's graph. `previous` (account_id, campaign_id): last night's, whose ids go on.
    """
    warehouse.register(
        "linking", pa.table({"identifier": identifiers["identifier"].filter(identifiers["links"])})
    )
    warehouse.run("campaigns/used", owned=OWNED)
    warehouse.run("campaigns/together", most=MOST_PER_ACCOUNT)
    warehouse.register("campaign_text", _texts(warehouse))
    warehouse.run("campaigns/part")
    warehouse.register("campaign_name", _names(warehouse, run_id, previous))
    campaigns = warehouse.query("campaigns/campaigns")
    return Campaigns(
        campaigns=campaigns.append_column("identifiers", _identifiers(warehouse, campaigns, identifiers)),
        rings=warehouse.query("campaigns/rings"),
        accounts=warehouse.query("campaigns/accounts"),
        of_account=warehouse.query("campaigns/of_account", share=SPEAKS_FOR_RING),
    )


def with_campaigns(judged: Judged, found: Campaigns) -> Judged:
    """What was judged, with the campaigns, and the one of each member of a ring (null: none) in its membership."""
    place = pc.index_in(judged.memberships["account_id"], found.of_account["account_id"])
    members = judged.memberships.append_column("campaign_id", found.of_account["campaign_id"].take(place))
    return replace(
        judged,
        memberships=members,
        campaigns=found.campaigns,
        campaign_rings=found.rings,
        campaign_accounts=found.accounts,
    )


def _texts(warehouse: Warehouse) -> pa.Table:
    """`identifier`, `campaign`: texts that run together in some ring are of one campaign."""
    texts = warehouse.arrow("SELECT DISTINCT identifier FROM campaign_used ORDER BY identifier")["identifier"]
    together = warehouse.arrow(
        "SELECT first, second FROM campaign_together WHERE members >= $share * rarer", {"share": TOGETHER}
    )
    number = texts.to_numpy()
    label = components(
        len(number),
        np.searchsorted(number, together["first"].to_numpy()).astype(np.int32),
        np.searchsorted(number, together["second"].to_numpy()).astype(np.int32),
    )
    return pa.table({"identifier": texts, "campaign": pa.array(label, pa.int32())})


def _names(warehouse: Warehouse, run_id: str, previous: pa.Table | None) -> pa.Table:
    """`campaign`, `campaign_id`: an id survives the night as a ring's does, by the accounts in common."""
    before = None if previous is None else previous.rename_columns(["account_id", "ring_id"])
    ids = track(warehouse.query("campaigns/main"), before, run_id, prefix="camp_").ids
    return pa.table(
        {
            "campaign": pa.array(list(ids), pa.int32()),
            "campaign_id": pa.array(list(ids.values()), pa.string()),
        }
    )


def _identifiers(warehouse: Warehouse, campaigns: pa.Table, identifiers: pa.Table) -> pa.Array:
    """The texts of each campaign as JSON."""
    found: dict[str, list[dict[str, object]]] = {}
    texts = warehouse.query("campaigns/texts")
    named = identifiers.select(["kind", "key", "caption"]).take(texts["identifier"]).to_pylist()
    rows = zip(texts["campaign_id"].to_pylist(), texts["accounts"].to_pylist(), named, strict=True)
    for campaign, accounts, names in rows:
        told = found.setdefault(campaign, [])
        if len(told) < MOST_TEXTS:
            told.append({**names, "accounts": accounts})
    ids = campaigns["campaign_id"].to_pylist()
    return pa.array([json.dumps(found.get(one, []), ensure_ascii=False) for one in ids], pa.string())
