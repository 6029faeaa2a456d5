"""Why two accounts are, or are not, linked: computed on demand from their sightings, by the pipeline's own rule."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa

from linkage.identifiers.registry import FAMILY_NUMBER
from linkage.links.evidence import PairEvidence, combine, pair_evidence
from linkage.links.holdings import build_holdings
from linkage.links.rarity import FAMILY_FLOOR, KindArrays, LinkRule, Rarity
from linkage.model import Evidence, Explanation

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FAMILY_NAME = {number: str(family) for family, number in FAMILY_NUMBER.items()}
_NOT_NEAR = -1.0


@dataclass(frozen=True)
class PairFacts:
    """What a run knows of two accounts, 0 and 1 here in the order of their ids.

    `identifiers`: place, kind, family, key, caption, accounts, degree, strength, links, near_proof, reason (of a hub),
    one row for each identifier that both hold, `place` from 0.  `holdings`: account (0 or 1), place, first, last,
    count, sorted.  `hours`: account, place, bucket, sorted.  `values`: shape (2, kinds), how many values each holds.
    """

    identifiers: pa.Table
    holdings: pa.Table
    hours: pa.Table
    values: np.ndarray
    kinds: KindArrays
    kind_names: list[str]
    total: np.ndarray
    rule: LinkRule
    as_of: int


def explain_pair(
    account_a: str, account_b: str, facts: PairFacts, rings: tuple[str | None, str | None]
) -> Explanation:
    """The explanation of one pair; its bits are those of the pipeline, since the same kernel makes them."""
    table = facts.identifiers
    rarity = Rarity(
        degree=table["degree"].to_numpy().astype(np.float64),
        strength=np.array(table["strength"].to_pylist(), dtype=np.float64),
        links=np.array(table["links"].to_pylist(), dtype=np.bool_),
        near_proof=np.array(table["near_proof"].to_pylist(), dtype=np.bool_),
        values=facts.values.astype(np.uint16),
        total=facts.total,
    )
    evidence, kind = _evidence(facts, rarity)
    bits, families, proof = combine(facts.kinds, rarity, facts.rule, kind, evidence, 1)
    lines, silent = _lines(facts, rarity, evidence)
    enough = float(bits[0]) >= facts.rule.threshold
    varied = int(families[0]) >= facts.rule.min_families or bool(proof[0])
    odds = 2.0 ** min(facts.rule.prior + float(bits[0]), 1000.0)
    counted = tuple(
        sorted(
            {line.family for line in lines if line.bits >= FAMILY_FLOOR and not _supports(facts, line.kind)}
        )
    )
    return Explanation(
        account_a=account_a,
        account_b=account_b,
        prior=facts.rule.prior,
        threshold=facts.rule.threshold,
        bits=float(bits[0]),
        posterior=odds / (1.0 + odds),
        families=counted,
        min_families=facts.rule.min_families,
        linked=enough and varied,
        reason=_reason(facts.rule, float(bits[0]), counted, bool(proof[0]), lines, silent),
        lines=lines,
        silent=silent,
        ring_a=rings[0],
        ring_b=rings[1],
    )


def compile_ahead() -> None:
    """Compiles what explanations run, by one of nothing: many seconds where no process left it on the disk."""
    none = np.zeros(0)
    kinds = KindArrays(
        m=none,
        cap=none,
        window=none.astype(np.int32),
        half_life=none,
        family=none.astype(np.uint8),
        near_proof=none.astype(np.bool_),
        support=none.astype(np.bool_),
        commonness=none.astype(np.bool_),
    )
    facts = PairFacts(
        identifiers=_no_rows("kind", "degree", "strength", "links", "near_proof"),
        holdings=_no_rows("account", "place", "first", "last", "count"),
        hours=_no_rows("account", "place", "bucket"),
        values=np.zeros((2, 0), dtype=np.uint16),
        kinds=kinds,
        kind_names=[],
        total=none,
        rule=LinkRule(prior=0.0, threshold=0.0, min_families=1, discount=np.zeros(len(FAMILY_NUMBER))),
        as_of=0,
    )
    explain_pair("", "", facts, (None, None))


def _no_rows(*names: str) -> pa.Table:
    return pa.table({name: pa.array([], pa.int64()) for name in names})


def _supports(facts: PairFacts, kind: str) -> bool:
    return bool(facts.kinds.support[facts.kind_names.index(kind)])


def _evidence(facts: PairFacts, rarity: Rarity) -> tuple[PairEvidence, np.ndarray]:
    kind = facts.identifiers["kind"].to_numpy().astype(np.uint8)
    account = facts.holdings["account"].to_numpy().astype(np.int32)
    place = facts.holdings["place"].to_numpy().astype(np.int32)
    width = max(len(kind), 1)
    hour_place = facts.hours["account"].to_numpy().astype(np.int64) * width + facts.hours["place"].to_numpy()
    holdings = build_holdings(
        2,
        kind,
        account,
        place,
        facts.holdings["first"].to_numpy().astype(np.int32),
        facts.holdings["last"].to_numpy().astype(np.int32),
        facts.holdings["count"].to_numpy().astype(np.int64),
        np.searchsorted(account.astype(np.int64) * width + place, hour_place).astype(np.int64),
        facts.hours["bucket"].to_numpy().astype(np.int32),
    )
    one = np.array([0], dtype=np.int32)
    two = np.array([1], dtype=np.int32)
    found = pair_evidence(holdings, facts.kinds, rarity, one, two, as_of=facts.as_of, all_values=True)
    return found, kind


def _lines(
    facts: PairFacts, rarity: Rarity, evidence: PairEvidence
) -> tuple[tuple[Evidence, ...], tuple[Evidence, ...]]:
    """Evidence that counts, strongest first, and shared values that do not, with the reason why."""
    rows = facts.identifiers.to_pylist()
    lines = []
    for line in range(len(evidence.identifier)):
        row = rows[int(evidence.identifier[line])]
        bits = float(evidence.bits[line])
        why = ""
        if not row["links"]:
            why = f"hub: {row['reason']}" if row["reason"] else "hub"
        elif bits == _NOT_NEAR:
            window = int(facts.kinds.window[row["kind"]])
            why = f"no overlap in time: never within {window:,} hours of each other"
        elif bits <= 0.0:
            why = f"too common to say anything: {row['accounts']:,} accounts"
        lines.append(
            Evidence(
                kind=facts.kind_names[row["kind"]],
                family=_FAMILY_NAME[int(facts.kinds.family[row["kind"]])],
                key=row["key"],
                caption=row["caption"],
                bits=max(bits, 0.0),
                accounts=row["accounts"],
                first_seen=moment(int(evidence.first[line])),
                last_seen=moment(int(evidence.last[line])),
                count=int(evidence.count[line]),
                near_proof=bool(rarity.near_proof[int(evidence.identifier[line])]),
                why=why,
            )
        )
    lines.sort(key=lambda item: (-item.bits, item.kind, item.key))
    return tuple(line for line in lines if not line.why), tuple(line for line in lines if line.why)


def moment(hours: int) -> datetime | None:
    """A UTC time from hours since 1970; None for 0, the moment of sources without dates."""
    return _EPOCH + timedelta(hours=hours) if hours else None


def _reason(
    rule: LinkRule,
    bits: float,
    families: tuple[str, ...],
    proof: bool,
    lines: tuple[Evidence, ...],
    silent: tuple[Evidence, ...],
) -> str:
    if not lines and not silent:
        return "not linked: they share nothing that was seen"
    if not lines:
        return "not linked: what they share says nothing"
    if bits < rule.threshold:
        return f"not linked: {bits:.1f} bits of evidence, {rule.threshold:.1f} are needed"
    if len(families) < rule.min_families and not proof:
        only = families[0] if families else "weak"
        return (
            f"not linked: {bits:.1f} bits are enough, but all of them from {only} evidence; "
            f"{rule.min_families} independent families are needed"
        )
    if len(families) < rule.min_families:
        return f"linked: {bits:.1f} bits, {rule.threshold:.1f} are needed; near-proof evidence needs no second family"
    return f"linked: {bits:.1f} bits from {', '.join(families)}, {rule.threshold:.1f} are needed"
