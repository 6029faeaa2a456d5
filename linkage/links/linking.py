"""From holdings to links: rarity, ties, cohesion and hubs, combinations, pairs, stars, evidence."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from linkage.identifiers.base import Family, HubRule
from linkage.identifiers.registry import FAMILY_NUMBER, Kinds
from linkage.links.cohesion import Cohesion, measure_cohesion
from linkage.links.evidence import PairEvidence, pair_evidence
from linkage.links.holdings import BoolArray, FloatArray, Holdings
from linkage.links.kernels import FAMILIES, Pairs, find_pairs
from linkage.links.rarity import KindArrays, LinkRule, Rarity, plain_rarity, typical_bits
from linkage.links.stars import Combinations, Stars, build_stars, find_combinations
from linkage.sightings.stage import Seen
from linkage.warehouse import Warehouse

# Blocks up to this many accounts are expanded into pairs (at most 8,128 each), larger ones become stars.
BLOCK = 128
# A tie is half of what a link needs: one good line of evidence. But not more than the weakest of good lines can say (an
# address: 12 bits, some of them lost to age). Among millions of accounts a link needs more for the prior's sake, and
# what one line may say at most does not grow with them.
TIE_SHARE = 0.5
MOST_TIE = 11.0
# A value is near-proof when, with 95 % confidence, this share of its holders is tied to another holder …
NEAR_PROOF_COVERAGE = 0.6
# … and a tied holder's partners hold it too at this rate.
NEAR_PROOF_INSIDE = 0.6
# A small block is a hub when at least this many holders have ties at all, and fewer than this share to each other. (Not
# how many of their partners hold it: a card that a tenth of one ring pays with lies inside one group all the same.)
LEAST_TIED = 16
HUB_COVERAGE = 0.1
# An address or a browser is used by whoever is near; only what a party possesses can be near-proof by cohesion.
POSSESSED = frozenset(
    {Family.PAYMENT, Family.DEVICE, Family.CONTENT, Family.REGISTRATION, Family.LINEAGE, Family.INDICATOR}
)


@dataclass(frozen=True)
class Hubs:
    """Why an identifier does not link: index of the identifier and a sentence, in identifier order."""

    identifier: np.ndarray
    reason: list[str]


@dataclass(frozen=True)
class Weighed:
    """What each value says, before anybody is linked by it; `as_of` is in hours since 1970.

    `allowed` are the identifiers that may link: nobody forbade it, and no one party is too small for them. What the
    data say of a hub may change with more of them.
    """

    holdings: Holdings
    kinds: KindArrays
    rarity: Rarity
    rule: LinkRule
    combinations: Combinations
    hubs: Hubs
    as_of: int
    allowed: BoolArray


@dataclass(frozen=True)
class LinkGraph:
    """All that links accounts in one run, and why."""

    holdings: Holdings
    kinds: KindArrays
    rarity: Rarity
    rule: LinkRule
    pairs: Pairs
    evidence: PairEvidence
    stars: Stars
    hubs: Hubs
    as_of: int


def kind_arrays(kinds: Kinds) -> KindArrays:
    """The kinds in the form that the kernels read."""

    def hours(values: np.ndarray) -> np.ndarray:
        return np.where(np.isinf(values), 0.0, values)

    support = np.array([kind.hub is HubRule.ALWAYS for kind in kinds])
    return KindArrays(
        m=kinds.m.astype(np.float64),
        cap=kinds.cap.astype(np.float64),
        # What only supports a link is not asked when it was seen: its hours are not worth their memory.
        window=np.where(support, 0, np.ceil(hours(kinds.window_hours))).astype(np.int32),
        half_life=hours(kinds.half_life_hours).astype(np.float64),
        family=kinds.family_number.astype(np.uint8),
        near_proof=kinds.near_proof.astype(np.bool_),
        support=support,
        commonness=np.array([kind.hub is not HubRule.NEVER for kind in kinds]),
    )


def largest_parties(kinds: Kinds) -> FloatArray:
    """The most accounts that one party plausibly runs, by kind; infinite where nobody said so."""
    return np.array(
        [np.inf if kind.hub_degree is None else kind.hub_degree for kind in kinds], dtype=np.float64
    )


def weigh_values(
    warehouse: Warehouse,
    seen: Seen,
    kinds: Kinds,
    rule: LinkRule,
    *,
    as_of: int,
    barred: BoolArray | None = None,
) -> Weighed:
    """The values of one run with their rarity once it is known what goes together, hubs and near-proof among them.

    `barred` identifiers (an allow-list) never link; `as_of` is in hours since 1970.
    """
    arrays = kind_arrays(kinds)
    same_family = rule.min_families < 2
    holdings = seen.holdings
    plain = plain_rarity(holdings, arrays, seen.values, seen.total, seen.peak)
    if barred is not None:
        plain = replace(plain, links=plain.links & ~barred)
    most = largest_parties(kinds)[holdings.kind]
    plain = replace(plain, links=plain.links & (seen.peak <= most))
    ties = find_pairs(holdings, arrays, plain, tie_rule(rule), block=BLOCK, as_of=as_of, supporting=False)
    cohesion = measure_cohesion(
        holdings, arrays, ties,
        tie_bits=tie_rule(rule).threshold, same_family=same_family,
        plain_bits=typical_bits(holdings, arrays, plain),
    )  # fmt: skip
    del ties
    combinations = find_combinations(warehouse, holdings, arrays, same_family=same_family)
    rarity = judge(holdings, arrays, plain, cohesion, combinations, rule, seen.peak)
    hubs = _hubs(holdings, rarity, cohesion, barred, np.where(seen.peak > most, most, 0))
    return Weighed(holdings, arrays, rarity, rule, combinations, hubs, as_of, plain.links)


def link_accounts(weighed: Weighed) -> LinkGraph:
    """Links and stars of one run, by what its values say."""
    holdings, kinds, rarity = weighed.holdings, weighed.kinds, weighed.rarity
    rule, as_of = weighed.rule, weighed.as_of
    pairs = find_pairs(holdings, kinds, rarity, rule, block=BLOCK, as_of=as_of)
    return LinkGraph(
        holdings=holdings,
        kinds=kinds,
        rarity=rarity,
        rule=rule,
        pairs=pairs,
        evidence=pair_evidence(holdings, kinds, rarity, pairs.a, pairs.b, as_of=as_of),
        stars=build_stars(holdings, kinds, rarity, rule, weighed.combinations, block=BLOCK, as_of=as_of),
        hubs=weighed.hubs,
        as_of=as_of,
    )


def tie_rule(rule: LinkRule) -> LinkRule:
    """What ties two accounts: half of a link's bits, or one good line, from whichever families."""
    return replace(rule, threshold=min(TIE_SHARE * rule.threshold, MOST_TIE), min_families=0)


