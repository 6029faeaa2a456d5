"""The STIX bundle: what leaves, what never does, and that other people's readers take it."""

import io
import json
import sys
from typing import Any

import pyarrow as pa
import pytest
import stix2
from cli_fakes import EXPLANATIONS, MEMBERSHIPS, ODD, RINGS, FakeView

from linkage.engine.base import CAMPAIGN_RINGS, CAMPAIGNS
from linkage.errors import UsageError
from linkage.stix import write_stix

SEALED = "hmac:0123abcd:" + "5" * 64
GUESSABLE = "unkeyed:" + "6" * 64
CARD = "4" * 16


def _row(table: pa.Table, **values: object) -> pa.Table:
    """The table's first row with other values."""
    return pa.Table.from_pylist([{**table.to_pylist()[0], **values}], schema=table.schema)


class View(FakeView):
    """Two rings, one of them benign, and a campaign over both."""

    def rings(self) -> pa.Table:
        return pa.concat_tables([RINGS, _row(RINGS, ring_id="R2", verdict="benign", flagged=False)])

    def memberships(self) -> pa.Table:
        other = _row(MEMBERSHIPS, account_id="innocent", ring_id="R2", verdict="benign", flagged=False)
        allowed = _row(MEMBERSHIPS, account_id="allowed", ring_id="R1", flagged=False, role="member")
        return pa.concat_tables([MEMBERSHIPS, other, allowed])

    def explanations(self) -> pa.Table:
        keys = [
            ("card", CARD),
            ("card", SEALED),
            ("email", GUESSABLE),
            ("template", "it's \\ mine"),
            ("tax_id", "AB1"),
        ]
        held = [{"kind": kind, "key": key, "caption": "…"} for kind, key in keys]
        return _row(EXPLANATIONS, defence=json.dumps({"keystones": held}))

    def campaigns(self) -> pa.Table:
        texts = [
            {"kind": "template", "key": "it's \\ mine", "caption": "…"},
            {"kind": "system_prompt", "key": GUESSABLE},
        ]
        rows = [
            {"campaign_id": name, "accounts": 2, "texts": 2, "identifiers": json.dumps(texts)}
            for name in ("C1", "C2")
        ]
        return pa.Table.from_pylist(rows, schema=CAMPAIGNS)

    def campaign_rings(self) -> pa.Table:
        rows = [{"campaign_id": "C1", "ring_id": "R1"}, {"campaign_id": "C2", "ring_id": "R2"}]
        return pa.Table.from_pylist(rows, schema=CAMPAIGN_RINGS)


def text_of(view: FakeView) -> str:
    out = io.StringIO()
    count = write_stix(view, out)
    assert count == len(json.loads(out.getvalue())["objects"])
    return out.getvalue()


def objects(text: str, kind: str) -> list[Any]:
    return [item for item in stix2.parse(text, allow_custom=False).objects if item.type == kind]


def test_a_ring_is_a_party_with_its_accounts_and_no_victim() -> None:
    text = text_of(View())
    (party,) = objects(text, "intrusion-set")
    assert (party.name, party.confidence) == ("R1", 90)
    assert "one card" in party.description
    accounts = {item.id: item.user_id for item in objects(text, "user-account")}
    assert set(accounts.values()) == {ODD, "b"}
    (group,) = objects(text, "grouping")
    assert {party.id, *accounts, *(item.id for item in objects(text, "indicator"))} == set(group.object_refs)


def test_only_what_is_flagged_leaves() -> None:
    text = text_of(View())
    assert "R2" not in text
    assert "C2" not in text
    assert "innocent" not in text


def test_personal_identifiers_leave_as_keyed_fingerprints_alone() -> None:
    text = text_of(View())
    for kept in (CARD, GUESSABLE, "AB1"):
        assert kept not in text
    patterns = [item.pattern for item in objects(text, "indicator")]
    assert any(SEALED in pattern for pattern in patterns)
    assert any(r"'it\'s \\ mine'" in pattern for pattern in patterns)
    assert len(patterns) == 2


def test_a_text_of_a_ring_and_of_its_campaign_is_one_indicator() -> None:
    text = text_of(View())
    (campaign,) = objects(text, "campaign")
    edges = [(item.relationship_type, item.target_ref) for item in objects(text, "relationship")]
    (party,) = objects(text, "intrusion-set")
    assert sorted(edges) == sorted(
        [("indicates", party.id)] * 2 + [("indicates", campaign.id), ("attributed-to", party.id)]
    )


def test_all_that_is_named_is_in_the_bundle_once() -> None:
    made = json.loads(text_of(View()))["objects"]
    ids = [item["id"] for item in made]
    assert len(ids) == len(set(ids))
    for item in made:
        named = [value for name, value in item.items() if name.endswith("_ref")]
        named += [one for name, value in item.items() if name.endswith("_refs") for one in value]
        assert set(named) <= set(ids)


def test_the_same_run_gives_the_same_bytes() -> None:
    assert text_of(View()) == text_of(View())


def test_without_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "stix2.v21", None)
    with pytest.raises(UsageError, match=r"linkage\[stix\]"):
        write_stix(View(), io.StringIO())
