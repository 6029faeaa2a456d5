"""The table of features and stories: every row can be read, and every judgement adds up."""

import numpy as np
import pyarrow as pa
import pytest

from linkage.scoring.features import CAPS, FEATURES, Group, contributions, group_bits
from linkage.scoring.judging import judge
from linkage.scoring.measures import Ramp, both, either
from linkage.scoring.stories import NO_STORY, STORIES
from linkage.scoring.wording import reasons, say, stories, top_reasons
from linkage.warehouse import statement

COLUMNS = sorted(
    {feature.ramp.column for feature in FEATURES}
    | {
        "size", "pool_addresses", "pool_lines", "pool_servers", "pool_share", "pool_hosting_share", "funded", "prepaid",
        "chargeback_members", "declined_members", "banned", "replacements", "creation_burst", "mail_shape_share",
        "release_movers", "release_known", "round_clock", "round_clock_known", "load_cv", "no_ramp", "ramp_known",
        "main_address_members", "one_house", "own_home_share", "own_place_share", "education_share", "school_share",
        "orgs", "org_share", "domain_share", "hosting_share", "corporate_share", "office_share", "housed_share",
        "payer_share", "payer_members", "pool_countries", "pool_private_share", "own_device_share", "device_share",
        "shared_card_share", "proxy_members", "templates", "main_template_members",
        "indicated", "indicators", "indicator_sources",
    }
)  # fmt: skip


def ring(**known):
    """One row of features; what is not named is not known."""
    return pa.table({name: pa.array([known.get(name)], pa.float64()) for name in {*COLUMNS, *known}})


POOL = {
    "size": 30.0, "rotating_share": 1.0, "pool_addresses": 40.0, "pool_lines": 40.0, "pool_share": 0.9,
    "pool_beyond_home": 0.9, "abroad_share": 0.9, "foreign_lines": 8.0, "own_home_share": 0.0, "own_place_share": 0.1,
}  # fmt: skip
TEXTS = {"template_share": 0.9, "template_members": 1.0}
RHYTHM = {"round_clock_above": 0.9, "even_load": 0.9, "no_ramp_above": 0.9, "load_cv": 0.1}


def verdict(**known):
    judged = judge(ring(**known), 0.5)
    return str(judged.verdict[0]), float(judged.score[0])


def test_names_are_unique_and_every_row_says_why():
    assert len({feature.name for feature in FEATURES}) == len(FEATURES)
    assert len({story.name for story in STORIES}) == len(STORIES)
    assert all(feature.why and feature.bits > 0 for feature in FEATURES)
    assert all(0 < share <= 1 for story in STORIES for share in story.explains.values())
    assert set(CAPS) == set(Group)


def test_every_column_comes_from_the_feature_statement():
    text = "".join(
        statement(f"rings/{part}")
        for part in ("feature", "base", "network", "content", "held", "organisation", "dealt", "indicated")
    )
    assert [name for name in COLUMNS if name not in text] == []


def test_sentences_read_whatever_is_unknown():
    row = ring().to_pylist()[0]
    for item in (*FEATURES, *STORIES):
        assert "{" not in say(item.says, row)


@pytest.mark.parametrize(
    ("value", "degree"), [(0.0, 0.0), (0.1, 0.0), (0.3, 0.5), (0.5, 1.0), (9.0, 1.0), (None, 0.25)]
)
def test_ramps_rise_from_low_to_high(value, degree):
    columns = {"x": np.array([np.nan if value is None else value])}
    assert Ramp("x", 0.1, 0.5, missing=0.25)(columns)[0] == pytest.approx(degree)


def test_ramps_may_fall_and_be_combined():
    columns = {"x": np.array([0.25]), "y": np.array([1.0])}
    falling, rising = Ramp("x", 1.0, 0.0), Ramp("y", 0.0, 2.0)
    assert falling(columns)[0] == pytest.approx(0.75)
    assert either(falling, rising)(columns)[0] == pytest.approx(0.75)
    assert both(falling, rising)(columns)[0] == pytest.approx(0.375)


def test_groups_are_capped():
    parts = np.array([[feature.bits] for feature in FEATURES])
    assert group_bits(parts)[:, 0] == pytest.approx(
        [
            min(CAPS[group], sum(feature.bits for feature in FEATURES if feature.group is group))
            for group in Group
        ]
    )
    assert contributions({name: np.array([np.nan]) for name in COLUMNS}).sum() == 0


def test_nothing_known_is_unexplained():
    assert verdict(size=8.0) == ("unexplained", pytest.approx(1 / 17, abs=0.001))


def test_a_pool_and_private_texts_are_flagged():
    told, score = verdict(**POOL, **TEXTS)
    assert told == "flagged"
    assert score > 0.9


INDICATED = {"indicated_above": 0.9, "indicated": 30.0, "indicators": 9.0}


