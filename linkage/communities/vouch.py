"""Values that are vouched for: whose users, as one cluster, other families tie together.

Cohesion asks of one value how many of its holders something else ties to another holder (`links/cohesion.py`). Where
operators hide, a text has a handful of users and each pays with another card than most of them, so no single value
reaches the share that proof asks for. All texts of one operator together do: accounts that texts alone tie form a
cluster, and in an operator's cluster independent evidence ties a third of the accounts to others of it, while among
strangers who read the same blog only households and colleagues are tied, a few in a hundred.

So, family by family: the accounts that this family ties are clustered by the rule for communities; a cluster is
vouched for when enough of its accounts are tied inside it by other families; and a value of which nearly all holders
are in one such cluster is near-proof for the rest.

In a large party the texts themselves are common, so pairs of accounts say little of them. There the accounts are
clustered by the jobs that the texts belong to (`synchrony/jobs.py`), at a cost that does not grow with pairs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from linkage.communities.cut import components
from linkage.communities.graph import build_graph
from linkage.communities.native import partition
from linkage.identifiers.base import Family
from linkage.identifiers.registry import FAMILY_NUMBER
from linkage.links.cohesion import wilson_lower
from linkage.links.evidence import pair_evidence
from linkage.links.holdings import BoolArray, FloatArray, IntArray, LongArray
from linkage.links.kernels import Pairs, find_pairs
from linkage.links.linking import BLOCK, POSSESSED, Hubs, Weighed, tie_rule, with_near_proof
from linkage.links.stars import no_stars
from linkage.numbering import runs
from linkage.synchrony.jobs import jobs

VOUCHED_COVERAGE = 0.2
"""Of a cluster at least this share (lower 95 % bound) is tied to another of it by other families. A twentieth or so of
any crowd has a household or a colleague in it; a fifth has not."""
VOUCHED_INSIDE = 0.3
"""And of their independent partners at least this share is in the cluster too (mean over the tied): a cluster of a
tenth of all accounts, which texts that strangers write alike can make, has a tenth of everyone's partners."""
VOUCHED_BY_SEVERAL = 0.15
"""Who rents lines of a pool has most of his partners among its other customers. Where several groups that nothing ties
to one another vouch for a cluster, half as many of their partners are enough …"""
VOUCHED_LIFT = 10.0
"""… if that is so many times what a cluster of its size has by chance: a fifth of all accounts has a fifth of
everyone's partners."""
VOUCHED_TIES = 2
"""One pair that something else ties is linked by itself, and says nothing of the others."""
VOUCHED_ELSEWHERE = 0.05
"""Accounts that each other's ties hold together are one witness, however many. So where the largest such group is less
than half of the cluster, more of the rest must be tied than of any crowd: a class or a company that found a public text
would vouch for all who use it."""
VOUCHED_HOLDERS = 0.75
"""Of a value's holders at least this share is in the cluster that is vouched for, and not by this value alone: each
holds another of its values, or other families tie it to the cluster."""
VOUCHED_WITNESSES = 2
"""And so many of its holders other families tie to the cluster: who shares one text with one member is in the cluster
by that text alone, and would vouch for himself."""


@dataclass(frozen=True)
class Clusters:
    """Accounts clustered by one family, and what ties them independently.

    `label` is the cluster of each account and `inside_tied` whether other families tie it to another of that cluster;
    the rest is one entry a cluster. `size`, `covered` and `tied` count accounts: all, those tied to another of the
    cluster by other families, those so tied to anybody; `busy` and `busy_covered` count the busy ones of the first two.
    `ties` is how many independent ties it takes to join the covered, `largest` how many accounts the largest group has
    that they join, `inside` the mean share of a tied account's partners that are in the cluster.
    """

    label: IntArray
    inside_tied: BoolArray
    size: LongArray
    covered: LongArray
    busy: LongArray
    busy_covered: LongArray
    tied: LongArray
    ties: LongArray
    largest: LongArray
    inside: FloatArray

    @property
    def vouched(self) -> BoolArray:
        """Whether each cluster is vouched for."""
        share = np.maximum(wilson_lower(self.covered, self.size), wilson_lower(self.busy_covered, self.busy))
        elsewhere = wilson_lower(self.covered - self.largest, self.size - self.largest)
        several = elsewhere >= VOUCHED_ELSEWHERE
        by_chance = self.size / max(len(self.label), 1)
        renters = several & (self.inside >= np.maximum(VOUCHED_BY_SEVERAL, VOUCHED_LIFT * by_chance))
        held: BoolArray = (
            (share >= VOUCHED_COVERAGE)
            & ((2 * self.largest >= self.size) | several)
            & (self.ties >= VOUCHED_TIES)
            & ((self.inside >= VOUCHED_INSIDE) | renters)
        )
        return held


