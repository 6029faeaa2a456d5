"""One template per wording: candidates of all accounts, put together by weighted Jaccard similarity.

Two candidates meet if they share one of their heaviest shingles. Those are ordered by weight and then by
hash, which samples like a bottom-k MinHash (Broder 1997; Cohen & Kaplan 2007), so similar candidates nearly
surely meet. Each meeting is verified against a few representatives of the bucket and not pair by pair: a
template of 100,000 accounts costs 100,000 comparisons times a constant.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from linkage.templates.compiled import (
    Hashes,
    Ints16,
    Ints32,
    Ints64,
    compiled,
    keep_heaviest,
    slot_of,
    table_size,
)
from linkage.templates.groups import Groups
from linkage.templates.params import TemplateParams
from linkage.templates.weights import weight_of, weights_of

SAMPLED = 8
"""Heaviest shingles by which candidates meet, and texts find their templates."""
_REPRESENTATIVES = 8
"""Candidates of a bucket that newcomers are compared to."""
_AVERAGED = 64
"""Candidates from which a cluster's core is taken; more do not change it."""


@dataclass(frozen=True)
class Catalogue:
    """Templates, one row each: shingles and weights as in `Groups`, `totals` the sum of the weights."""

    keys: Hashes
    weights: Ints32
    totals: Ints64


@compiled
def overlap(keys: Hashes, weights: Ints32, other_keys: Hashes, other_weights: Ints32) -> int:
    """Weight that two cores share."""
    shared = 0
    for i in range(len(keys)):
        if keys[i] == 0:
            break
        for j in range(len(other_keys)):
            if other_keys[j] == 0:
                break
            if keys[i] == other_keys[j]:
                shared += min(weights[i], other_weights[j])
                break
    return shared


@compiled
def _root(parents: Ints64, node: int) -> int:
    while parents[node] != node:
        parents[node] = parents[parents[node]]
        node = parents[node]
    return node


@compiled
def _connect(
    order: Ints64, samples: Hashes, keys: Hashes, weights: Ints32, totals: Ints64, same: float
) -> Ints64:
    """Cluster of each candidate, named by its first one. `order` sorts `samples`, SAMPLED to a candidate."""
    parents = np.arange(len(keys))
    chosen = np.empty(_REPRESENTATIVES, dtype=np.int64)
    used = 0
    bucket = np.uint64(0)
    for position in order:
        value = samples[position]
        if value == 0:
            continue
        if value != bucket:
            bucket, used = value, 0
        candidate = position // SAMPLED
        known = False
        for i in range(used):
            other = chosen[i]
            a, b = _root(parents, candidate), _root(parents, other)
            if a != b:
                shared = overlap(keys[candidate], weights[candidate], keys[other], weights[other])
                if shared < same * (totals[candidate] + totals[other] - shared):
                    continue
                parents[max(a, b)] = min(a, b)
            known = True
            break
        if not known and used < _REPRESENTATIVES:
            chosen[used] = candidate
            used += 1
    for candidate in range(len(parents)):
        parents[candidate] = _root(parents, candidate)
    return parents


@compiled
def _average(
    order: Ints64,
    clusters: Ints64,
    keys: Hashes,
    weights: Ints32,
    bits_of: Ints16,
    share: float,
    out_keys: Hashes,
    out_weights: Ints32,
) -> int:
    """Core of each cluster: the shingles that its candidates hold on average at least to `share`."""
    size = table_size(_AVERAGED * keys.shape[1])
    table = np.zeros(size, dtype=np.uint64)
    sums = np.zeros(size, dtype=np.int64)
    made, first = 0, 0
    while first < len(order):
        end = first
        while end < len(order) and clusters[order[end]] == clusters[order[first]]:
            end += 1
        members = order[first : min(end, first + _AVERAGED)]
        table[:] = 0
        sums[:] = 0
        for candidate in members:
            for i in range(keys.shape[1]):
                if keys[candidate, i] != 0:
                    slot = slot_of(table, size, keys[candidate, i])
                    table[slot] = keys[candidate, i]
                    sums[slot] += weights[candidate, i]
        written = False
        for slot in range(size):
            average = sums[slot] // len(members)
            if average > 0 and average >= share * weight_of(bits_of, table[slot]):
                keep_heaviest(out_keys[made], out_weights[made], table[slot], average)
                written = True
        if written:
            made += 1
        first = end
    return made


def _catalogue(keys: Hashes, weights: Ints32) -> Catalogue:
    return Catalogue(keys, weights, weights.sum(axis=1, dtype=np.int64))


def cluster_groups(groups: Groups, bits_of: Ints16, params: TemplateParams) -> Catalogue:
    """The templates behind all accounts' candidates."""
    samples = groups.keys[:, :SAMPLED].ravel()
    totals = groups.weights.sum(axis=1, dtype=np.int64)
    order = np.argsort(samples, kind="stable")
    clusters = _connect(order, samples, groups.keys, groups.weights, totals, params.same_template)
    order = np.argsort(clusters, kind="stable")
    count = len(np.unique(clusters))
    keys = np.zeros((count, params.core_shingles), dtype=np.uint64)
    weights = np.zeros((count, params.core_shingles), dtype=np.int32)
    made = _average(
        order, clusters, groups.keys, groups.weights, bits_of, params.average_share, keys, weights
    )
    return _catalogue(keys[:made], weights[:made])


def add_edges(catalogue: Catalogue, edges: Hashes, bits_of: Ints16, params: TemplateParams) -> Catalogue:
    """Add first and last words that several accounts share where no account repeats them itself.

    `edges` are the edge shingles of texts in no group, each once for an account.
    """
    values, counts = np.unique(edges, return_counts=True)
    shared = values[(counts >= params.pool_accounts) & (values != 0)]
    shared = shared[~np.isin(shared, catalogue.keys)]
    bits = weights_of(bits_of, shared)
    shared, bits = shared[bits > 0], bits[bits > 0]
    keys = np.zeros((len(shared), params.core_shingles), dtype=np.uint64)
    weights = np.zeros((len(shared), params.core_shingles), dtype=np.int32)
    keys[:, 0], weights[:, 0] = shared, bits
    return _catalogue(np.concatenate((catalogue.keys, keys)), np.concatenate((catalogue.weights, weights)))