@pytest.mark.parametrize("size", [3.0, 30.0, 3000.0])
@pytest.mark.parametrize("evidence", [{}, TEXTS, RHYTHM, TEXTS | RHYTHM, POOL])
def test_what_others_say_is_a_reason_that_never_makes_up_for_one_that_is_missing(evidence, size):
    told, score = verdict(**(evidence | INDICATED | {"size": size}))
    assert told != "flagged"
    assert score < 0.5
    assert score >= verdict(**(evidence | {"size": size}))[1]


def test_what_others_say_is_told_with_its_reason():
    table = ring(size=30.0, **INDICATED)
    (line,) = reasons(table, judge(table, 0.5))[0]
    assert (line["feature"], line["group"], line["bits"]) == ("indicators", "indicator", 2.0)
    assert line["says"].startswith("30 of its accounts use 9 values that ")
    assert "may be wrong" in line["why"]


@pytest.mark.parametrize(
    "evidence", [RHYTHM, TEXTS, TEXTS | RHYTHM, RHYTHM | {"release_above": 0.9, **TEXTS}, POOL | RHYTHM]
)
def test_one_group_and_rhythm_never_flag(evidence):
    told, score = verdict(**({"size": 100.0} | evidence))
    assert told != "flagged"
    assert score < 0.5


def test_a_small_ring_scores_below_a_large_one_with_the_same_evidence():
    some = POOL | {"rotating_share": 0.1, "abroad_share": 0.6} | TEXTS
    scores = [verdict(**(some | {"size": size}))[1] for size in (2.0, 5.0, 50.0)]
    assert scores == sorted(scores)
    assert scores[0] < scores[-1]


OFFICE = {
    "size": 20.0, "main_address_members": 0.95, "office_share": 0.95, "pool_addresses": 0.0, "pool_lines": 0.0,
    "payer_share": 1.0, "payer_members": 0.9, "payer_accounts": 18.0, "one_house": 1.0, "domain_share": 1.0,
    "housed_share": 1.0, "own_place_share": 0.9, "own_home_share": 0.8, "rotating_share": 0.0, "abroad_share": 0.1,
    "pool_hosting_share": 0.0, "own_device_share": 0.9, "shared_device_share": 0.0,
}  # fmt: skip


def test_a_company_is_benign_with_its_story():
    judged = judge(ring(**OFFICE, **TEXTS), 0.5)
    assert str(judged.verdict[0]) == "benign"
    assert STORIES[judged.story[0]].name in {"company", "organisation", "neighbouring companies"}


def test_a_story_may_be_left_out():
    features = ring(**OFFICE, **TEXTS)
    as_it_is = judge(features, 0.5)
    best = STORIES[as_it_is.story[0]].name
    assert STORIES[judge(features, 0.5, without=[best]).story[0]].name != best
    without = judge(features, 0.5, without=[story.name for story in STORIES])
    assert (without.story[0], without.fit[0]) == (NO_STORY, 0)
    assert without.score[0] > as_it_is.score[0]
    assert str(without.verdict[0]) != "benign"


def test_what_a_story_cannot_explain_speaks_against_it():
    judged = judge(
        ring(**OFFICE, **TEXTS, banned=6.0, banned_above=0.2, replacements=5.0, replaced_above=5.0), 0.5
    )
    assert judged.fit[0] == pytest.approx(judge(ring(**OFFICE, **TEXTS), 0.5).fit[0] / 20)
    assert str(judged.verdict[0]) == "flagged"


def test_bans_alone_do_not():
    judged = judge(ring(**OFFICE, **TEXTS, banned=6.0, banned_above=0.2), 0.5)
    assert str(judged.verdict[0]) != "flagged"


def test_reasons_come_strongest_first_and_add_up():
    features = ring(**POOL, **TEXTS)
    judged = judge(features, 0.5)
    (lines,) = reasons(features, judged)
    assert {line["feature"] for line in lines} >= {"rotation", "template_share"}
    assert [line["left"] for line in lines] == sorted((line["left"] for line in lines), reverse=True)
    assert sum(line["left"] for line in lines) == pytest.approx(judged.residual[:, 0].sum(), abs=0.3)
    assert "rotate over a common pool of 40" in top_reasons(lines)


def test_the_best_story_is_told_first():
    features = ring(**OFFICE, **TEXTS)
    (told,) = stories(features, judge(features, 0.5))
    assert [line["best"] for line in told] == [True] + [False] * (len(told) - 1)


def test_no_rings():
    judged = judge(ring().slice(0, 0), 0.5)
    assert len(judged.score) == len(judged.verdict) == 0


SUPPLY = {
    "size": 45.0,
    "shared_cards": 9.0,
    "cards_apart": 8.0,
    "shared_card_share": 0.9,
    "own_home_share": 0.6,
}


def test_cards_dealt_out_to_strangers_and_their_texts_flag():
    # Payment: 3.5 for nine cards and 3 for eight of them apart, at most 5. Content: 2.5 and 1.5, at most 4. With
    # size 45: -4 + 45/46 * 9 = 4.80 bits.
    assert verdict(**SUPPLY, **TEXTS) == ("flagged", pytest.approx(1 / (1 + 2**-4.804), abs=1e-3))


