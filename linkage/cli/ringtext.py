"""A ring as text: why it was judged so, what it rests on, who is barely in it, and what would change the verdict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from linkage.progress import one_line

Told = Mapping[str, Any]
_MOST = 8
# Of a run that was made before rings were split.
_NO_SPLIT: Told = {"count": 0, "loose": 0, "parts": []}


def ring_text(ring: Told) -> str:
    """What `linkage.engine.ringview.explain_ring` gives, for a person at a terminal."""
    lines = [
        f"{ring['ring_id']}: {str(ring['verdict']).upper()}, {_accounts(ring['size'])}, score {ring['score']:.3f}",
        *_calibrated(ring),
        *_part("reasons", (_reason(one) for one in ring.get("reasons", [])[:_MOST])),
    ]
    defence = ring.get("defence")
    if defence:
        lines += _part("the best innocent story", _story(defence["story"]))
        lines += _part("what would change the verdict", _changes(ring, defence))
        lines += _part("what it rests on", _keystones(defence["keystones"]))
        lines += _part("weakest bridges", (_bridge(one) for one in defence["bridges"]))
        lines += _part("borderline members", _borderline(defence["borderline"]))
        lines += _part("by cards, addresses and devices alone", _split(defence.get("parts", _NO_SPLIT)))
    lines += _part("what most of its accounts share", (_shared(one) for one in ring.get("shared", [])))
    return "\n".join(one_line(line) for line in lines)


def _calibrated(ring: Told) -> Iterator[str]:
    """Both scores, and what moved one to the other."""
    if ring.get("decided"):
        yield f"  people decided: {ring['decided']}"
    fit = ring.get("calibration")
    if not fit:
        return
    near, how = fit["near"], ", which only lowers scores" if fit["lowers"] else ""
    seen = "none of them had a score like this"
    if near:
        between = f"of those between {near['low']:.2f} and {near['high']:.2f}"
        seen = f"{between} {near['fraud']:,} of {near['rings']:,} were fraud"
    yield (
        f"  {ring['raw_score']:.3f} before calibration on {fit['rings']:,} decided rings ({fit['method']}{how}): {seen}"
    )


def _part(title: str, lines: Iterator[str]) -> list[str]:
    found = [f"  {line}" for line in lines]
    return ["", f"{title}:", *found] if found else []


def _reason(one: Told) -> str:
    left = "" if one["left"] == one["bits"] else f" ({one['left']:+.1f} after the story)"
    return f"{one['bits']:+5.1f} bits  {one['group']}: {one['says']}{left}"


def _story(story: Told | None) -> Iterator[str]:
    if story is None:
        yield "none fits at all"
        return
    yield f"{story['story']} (fits {story['fit']:.0%}): {story['says']}"
    yield f"{'taken' if story['taken'] else 'not taken'}: {story['why']}"


def _changes(ring: Told, defence: Told) -> Iterator[str]:
    for one in defence["changes"]:
        value = "not known" if one["value"] is None else f"{one['value']:.2f}"
        yield f"{one['column']} at {one['target']:g} (it is {value}): {one['verdict']}, score {one['score']:.3f}"
    together = defence["together"]
    if together:
        yield (
            f"no single observation; {len(together['features'])} together "
            f"({', '.join(together['features'])}): {together['verdict']}, score {together['score']:.3f}"
        )
    elif not defence["changes"]:
        yield f"no single observation: it stays {ring['verdict']}"


def _keystones(found: list[Told]) -> Iterator[str]:
    if not found:
        yield "no single identifier: without any one of them it stays in one piece, single accounts aside"
    for one in found:
        sizes = " + ".join(f"{size:,}" for size in one["sizes"])
        more = " + …" if one["pieces"] > len(one["sizes"]) else ""
        alone = f", {one['alone']:,} of them alone" if one["alone"] else ""
        yield f"without {_named(one)} it falls into {one['pieces']:,} ({sizes}{more}{alone})"


def _bridge(one: Told) -> str:
    lines = ", ".join(f"{_named(line)} {line['bits']:.1f}" for line in one["lines"])
    edges = f"{one['edges']:,} link{'' if one['edges'] == 1 else 's'}"
    return (
        f"{one['small']:,} | {one['large']:,} accounts: {one['bits']:.1f} bits across {edges}, {one['needed']:.1f} are "
        f"needed; the strongest, {_end(one['a'])} – {_end(one['b'])}, has {one['edge_bits']:.1f} ({lines})"
    )


def _borderline(found: Told) -> Iterator[str]:
    for one in found["members"]:
        rests = f"; all rests on {_named(one['rests_on'])}" if one["rests_on"] else ""
        edges = f"{one['edges']:,} link{'' if one['edges'] == 1 else 's'}"
        yield f"{one['account']}: {one['above']:.1f} bits above the threshold, {edges}{rests}"
    more = found["count"] - len(found["members"])
    if more > 0:
        yield f"and {more:,} more with fewer than 5 bits above it"


def _split(split: Told) -> Iterator[str]:
    for part in split["parts"]:
        values = ", ".join(f"{_named(one)} of {one['members']:,}" for one in part["values"])
        yield f"{_accounts(part['size'])}: {values}"
    if split["count"] > len(split["parts"]):
        yield f"and {split['count'] - len(split['parts']):,} smaller ones"
    if split["loose"]:
        yield f"{_accounts(split['loose'])} sharing none of these"


def _shared(one: Told) -> str:
    return (
        f"{one['kind']} {one['key']}: {one['members']:,} of its accounts, {_accounts(one['accounts'])} in all"
    )


def _end(one: Told) -> str:
    if "account" in one:
        return str(one["account"])
    return "the block of " + " and ".join(_named(value) for value in one["star"])


def _named(one: Told) -> str:
    return f"{one['kind']} {one['caption']}"


def _accounts(count: int) -> str:
    return f"{count:,} account{'' if count == 1 else 's'}"