def vouch(weighed: Weighed, seed: int, busy: BoolArray) -> Weighed:
    """The values, near-proof those of clusters that are vouched for. Data of one family has no witness.

    `busy` says of each account whether it acts on days enough to follow a schedule (`BUSY_DAYS` of synchrony). That an
    idle one is not tied says nothing, so the share is taken of the busy ones too.
    """
    if weighed.rule.min_families < 2:
        return weighed
    rule = tie_rule(weighed.rule)
    holdings, kinds, rarity = weighed.holdings, weighed.kinds, weighed.rarity
    ties = find_pairs(holdings, kinds, rarity, rule, block=BLOCK, as_of=weighed.as_of, supporting=False)
    near = np.zeros(holdings.identifiers, dtype=np.bool_)
    for family in sorted(POSSESSED):
        number = FAMILY_NUMBER[family]
        if (ties.family_bits[:, number] >= rule.threshold).any():
            label = _clustered(weighed, number, ties, seed)
            near |= vouched_values(weighed, number, judge_clusters(weighed, number, label, ties, busy))
    content = FAMILY_NUMBER[Family.CONTENT]
    label = clustered_by_jobs(weighed)
    near |= vouched_values(weighed, content, judge_clusters(weighed, content, label, ties, busy), common=True)
    near &= ~rarity.near_proof
    return trusting(weighed, near)


def trusting(weighed: Weighed, near: BoolArray) -> Weighed:
    """The values with some more taken for near-proof: they are hubs no longer."""
    open_again = replace(weighed.rarity, links=weighed.rarity.links | near)
    kept = ~near[weighed.hubs.identifier]
    return replace(
        weighed,
        rarity=with_near_proof(open_again, near, weighed.holdings, weighed.kinds, weighed.rule),
        hubs=Hubs(
            identifier=weighed.hubs.identifier[kept],
            reason=[reason for reason, held in zip(weighed.hubs.reason, kept, strict=True) if held],
        ),
    )


def judge_clusters(weighed: Weighed, family: int, label: IntArray, ties: Pairs, busy: BoolArray) -> Clusters:
    """The clusters that one family makes of the accounts, with what other families say of them."""
    other = ties.bits - ties.family_bits[:, family] >= tie_rule(weighed.rule).threshold
    a, b = followers(weighed) if family != FAMILY_NUMBER[Family.TIMING] else (ties.a[:0], ties.b[:0])
    return measure(label, np.concatenate([ties.a[other], a]), np.concatenate([ties.b[other], b]), busy)


def clustered_by_jobs(weighed: Weighed) -> IntArray:
    """Each account with the others of the job that most of its texts belong to."""
    holdings, kinds = weighed.holdings, weighed.kinds
    content = kinds.family[holdings.kind] == FAMILY_NUMBER[Family.CONTENT]
    text = np.flatnonzero(content & ~kinds.support[holdings.kind] & weighed.allowed & (holdings.degree >= 2))
    held = holdings.degree[text]
    holder = holdings.holder[runs(holdings.identifier_ptr[text], held)].astype(np.int64)
    found = jobs(np.append(0, np.cumsum(held)).astype(np.int64), holder, holdings.accounts)
    job = np.repeat(found.of_text, held)
    several = job >= 0
    cell, texts = np.unique(holder[several] * max(len(found), 1) + job[several], return_counts=True)
    account, job = np.divmod(cell, max(len(found), 1))
    order = np.lexsort((job, -texts, account))
    account, first = np.unique(account[order], return_index=True)
    label = len(found) + np.arange(holdings.accounts, dtype=np.int64)
    label[account] = job[order][first]
    return np.unique(label, return_inverse=True)[1].astype(np.int32)


def followers(weighed: Weighed) -> tuple[IntArray, IntArray]:
    """Ties of accounts that follow the same schedule: its first follower with each other one.

    A follower's few bits are too little for a link, but followers are accepted at one false in ten, and here they are
    asked as a cluster.
    """
    holdings, kinds = weighed.holdings, weighed.kinds
    timing = kinds.family[holdings.kind] == FAMILY_NUMBER[Family.TIMING]
    held = timing & weighed.rarity.links & (holdings.degree >= 2)
    first, degree = holdings.identifier_ptr[:-1][held], holdings.degree[held]
    return (
        np.repeat(holdings.holder[first], degree - 1).astype(np.int32),
        holdings.holder[runs(first + 1, degree - 1)],
    )


