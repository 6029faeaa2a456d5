"""All that the exports hold can be read through the API: every table, every row, every column, the same values."""

import json
from datetime import datetime

import pytest

from linkage.export import TABLES

RING = """ringId size score verdict story flagged firstSeen lastSeen topReasons parentIds bloomLink
  metrics { name value text }"""
LINK = """accountA { accountId } accountB { accountId } bits families
  evidence { identifier { kind key } bits firstSeen lastSeen count }"""
#: For each export the field of the root with its selection, and for each column what the row has of it.
EXPORTS = {
    "memberships": (
        "accounts(first: 100, after: $after, where: {inRing: true})",
        "accountId ring { ringId } ringScore verdict flagged role",
        {
            "account_id": lambda row: row["accountId"],
            "ring_id": lambda row: row["ring"]["ringId"],
            "ring_score": lambda row: row["ringScore"],
            "verdict": lambda row: row["verdict"],
            "flagged": lambda row: row["flagged"],
            "role": lambda row: row["role"],
        },
    ),
    "rings": (
        "rings(first: 100, after: $after)",
        RING,
        {
            "ring_id": lambda row: row["ringId"],
            "size": lambda row: row["size"],
            "score": lambda row: row["score"],
            "verdict": lambda row: row["verdict"],
            "story": lambda row: row["story"] or "",
            "flagged": lambda row: row["flagged"],
            "first_seen": lambda row: moment(row["firstSeen"]),
            "last_seen": lambda row: moment(row["lastSeen"]),
            "top_reasons": lambda row: json.dumps(row["topReasons"]),
            "parent_ids": lambda row: json.dumps(row["parentIds"]),
            "bloom_link": lambda row: row["bloomLink"],
        },
    ),
    "links": (
        "links(first: 50, after: $after)",
        LINK,
        {
            "account_a": lambda row: row["accountA"]["accountId"],
            "account_b": lambda row: row["accountB"]["accountId"],
            "bits": lambda row: row["bits"],
            "families": lambda row: row["families"],
            "evidence": lambda row: [
                {
                    "kind": line["identifier"]["kind"],
                    "key": line["identifier"]["key"],
                    "bits": round(line["bits"], 3),
                    "first_seen": line["firstSeen"],
                    "last_seen": line["lastSeen"],
                    "count": line["count"],
                }
                for line in row["evidence"]
            ],
        },
    ),
    "hubs": (
        "hubs(first: 100, after: $after)",
        "kind accounts reason identifier { key }",
        {
            "kind": lambda row: row["kind"],
            "key": lambda row: row["identifier"]["key"],
            "accounts": lambda row: row["accounts"],
            "reason": lambda row: row["reason"] or "",
        },
    ),
    "changes": (
        "changes(first: 100, after: $after)",
        "ringId event runId previousIds accountsAdded accountsRemoved",
        {
            "ring_id": lambda row: row["ringId"],
            "event": lambda row: row["event"],
            "run_id": lambda row: row["runId"],
            "previous_ids": lambda row: json.dumps(row["previousIds"]),
            "accounts_added": lambda row: row["accountsAdded"],
            "accounts_removed": lambda row: row["accountsRemoved"],
        },
    ),
    "explanations": (
        "rings(first: 5, after: $after)",
        """ringId reasons { feature group value bits left says why } stories { story fit says best }
        shared(first: 100) { nodes { members identifier { kind caption accounts } } }
        defence { bridges { small large bits needed edges } loose }""",
        {
            "ring_id": lambda row: row["ringId"],
            "reasons": lambda row: row["reasons"],
            "stories": lambda row: row["stories"],
            "shared": lambda row: row["shared"]["nodes"],
            "defence": lambda row: row["defence"],
        },
    ),
    "campaigns": (
        "campaigns(first: 10, after: $after, minRings: 1)",
        """campaignId verdict accountCount ringCount flaggedRingCount outsideCount textCount sightings
        firstSeen lastSeen synchronousShare releaseShare releaseUsual
        texts { accounts value { kind identifier { key caption } } }""",
        {
            "campaign_id": lambda row: row["campaignId"],
            "verdict": lambda row: row["verdict"],
            "accounts": lambda row: row["accountCount"],
            "rings": lambda row: row["ringCount"],
            "flagged_rings": lambda row: row["flaggedRingCount"],
            "outside": lambda row: row["outsideCount"],
            "texts": lambda row: row["textCount"],
            "sightings": lambda row: row["sightings"],
            "first_seen": lambda row: moment(row["firstSeen"]),
            "last_seen": lambda row: moment(row["lastSeen"]),
            "synchronous_share": lambda row: row["synchronousShare"],
            "release_share": lambda row: row["releaseShare"],
            "release_usual": lambda row: row["releaseUsual"],
            "identifiers": lambda row: [
                {"kind": one["value"]["kind"], **one["value"]["identifier"], "accounts": one["accounts"]}
                for one in row["texts"]
            ],
        },
    ),
    "campaign_rings": (
        "campaigns(first: 10, after: $after, minRings: 1)",
        "campaignId overlaps { accounts ringShare campaignShare ring { ringId } }",
        {
            "campaign_id": lambda row: row["campaignId"],
            "ring_id": lambda row: row["ring"]["ringId"],
            "accounts": lambda row: row["accounts"],
            "ring_share": lambda row: row["ringShare"],
            "campaign_share": lambda row: row["campaignShare"],
        },
    ),
    "campaign_accounts": (
        "campaigns(first: 1, after: $after, minRings: 1)",
        """campaignId texts { value { identifier { id } } } accounts(first: 50) { nodes { accountId ring { ringId }
        sightings(first: 50) { nodes { count identifier { id } } } } }""",
        {
            "campaign_id": lambda row: row["campaignId"],
            "account_id": lambda row: row["accountId"],
            "ring_id": lambda row: row["ring"] and row["ring"]["ringId"],
            # How many of the campaign's texts it was seen with, and how often.
            "texts": lambda row: len(row["counts"]),
            "sightings": lambda row: sum(row["counts"]),
        },
    ),
}  # fmt: skip


def moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text).replace(tzinfo=None)


def unfolded(name: str, rows: list[dict]) -> list[dict]:
    """Rows of what hangs on a campaign, each with the campaign's id."""
    if name == "campaign_rings":
        return [{**one, "campaignId": row["campaignId"]} for row in rows for one in row["overlaps"]]
    if name != "campaign_accounts":
        return rows
    found = []
    for row in rows:
        texts = {one["value"]["identifier"]["id"] for one in row["texts"]}
        for account in row["accounts"]["nodes"]:
            seen = account["sightings"]["nodes"]
            counts = [one["count"] for one in seen if one["identifier"]["id"] in texts]
            found.append({**account, "campaignId": row["campaignId"], "counts": counts})
    return found


def walked(api, field: str, selection: str) -> list[dict]:
    query = f"""query All($after: String) {{
      all: {field} {{ nodes {{ {selection} }} pageInfo {{ hasNextPage endCursor }} }} }}"""
    rows, after = [], None
    while True:
        page = api.data(query, {"after": after})["all"]
        rows += page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            return rows
        after = page["pageInfo"]["endCursor"]


def plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    if isinstance(value, str) and value.startswith("["):
        return json.loads(value)
    return value


@pytest.mark.parametrize("name", EXPORTS)
def test_every_column_of_every_row(api, store, name):
    exported = getattr(store.engine().view(), name)().to_pylist()
    assert exported
    field, selection, columns = EXPORTS[name]
    # A column that only some runs have, such as the link to Bloom, is compared where it is.
    columns = {column: value_of for column, value_of in columns.items() if column in exported[0]}
    rows = unfolded(name, walked(api, field, selection))
    measured = {}
    if name == "rings":
        measured = {row["ringId"]: {one["name"]: one for one in row["metrics"]} for row in rows}
    # A column that is new must be named here, and be there.
    for column in exported[0]:
        assert column in columns or all(column in of_ring for of_ring in measured.values()), column
    ours = [{column: plain(value_of(row)) for column, value_of in columns.items()} for row in rows]
    theirs = [{column: plain(row[column]) for column in columns} for row in exported]
    if name == "explanations":
        compare_explanations(ours, theirs)
        return
    assert sorted(ours, key=repr) == sorted(theirs, key=repr)
    for row in exported if measured else ():
        for column in set(row) - set(columns):
            metric, value = measured[row["ring_id"]][column], row[column]
            if isinstance(value, int | float) and not isinstance(value, bool):
                assert metric["value"] == pytest.approx(float(value)), column
            elif value is None:
                assert metric["value"] is metric["text"] is None, column
            else:
                assert metric["text"] == str(value), column


def compare_explanations(ours: list[dict], theirs: list[dict]) -> None:
    """Values are named by their captions there; of the defence, what holds the ring."""
    for row in theirs:
        (mine,) = [one for one in ours if one["ring_id"] == row["ring_id"]]
        assert mine["reasons"] == row["reasons"]
        assert mine["stories"] == row["stories"]
        shared = [
            (
                one["identifier"]["kind"],
                one["identifier"]["caption"],
                one["members"],
                one["identifier"]["accounts"],
            )
            for one in mine["shared"]
        ]
        for one in row["shared"]:
            assert (one["kind"], one["key"], one["members"], one["accounts"]) in shared
        defence = json.loads(row["defence"])
        assert mine["defence"]["bridges"] == [
            {name: bridge[name] for name in ("small", "large", "bits", "needed", "edges")}
            for bridge in defence["bridges"]
        ]


def test_every_export_is_compared():
    assert set(TABLES) == set(EXPORTS)
