"""What changed between two published runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from linkage.engine.base import View

_SHOWN = 20


@dataclass(frozen=True)
class RunDiff:
    """Sorted ids of accounts and rings: what the second run has that the first had not, and the reverse.

    `moved`: accounts in another ring than before.
    """

    before: str
    after: str
    accounts_added: tuple[str, ...]
    accounts_removed: tuple[str, ...]
    moved: tuple[str, ...]
    newly_flagged: tuple[str, ...]
    no_longer_flagged: tuple[str, ...]
    rings_added: tuple[str, ...]
    rings_removed: tuple[str, ...]


class _Place(NamedTuple):
    ring: str
    flagged: bool


def diff_views(before: View, after: View) -> RunDiff:
    """Compares the memberships of two runs."""
    old, new = _places(before), _places(after)
    old_rings, new_rings = ({place.ring for place in places.values()} for places in (old, new))
    return RunDiff(
        before=before.run.run_id,
        after=after.run.run_id,
        accounts_added=tuple(sorted(new.keys() - old.keys())),
        accounts_removed=tuple(sorted(old.keys() - new.keys())),
        moved=tuple(sorted(name for name in new.keys() & old.keys() if new[name].ring != old[name].ring)),
        newly_flagged=_flagged_only_in(new, old),
        no_longer_flagged=_flagged_only_in(old, new),
        rings_added=tuple(sorted(new_rings - old_rings)),
        rings_removed=tuple(sorted(old_rings - new_rings)),
    )


def diff_text(diff: RunDiff) -> str:
    """The difference for people: counts, and the first few of each."""
    lines = [f"{diff.before} → {diff.after}"]
    groups = {
        "accounts new in a ring": diff.accounts_added,
        "accounts in a ring no more": diff.accounts_removed,
        "accounts in another ring": diff.moved,
        "newly flagged": diff.newly_flagged,
        "no longer flagged": diff.no_longer_flagged,
        "rings new": diff.rings_added,
        "rings gone": diff.rings_removed,
    }
    for title, names in groups.items():
        shown = ", ".join(names[:_SHOWN]) + (", …" if len(names) > _SHOWN else "")
        lines.append(f"  {title:<28}{len(names):>10,}   {shown}".rstrip())
    return "\n".join(lines)


def _places(view: View) -> dict[str, _Place]:
    table = view.memberships().select(["account_id", "ring_id", "flagged"])
    columns = (table.column(name).to_pylist() for name in table.column_names)
    return {account: _Place(ring, bool(flagged)) for account, ring, flagged in zip(*columns, strict=True)}


def _flagged_only_in(one: Mapping[str, _Place], other: Mapping[str, _Place]) -> tuple[str, ...]:
    return tuple(sorted(_flagged(one) - _flagged(other)))


def _flagged(places: Mapping[str, _Place]) -> set[str]:
    return {name for name, place in places.items() if place.flagged}
