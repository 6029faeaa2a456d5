"""The knobs as Markdown tables: `python -m linkage.simulate.knobtable docs/simulator.md` writes them in.

What stands between `<!-- knobs:NAME -->` and `<!-- /knobs:NAME -->` is replaced, the rest of the document stays.
"""

import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, get_args, get_type_hints

from linkage.simulate import knobs
from linkage.simulate.knobs import DECOY_KNOBS, PLAIN, SCALES, Plain
from linkage.simulate.levels import LEVELS, Choices, Odds, Span, Whole


def written(document: str) -> str:
    """The document with all of its tables as the code has them."""
    for name, table in TABLES.items():
        block = re.compile(rf"(<!-- knobs:{name} -->\n).*?(<!-- /knobs:{name} -->)", re.DOTALL)
        text = table()
        document, found = block.subn(lambda m, text=text: f"{m[1]}{text}{m[2]}", document)  # type: ignore[misc]
        if found != 1:
            raise ValueError(f"the document has {found} places for the table {name}")
    return document


def scales() -> str:
    """Accounts, days, exchanges and fraudulent accounts of each scale."""
    head = ("scale", "accounts", "days", "exchanges", "fraudulent accounts", "largest ring")
    return _table(
        head,
        [
            (
                f"`{name}`",
                f"{scale.accounts:,}",
                str(scale.days),
                f"{scale.accounts * scale.exchanges_per_account / 1e6:g} million",
                f"{round(knobs.FRAUD_SHARE * scale.accounts):,}",
                f"{_largest(scale):,}",
            )
            for name, scale in SCALES.items()
        ],
    )


def _largest(scale: knobs.Scale) -> int:
    return min(knobs.MOST_IN_A_RING, round(scale.largest_ring * round(knobs.FRAUD_SHARE * scale.accounts)))


def operators() -> str:
    """Every knob of operators: its distribution at each level, and its reason."""
    rows = []
    for name, (kind, why) in _annotated(Odds).items():
        values = [_told(kind, getattr(odds, name)) for odds in LEVELS.values()]
        rows.append((f"`{name}`", *values, why))
    return _table(("knob", *LEVELS, "what it is, and why"), rows)


def plain() -> str:
    """How plain users live, the same at all levels."""
    rows = []
    for name, (_, why) in _annotated(Plain).items():
        value = getattr(PLAIN, name)
        told = " / ".join(f"{part:g}" for part in value) if isinstance(value, tuple) else f"{value:,g}"
        rows.append((f"`{name}`", told, why))
    return _table(("knob", "value", "what it is, and why"), rows)


def sharers() -> str:
    """The innocent stories: share of all accounts, accounts a group, and what they share."""
    return _table(
        ("story", "of all accounts", "accounts a group", "what is shared"),
        [
            (
                f"`{name}`",
                _percent(knob.share),
                "one crowd" if knob.high == 1 else f"{knob.low:,} to {knob.high:,}, log-uniform",
                knob.why,
            )
            for name, knob in DECOY_KNOBS.items()
        ],
    )


TABLES: dict[str, Callable[[], str]] = {
    "scales": scales,
    "operators": operators,
    "plain": plain,
    "sharers": sharers,
}


def _annotated(kind: type) -> dict[str, tuple[Any, str]]:
    """Type and reason of each field."""
    hints = get_type_hints(kind, include_extras=True)
    return {
        field.name: (get_args(hints[field.name])[0], hints[field.name].__metadata__[0])
        for field in fields(kind)
    }


def _told(kind: Any, value: Any) -> str:
    """A distribution in words."""
    if value is None:
        return "none given"
    if kind == Span or kind == Span | None:
        return f"{value[0]:g} to {value[1]:g}" if value[0] != value[1] else f"{value[0]:g}"
    if kind == Whole or kind == Whole | None:
        return f"{value[0]} to {value[1]}" if value[0] != value[1] else f"{value[0]}"
    if kind == Choices:
        return " or ".join(f"{one:,}" for one in value)
    if isinstance(value, tuple):
        return ", ".join(f"{name} {_percent(weight)}" for name, weight in value)
    return _percent(value)


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.write_text(written(target.read_text(encoding="utf-8")), encoding="utf-8")
