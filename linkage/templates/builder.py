"""From texts to sightings of templates: three passes over a stream, in bounded memory."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from linkage.templates.batches import Batch, Stream, each_batch, from_table, whole_accounts
from linkage.templates.clusters import Catalogue, add_edges, cluster_groups
from linkage.templates.compiled import Hashes, Ints16, Ints32, Ints64, compiled, mix
from linkage.templates.groups import Groups, group_texts
from linkage.templates.matches import Matcher
from linkage.templates.params import TemplateParams
from linkage.templates.shingles import Shingles, shingle
from linkage.templates.verdicts import KINDS, TEMPLATE, Survey
from linkage.templates.weights import BIT, Sketch, weights_of

_SIGNATURE = 6
"""Shingles that name a template. The smallest hashes of its core: a night that adds or drops a few accounts
rarely changes them."""


@dataclass(frozen=True)
class TemplateTable:
    """What the texts share."""

    sightings: pa.Table
    """(account, template, n): the account sent n texts by this template. The template is a fingerprint."""
    templates: pa.Table
    """(template, kind, accounts, texts, shingles, bits, constancy), one row a template.

    Kinds are told in `verdicts`; only `template` has sightings. Bits are those of the template's rarest
    shingle; constancy is the mean share of a discovering account's texts that hold a core shingle.
    """


@dataclass(frozen=True)
class _Matches:
    """Matches of one batch, kept until the templates are judged."""

    accounts: Ints64
    counts: Ints64
    offsets: Ints64
    templates: Ints32


def _weigh(stream: Stream, params: TemplateParams) -> Ints16:
    """First pass: how common each wording is, on a sample of accounts."""
    accounts = 0
    last = None
    for record in stream():
        column = record["account"].to_numpy(zero_copy_only=False)
        if len(column):
            accounts += int(np.count_nonzero(column[1:] != column[:-1])) + int(column[0] != last)
            last = column[-1]
    share = min(1.0, params.weigh_accounts / max(1, accounts))
    limit = np.uint64(min(int(share * 2**64), 2**64 - 1))
    sketch = Sketch()
    for batch in whole_accounts(stream()):
        chosen = np.flatnonzero(_mixed(batch.accounts) <= limit)
        if len(chosen) == 0:
            continue
        rows = np.concatenate([np.arange(batch.bounds[i], batch.bounds[i + 1]) for i in chosen])
        shingles = shingle(batch.texts.take(pa.array(rows)), params)
        start = 0
        for i in chosen:
            end = start + int(batch.bounds[i + 1] - batch.bounds[i])
            sketch.add(shingles, start, end, params.weigh_texts)
            start = end
    return sketch.weights()


@compiled
def _mixed(numbers: Ints64) -> Hashes:
    """Account numbers as random-looking hashes, to sample by."""
    out = np.empty(len(numbers), dtype=np.uint64)
    for i in range(len(numbers)):
        out[i] = mix(np.uint64(numbers[i]) + np.uint64(0x9E3779B97F4A7C15))
    return out


def _edges(shingles: Shingles, owners: Ints64) -> Hashes:
    """Edge shingles of the texts of some accounts, each once for an account."""
    hashes = np.concatenate((shingles.heads, shingles.tails))
    accounts = np.concatenate((owners, owners))[hashes != 0]
    hashes = hashes[hashes != 0]
    order = np.lexsort((accounts, hashes))
    hashes, accounts = hashes[order], accounts[order]
    first = np.ones(len(hashes), dtype=np.bool_)
    first[1:] = (hashes[1:] != hashes[:-1]) | (accounts[1:] != accounts[:-1])
    distinct: Hashes = hashes[first]
    return distinct


def _discover(stream: Stream, bits_of: Ints16, params: TemplateParams) -> Catalogue:
    """Second pass: the templates that accounts repeat, and the edges that accounts share."""
    width = params.core_shingles
    accounts: list[Ints64] = [np.zeros(0, dtype=np.int64)]
    keys: list[Hashes] = [np.zeros((0, width), dtype=np.uint64)]
    weights: list[Ints32] = [np.zeros((0, width), dtype=np.int32)]
    edges: list[Hashes] = [np.zeros(0, dtype=np.uint64)]

    def repeated(batch: Batch) -> tuple[Groups, Hashes]:
        shingles = shingle(batch.texts, params)
        groups, free = group_texts(shingles, batch.accounts, batch.bounds, bits_of, params)
        shingles.heads[~free] = 0
        shingles.tails[~free] = 0
        return groups, _edges(shingles, np.repeat(batch.accounts, np.diff(batch.bounds)))

    for _, (groups, shared) in each_batch(stream, repeated):
        accounts.append(groups.accounts)
        keys.append(groups.keys)
        weights.append(groups.weights)
        edges.append(shared)
    found = Groups(np.concatenate(accounts), np.concatenate(keys), np.concatenate(weights))
    catalogue = cluster_groups(found, bits_of, params)
    return add_edges(catalogue, np.concatenate(edges), bits_of, params)


def _match(stream: Stream, matcher: Matcher, survey: Survey, params: TemplateParams) -> list[_Matches]:
    """Third pass: the templates of every text."""
    kept = []
    for batch, (offsets, templates) in each_batch(
        stream, lambda batch: matcher.match(shingle(batch.texts, params))
    ):
        survey.add(batch.bounds, offsets, templates)
        lengths = np.diff(offsets)
        some = lengths > 0
        accounts = np.repeat(batch.accounts, np.diff(batch.bounds))[some]
        bounds = np.append(0, np.cumsum(lengths[some]))
        kept.append(_Matches(accounts, batch.counts[some], bounds, templates))
    return kept


@compiled
def _reported(offsets: Ints64, templates: Ints32, kinds: Ints64) -> Ints64:
    """The best match of each text that is a template by itself; -1 if none is."""
    found = np.full(len(offsets) - 1, -1)
    for row in range(len(found)):
        for i in range(offsets[row], offsets[row + 1]):
            if kinds[templates[i]] == TEMPLATE:
                found[row] = templates[i]
                break
    return found


def _sightings(kept: list[_Matches], kinds: Ints64) -> tuple[Ints64, Ints64, Ints64]:
    """Account, template and summed count, sorted."""
    parts: list[tuple[Ints64, Ints64, Ints64]] = []
    for matches in kept:
        found = _reported(matches.offsets, matches.templates, kinds)
        some = found >= 0
        parts.append(_summed(matches.accounts[some], found[some], matches.counts[some]))
    if not parts:
        empty = np.zeros(0, dtype=np.int64)
        return empty, empty, empty
    # Only accounts larger than a batch are in several parts.
    return _summed(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _summed(accounts: Ints64, templates: Ints64, counts: Ints64) -> tuple[Ints64, Ints64, Ints64]:
    order = np.lexsort((templates, accounts))
    accounts, templates, counts = accounts[order], templates[order], counts[order]
    if len(order) == 0:
        return accounts, templates, counts
    new = np.append(True, (accounts[1:] != accounts[:-1]) | (templates[1:] != templates[:-1]))
    starts = np.flatnonzero(new)
    return accounts[starts], templates[starts], np.add.reduceat(counts, starts)


def _fingerprints(catalogue: Catalogue, wanted: Ints64, key: bytes | None) -> list[str]:
    """128 bits of keyed hash for each wanted template, hexadecimal."""
    prints: list[str] = []
    taken: set[bytes] = set()
    for template in wanted:
        core = np.sort(catalogue.keys[template][catalogue.keys[template] != 0])
        message = core[:_SIGNATURE].astype("<u8").tobytes()
        if message in taken:
            message = core.astype("<u8").tobytes()
        taken.add(message)
        if key is None:
            prints.append(hashlib.blake2b(message, digest_size=16).hexdigest())
        else:
            prints.append(hmac.digest(key, message, "sha256")[:16].hex())
    return prints


def fingerprint_templates(
    texts: pa.Table | Stream, *, key: bytes | None = None, params: TemplateParams | None = None
) -> TemplateTable:
    """Find the prompt templates behind texts.

    `texts` has the columns account (integer), text (string) and n (count), one row for each distinct account
    and text: a table, or a function that starts a stream of record batches in order of account. The stream is
    started four times. Only hashes leave this function: HMAC-SHA-256 under `key`, else plain BLAKE2b.
    """
    params = params or TemplateParams()
    stream = from_table(texts) if isinstance(texts, pa.Table) else texts
    bits_of = _weigh(stream, params)
    catalogue = _discover(stream, bits_of, params)
    matcher = Matcher(catalogue, params)
    survey = Survey(len(catalogue.totals), params)
    kept = _match(stream, matcher, survey, params)
    kinds = survey.kinds()
    accounts, templates, counts = _sightings(kept, kinds)
    used = np.flatnonzero(survey.holders > 0)
    prints = pa.array(_fingerprints(catalogue, used, key), pa.string())
    number = np.zeros(len(kinds), dtype=np.int32)
    number[used] = np.arange(len(used), dtype=np.int32)
    sightings = pa.table(
        {
            "account": accounts,
            "template": pa.DictionaryArray.from_arrays(number[templates], prints),
            "n": counts,
        }
    )
    return TemplateTable(sightings, _describe(catalogue, survey, kinds, used, prints, bits_of))


def _describe(
    catalogue: Catalogue, survey: Survey, kinds: Ints64, used: Ints64, prints: pa.Array, bits_of: Ints16
) -> pa.Table:
    """The frame of templates."""
    keys, weights = catalogue.keys[used], catalogue.weights[used].astype(np.float64)
    bits = weights_of(bits_of, keys)
    sums = bits.sum(axis=1)
    return pa.table(
        {
            "template": prints,
            "kind": pa.array([KINDS[kind] for kind in kinds[used]], pa.string()),
            "accounts": survey.holders[used],
            "texts": survey.uses[used],
            "shingles": np.count_nonzero(keys, axis=1),
            "bits": bits.max(axis=1, initial=0) / BIT,
            "constancy": np.divide(weights.sum(axis=1), sums, out=np.zeros(len(used)), where=sums > 0),
        }
    )