def test_cards_of_people_with_a_common_life_are_not_hard_evidence():
    assert verdict(**{**SUPPLY, "cards_apart": 1.0}, **TEXTS)[0] == "unexplained"


def test_cards_alone_flag_nobody():
    assert verdict(**SUPPLY)[0] == "unexplained"


DEALT = {
    "size": 9.0, "cards_apart": 1.0, "devices_apart": 1.0, "lines_apart": 1.0, "shared_cards": 1.0,
    "own_home_share": 0.6, "main_address_members": 0.2, "template_members": 1.0, "template_share": 0.6,
}  # fmt: skip


def test_three_things_dealt_out_to_strangers_are_hard_evidence():
    # Content 2.5 + 1.5; a line apart 4/3, a device apart 1, a card apart 0. Size 9: -4 + 0.9 * 6.333 = 1.70 bits.
    # Content and the line speak (network from 1.2 bits).
    assert verdict(**DEALT) == ("flagged", pytest.approx(1 / (1 + 2**-1.7), abs=1e-3))
    # As a pool would, two lines say more than one.
    assert verdict(**{**DEALT, "lines_apart": 2.0})[1] > verdict(**DEALT)[1]


def test_two_things_are_met_by_chance():
    fewer = {**DEALT, "lines_apart": 0.0, "devices_apart": 2.0}
    # Content 4 and devices 2: -4 + 0.9 * 6 = 1.4 bits, but neither is hard.
    assert verdict(**fewer)[0] == "unexplained"


def test_what_is_dealt_out_speaks_against_every_story():
    assert verdict(**OFFICE, **TEXTS)[0] == "benign"
    whole = judge(ring(**OFFICE, **TEXTS), 0.5).fit[0]
    three = judge(ring(**OFFICE, **TEXTS, lines_apart=1.0, devices_apart=2.0), 0.5)
    assert three.fit[0] == pytest.approx(whole / 2)
    # It is named all the same, with the twentieth that is left.
    four = judge(ring(**OFFICE, **TEXTS, lines_apart=2.0, cards_apart=2.0), 0.5)
    assert four.fit[0] == pytest.approx(whole / 20)
    assert STORIES[four.story[0]].name == "company"
    # Neighbours share lines and nothing else.
    assert judge(ring(**OFFICE, **TEXTS, lines_apart=9.0), 0.5).dealt[0] == 0


JOBS = {
    "size": 6.0, "jobs": 4.0, "templates": 4.0, "template_share": 0.2, "template_members": 1.0,
    "main_template_members": 0.5, "main_address_members": 0.2,
}  # fmt: skip


def test_a_stock_of_jobs_that_no_story_accounts_for_is_flagged_for_itself():
    # Content 2.5 * 0.05 / 0.45 + 1.5 + 3 = 4.778: -4 + 6/7 * 4.778 = 0.095 bits, and nothing else speaks.
    assert verdict(**JOBS) == ("flagged", pytest.approx(1 / (1 + 2**-0.095), abs=1e-3))


@pytest.mark.parametrize(
    "instead",
    [
        {"jobs": 2.9, "template_share": 0.9},
        {"size": 8.0, "jobs": 3.9, "template_share": 0.9},
        {"size": 2.0, "template_share": 0.9},
        {"payer_share": 1.0, "payer_members": 1.0, "own_home_share": 0.9, "own_device_share": 0.9},
        {"education_share": 1.0},
    ],
    ids=["two texts", "a text for every other account", "a couple", "a team", "a class"],
)
def test_a_product_a_team_or_a_class_has_texts_in_common_and_no_stock(instead):
    assert verdict(**{**JOBS, **instead})[0] != "flagged"


SCHEDULE = {
    "size": 20.0, "templates": 6.0, "main_template_members": 0.4, "template_share": 0.6, "template_members": 1.0,
    "on_schedule": 0.4, "own_home_share": 0.9, "own_device_share": 0.9,
}  # fmt: skip


def test_one_schedule_that_deals_several_jobs_out_is_hard_evidence():
    # Content 2.5 + 1.5, synchrony 3 * (0.4 - 0.1) / 0.4 = 2.25: -4 + 20/21 * 6.25 = 1.952 bits.
    assert verdict(**SCHEDULE) == ("flagged", pytest.approx(1 / (1 + 2**-1.952), abs=1e-3))


@pytest.mark.parametrize(
    "instead",
    [
        {"templates": 3.0},
        {"main_template_members": 0.9},
        {"on_schedule": 0.2},
        {"template_share": 0.0, "template_members": 0.6},
    ],
)
def test_a_class_or_a_product_keeps_hours_too(instead):
    # The same texts for all, few texts, hours that may be chance, or texts that are little of what they send.
    assert verdict(**{**SCHEDULE, **instead})[0] != "flagged"