def judge(
    holdings: Holdings,
    arrays: KindArrays,
    plain: Rarity,
    cohesion: Cohesion,
    combinations: Combinations,
    rule: LinkRule,
    peak: FloatArray,
) -> Rarity:
    """Rarity once it is known what goes together: effective degrees, near-proof identifiers and hubs."""
    holders = np.maximum(cohesion.holders, 1)
    counted = arrays.commonness[holdings.kind] & ~arrays.support[holdings.kind]
    # Groups that other evidence already joins count once, in the proportion of holders that the window holds.
    effective = np.where(counted, np.maximum(cohesion.groups * peak / holders, 1.0), plain.degree)
    combined = np.zeros(holdings.identifiers, dtype=np.bool_)
    for side in (combinations.first, combinations.second):
        combined[side] = True
        outside = np.maximum(cohesion.holders[side] - combinations.accounts + 1.0, 1.0)
        np.minimum.at(effective, side, outside)
    possessed = np.zeros(FAMILIES, dtype=np.bool_)
    for family in POSSESSED:
        possessed[FAMILY_NUMBER[family]] = True
    near_proof = (
        counted
        & possessed[arrays.family[holdings.kind]]
        & (cohesion.coverage_bound >= NEAR_PROOF_COVERAGE)
        & (np.nan_to_num(cohesion.inside) >= NEAR_PROOF_INSIDE)
    )
    large = cohesion.holders > BLOCK
    unlike = (cohesion.tied >= LEAST_TIED) & (cohesion.covered < HUB_COVERAGE * holders)
    hub = counted & ~near_proof & ~combined & (np.where(large, effective > BLOCK, unlike))
    known = replace(plain, degree=effective.astype(np.float64), links=plain.links & ~hub)
    return with_near_proof(known, near_proof, holdings, arrays, rule)


def with_near_proof(
    rarity: Rarity, near: BoolArray, holdings: Holdings, kinds: KindArrays, rule: LinkRule
) -> Rarity:
    """Some identifiers taken for near-proof: each of them links alone, at its kind's cap or the threshold."""
    strength = np.maximum(kinds.cap[holdings.kind], rule.threshold)
    return replace(
        rarity,
        near_proof=rarity.near_proof | near,
        strength=np.where(near, strength, rarity.strength),
    )


def _hubs(
    holdings: Holdings,
    rarity: Rarity,
    cohesion: Cohesion,
    barred: BoolArray | None,
    exceeded: FloatArray,
) -> Hubs:
    chosen = np.flatnonzero(~rarity.links & (holdings.degree >= 2))
    bound = cohesion.coverage_bound
    reasons = []
    for identifier in chosen:
        number = int(holdings.degree[identifier])
        if barred is not None and barred[identifier]:
            reasons.append(f"on the allow-list; {number:,} accounts")
        elif exceeded[identifier]:
            reasons.append(
                f"{number:,} accounts: more than the {int(exceeded[identifier]):,} that one party plausibly runs"
            )
        elif cohesion.tied[identifier] == 0:
            reasons.append(
                f"{number:,} accounts with nothing else in common: no other evidence ties any of them"
            )
        else:
            reasons.append(
                f"{number:,} accounts in {int(cohesion.groups[identifier]):,} unrelated groups; other evidence ties "
                f"{int(cohesion.covered[identifier]):,} of them to another holder (at least {bound[identifier]:.0%}), "
                f"and of a holder's ties {cohesion.inside[identifier]:.0%} hold it too"
            )
    return Hubs(identifier=chosen, reason=reasons)