def measure(label: IntArray, a: IntArray, b: IntArray, busy: BoolArray) -> Clusters:
    """What the independent ties (a[i], b[i]) say of clusters."""
    accounts, count = len(label), int(label.max(initial=-1)) + 1
    size = np.bincount(label, minlength=count)
    within = label[a] == label[b]
    group = components(accounts, a[within], b[within])
    covered = np.bincount(group)[group] > 1
    partners = np.bincount(np.concatenate([a, b]), minlength=accounts)
    near = np.bincount(np.concatenate([a[within], b[within]]), minlength=accounts)
    tied = partners > 0
    share = np.bincount(label[tied], near[tied] / partners[tied], minlength=count)
    number = np.bincount(label[tied], minlength=count)
    _, first, joined = np.unique(group, return_index=True, return_counts=True)
    largest = np.zeros(count, dtype=np.int64)
    np.maximum.at(largest, label[first], np.where(joined > 1, joined, 0))
    return Clusters(
        label=label,
        inside_tied=covered,
        size=size,
        covered=np.bincount(label[covered], minlength=count),
        busy=np.bincount(label[busy], minlength=count),
        busy_covered=np.bincount(label[covered & busy], minlength=count),
        tied=number,
        ties=size - np.bincount(label[first], minlength=count),
        largest=largest,
        inside=share / np.maximum(number, 1),
    )


def _clustered(weighed: Weighed, family: int, ties: Pairs, seed: int) -> IntArray:
    """Communities of the pairs that one family ties, by the rule for cuts with a single family."""
    holdings, kinds = weighed.holdings, weighed.kinds
    own = ties.family_bits[:, family] >= tie_rule(weighed.rule).threshold
    values = kinds.family[holdings.kind] == family
    rarity = replace(weighed.rarity, links=weighed.rarity.links & values)
    pairs = Pairs(
        ties.a[own], ties.b[own], ties.family_bits[own, family].astype(np.float64), ties.family_bits[own]
    )
    evidence = pair_evidence(holdings, kinds, rarity, pairs.a, pairs.b, as_of=weighed.as_of)
    rule = replace(weighed.rule, min_families=1)
    graph = build_graph(holdings, kinds, rarity, rule, pairs, evidence, no_stars())
    return partition(graph, weighed.rule.threshold, seed)[: graph.accounts]


def vouched_values(weighed: Weighed, family: int, clusters: Clusters, *, common: bool = False) -> BoolArray:
    """Which identifiers of the family are held nearly only inside one cluster that is vouched for.

    With `common` those of more than a block of accounts, also where nothing spoke for them so far; without it those of
    fewer, of which pairs of accounts were looked at.
    """
    holdings, kinds, links = weighed.holdings, weighed.kinds, weighed.rarity.links
    values = (kinds.family[holdings.kind] == family) & ~kinds.support[holdings.kind] & (holdings.degree >= 2)
    candidates = values & (
        weighed.allowed & (holdings.degree > BLOCK) if common else links & (holdings.degree <= BLOCK)
    )
    owner = np.repeat(np.arange(holdings.identifiers, dtype=np.int64), holdings.degree)
    label = clusters.label[holdings.holder].astype(np.int64)
    chosen = (candidates | (values & links))[owner] & clusters.vouched[label]
    width = len(clusters.size)
    cell, of_holding, count = np.unique(
        owner[chosen] * width + label[chosen], return_inverse=True, return_counts=True
    )
    identifier, holder = cell // width, holdings.holder[chosen]
    held = np.bincount(holder[(count >= 2)[of_holding]], minlength=holdings.accounts)
    firm = (held[holder] >= 2) | clusters.inside_tied[holder]
    inside = np.bincount(of_holding, firm, minlength=len(cell))
    witness = np.bincount(owner[clusters.inside_tied[holdings.holder]], minlength=holdings.identifiers)
    proven = (
        candidates[identifier]
        & (count >= 2)
        & (inside >= VOUCHED_HOLDERS * holdings.degree[identifier])
        & (witness[identifier] >= VOUCHED_WITNESSES)
    )
    near = np.zeros(holdings.identifiers, dtype=np.bool_)
    near[identifier[proven]] = True
    return near
