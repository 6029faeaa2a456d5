"""An explanation as text: the account of the bits, line by line, so that it can be added up by hand."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from linkage.progress import one_line

if TYPE_CHECKING:
    from linkage.model import Evidence, Explanation

# Below what is shown of a number with one digit.
_ROUNDING = 0.05


def as_text(explanation: Explanation) -> str:
    """The explanation for a person at a terminal."""
    outcome = "LINKED" if explanation.linked else "NOT LINKED"
    lines = [f"{explanation.account_a} and {explanation.account_b}: {outcome}", f"  {explanation.reason}", ""]
    lines += _sum(explanation)
    lines.append(
        f"  families of evidence: {', '.join(explanation.families) or 'none'}"
        f" ({explanation.min_families} needed, or one near-proof)"
    )
    if explanation.silent:
        lines += ["", "shared, but it counts for nothing:"]
        lines += [f"{'':17}{_what(line)}: {line.why}" for line in explanation.silent]
    lines += ["", _rings(explanation)]
    return "\n".join(one_line(line) for line in lines)


def _sum(explanation: Explanation) -> list[str]:
    """Prior and evidence, one line each, and what they add up to."""
    prior, bits = explanation.prior, explanation.bits
    lines = [_bits(prior, f"before any evidence: {_odds(prior)} that two random accounts share an owner")]
    for line in explanation.lines:
        proof = ", near-proof" if line.near_proof else ""
        lines.append(_bits(line.bits, f"{_what(line)}{proof} {line.why}".rstrip()))
    if not explanation.lines:
        lines.append(_bits(0, "no evidence that counts"))
    discount = bits - sum(line.bits for line in explanation.lines)
    if abs(discount) >= _ROUNDING:
        lines.append(_bits(discount, "discount: after its best line, a family repeats itself in part"))
    threshold = explanation.threshold
    chance = f"{explanation.posterior:.4%}" if explanation.posterior < 0.9999995 else "practically 100%"
    lines += [
        f"{'─' * 9}",
        _bits(prior + bits, f"after the evidence: {chance} that one party controls both"),
        _bits(prior + threshold, f"needed: {threshold:.1f} bits of evidence; there are {bits:.1f}"),
    ]
    return lines


def _bits(bits: float, text: str) -> str:
    return f"{bits:>+9.1f} bits   {text}"


def _what(line: Evidence) -> str:
    accounts = f"{line.accounts:,} account{'' if line.accounts == 1 else 's'}"
    times = f"{line.count:,} time{'' if line.count == 1 else 's'}"
    return f"{line.family}: {line.kind} {line.caption} ({accounts}{_dates(line)}, seen {times})"


def _dates(line: Evidence) -> str:
    if line.first_seen is None or line.last_seen is None:
        return ""
    first, last = _day(line.first_seen), _day(line.last_seen)
    return f", {first}" if first == last else f", {first} to {last}"


def _day(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d")


def _rings(explanation: Explanation) -> str:
    a, b = explanation.ring_a, explanation.ring_b
    if a is None and b is None:
        return "neither is in a ring"
    if a == b:
        return f"both are in ring {a}"
    return f"rings: {explanation.account_a} in {a or 'none'}, {explanation.account_b} in {b or 'none'}"


def _odds(bits: float) -> str:
    odds = f"{2 ** min(abs(bits), 1000):,.0f}"
    return f"odds of 1 to {odds}" if bits < 0 else f"odds of {odds} to 1"
