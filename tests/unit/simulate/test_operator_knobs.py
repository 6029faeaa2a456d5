"""Every knob of every level is drawn as its table says, and none is left out of this test."""

from collections.abc import Callable
from dataclasses import fields
from typing import Any, get_args, get_type_hints

import numpy as np
import pytest

from linkage.simulate.levels import LEVELS, Choices, Level, Odds, Span, Whole
from linkage.simulate.operators import MUTATIONS, Operator, draw_operator

DRAWN = 1_500
SIZE = 400
#: What each knob is called in an operator, where that is not its own name; None: what `test_statistics` looks at.
READ: dict[str, Callable[[Operator], Any] | None] = {
    "traffic_share": None,
    "accounts_per_country": lambda op: len(op.countries),
    "two_networks": lambda op: op.networks == 2,
    "sdk_client": lambda op: op.client is not None,
    "variants": lambda op: len(op.variants),
    "mutation": lambda op: [MUTATIONS[variant & 7] for variant in op.variants[1:]],
    "jitter_hours": lambda op: op.jitter_seconds / 3_600,
    "no_ramp": lambda op: not op.ramp,
    "pivot": lambda op: op.pivot_share > 0,
    "pivot_share": lambda op: op.pivot_share or None,
    "created_days": lambda op: op.created_days / (1 + SIZE / 400),
    "programme": lambda op: op.programme is not None,
    "private_referral": lambda op: op.referral,
    "ban_share": lambda op: op.banned,
    "victim_chance": lambda op: op.victims > 0,
    "victims": lambda op: op.victims or None,
}
KINDS = {name: get_args(hint)[0] for name, hint in get_type_hints(Odds, include_extras=True).items()}


@pytest.fixture(scope="module", params=list(LEVELS))
def drawn(request: pytest.FixtureRequest) -> tuple[Odds, list[Operator]]:
    level: Level = request.param
    rng = np.random.default_rng(2)
    return LEVELS[level], [draw_operator(level, 0, SIZE, rng) for _ in range(DRAWN)]


@pytest.mark.parametrize(
    "knob", [field.name for field in fields(Odds) if READ.get(field.name, 0) is not None]
)
def test_a_knob_follows_its_distribution(drawn: tuple[Odds, list[Operator]], knob: str) -> None:
    odds, operators = drawn
    read = READ.get(knob) or (lambda op: getattr(op, knob))
    values = [value for op in operators if (value := read(op)) is not None]
    told, kind = getattr(odds, knob), KINDS[knob]
    if knob == "accounts_per_country":
        # One country for so many members, and one more; none given: one to three.
        low, high = (1, 3) if told is None else (1 + SIZE // told[1], 1 + SIZE // told[0])
        assert (min(values), max(values)) == (low, min(high, 21))
    elif told is None:
        assert values == []
    elif kind in (Span, Span | None):
        low, high = told
        # Hours are kept as whole seconds.
        assert low - 1 / 3_600 <= min(values) <= max(values) <= high
        assert np.mean(values) == pytest.approx((low + high) / 2, abs=0.05 * (high - low) + 1 / 3_600)
    elif kind in (Whole, Whole | None):
        assert set(values) == set(range(told[0], told[1] + 1))
        assert np.mean(values) == pytest.approx(sum(told) / 2, abs=0.05 * (told[1] - told[0]) + 1e-9)
    elif kind == Choices:
        assert shares(values) == pytest.approx(dict.fromkeys(told, 1 / len(told)), abs=0.06)
    elif isinstance(told, tuple):
        flat = [one for value in values for one in value] if knob == "mutation" else values
        assert shares(flat) == pytest.approx(dict(told), abs=0.06)
    elif isinstance(values[0], bool | np.bool_):
        assert abs(np.mean(values) - told) <= 4 * np.sqrt(max(told * (1 - told), 1e-4) / len(values))
    else:
        # A share that the ring's members are drawn by, the same for all operators of a level.
        assert set(values) == {told}


def shares(values: list[Any]) -> dict[Any, float]:
    found, count = np.unique(np.array(values), return_counts=True)
    return dict(zip(found.tolist(), (count / len(values)).tolist(), strict=True))


def test_every_knob_is_looked_at() -> None:
    assert {field.name for field in fields(Odds)} - {name for name, read in READ.items() if read is None} == {
        field.name for field in fields(Odds) if field.name != "traffic_share"
    }
