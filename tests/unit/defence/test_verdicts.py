"""What would change a verdict, and what is said of the best innocent story."""

from string import Formatter

import numpy as np
import pyarrow as pa
import pytest

from linkage.defence.verdicts import _ramps, verdict_reports
from linkage.scoring.features import FEATURES
from linkage.scoring.judging import judge
from linkage.scoring.stories import STORIES

COLUMNS = sorted(
    {feature.ramp.column for feature in FEATURES}
    | {ramp.column for story in STORIES for ramp in _ramps(story.fits)}
    | {
        name
        for item in (*FEATURES, *STORIES)
        for _, name, _, _ in Formatter().parse(item.says)
        if name is not None
    }
    | {"size", "templates", "main_template_members"}
)
POOL = {
    "size": 30.0, "rotating_share": 1.0, "pool_addresses": 40.0, "pool_lines": 40.0, "pool_share": 0.9,
    "pool_beyond_home": 0.9, "abroad_share": 0.9, "foreign_lines": 8.0, "own_home_share": 0.0, "own_place_share": 0.1,
}  # fmt: skip
TEXTS = {"template_share": 0.9, "template_members": 1.0}
OFFICE = {
    "size": 30.0, "main_address_members": 1.0, "pool_addresses": 1.0, "pool_lines": 1.0, "one_house": 1.0,
    "template_share": 0.9, "template_members": 1.0, "office_share": 0.9, "abroad_share": 0.0, "pool_hosting_share": 0.0,
    "rotating_share": 0.0, "hosting_share": 0.0, "own_device_share": 1.0,
}  # fmt: skip


def rings(*known):
    return pa.table({name: pa.array([one.get(name) for one in known], pa.float64()) for name in COLUMNS})


def report(**known):
    return verdict_reports(rings(known), 0.5)[0]


def test_each_change_that_is_told_changes_the_verdict():
    table = rings(POOL | TEXTS, OFFICE, {"size": 8.0} | TEXTS, {"size": 12.0, "rotating_share": 0.2})
    before = judge(table, 0.5).verdict.tolist()
    assert before[:2] == ["flagged", "benign"]
    for at, found in enumerate(verdict_reports(table, 0.5)):
        for change in found["changes"]:
            row = table.slice(at, 1).to_pylist()[0] | {change["column"]: change["target"]}
            again = judge(rings(row), 0.5)
            assert str(again.verdict[0]) == change["verdict"] != before[at]
            assert float(again.score[0]) == pytest.approx(change["score"], abs=1e-4)


def test_a_flag_that_rests_on_few_observations_falls_with_one():
    # Without private texts the network is the only group that speaks, and one is too few.
    told = {change["of"]: change["verdict"] for change in report(**POOL, template_share=0.9)["changes"]}
    assert told["template_share"] == "unexplained"


def test_a_flag_that_no_single_observation_carries_falls_with_several():
    strong = POOL | TEXTS | {"shared_cards": 9.0, "payer_accounts": 40.0, "shared_card_share": 1.0}
    found = report(**strong, banned_above=0.9, replaced_above=9.0, banned=20.0, replacements=20.0)
    assert found["changes"] == []
    assert len(found["together"]["features"]) > 1
    assert found["together"]["verdict"] != "flagged"


def test_the_story_that_was_taken_says_so():
    story = report(**OFFICE)["story"]
    assert (story["story"], story["taken"], story["unmet"]) == ("company", True, [])
    assert story["fit"] == 1.0
    (content,) = (one for one in story["leaves"] if one["group"] == "content")
    # A company explains its texts in full.
    assert (content["bits"], content["left"]) == (4.0, 0.0)


def test_a_story_says_what_it_lacks_and_what_it_leaves():
    # 60 % on one line: (0.6 − 0.4) / (0.7 − 0.4) = 2/3 of what a household needs, all else is met.
    home = {"size": 3.0, "main_address_members": 0.6, "pool_addresses": 1.0, "template_share": 0.1}
    found = report(**home, prepaid_above=0.9, pool_hosting_share=0.0, abroad_share=0.0)["story"]
    assert (found["story"], found["fit"], found["taken"]) == ("household", 0.667, True)
    assert found["unmet"] == [{"column": "main_address_members", "value": 0.6, "met": 0.667, "needed": 0.7}]
    # Of payment a household explains 0.9: 2.5 · (1 − 0.9 · 2/3) = 1.0 bits are left.
    assert found["leaves"] == [{"group": "payment", "bits": 2.5, "left": 1.0}]


def test_replaced_bans_are_named_as_what_no_story_tells():
    story = report(**OFFICE, replaced_above=9.0, replacements=12.0)["story"]
    # 4 bits of enforcement are 1 above where it begins to speak against all stories, of 3: a third of the fit is gone.
    assert (story["story"], story["fit"], story["taken"]) == ("company", 0.667, False)
    assert "banned accounts are replaced" in story["why"]


def test_the_best_story_is_named_though_things_are_dealt_out():
    story = report(**OFFICE, lines_apart=4.0, cards_apart=1.0)["story"]
    assert (story["story"], story["fit"], story["taken"]) == ("company", 0.05, False)
    assert story["why"].startswith("5 lines, cards and machines are dealt out")


def test_batches_give_what_one_ring_at_a_time_gives(monkeypatch):
    many = [POOL | TEXTS, OFFICE, {"size": 8.0}] * 3
    whole = verdict_reports(rings(*many), 0.5)
    monkeypatch.setattr("linkage.defence.verdicts.BATCH", 2)
    assert verdict_reports(rings(*many), 0.5) == whole
    assert verdict_reports(rings(), 0.5) == []
    assert not np.isnan([change["score"] for one in whole for change in one["changes"]]).any()
