"""Hand-off: what one account was refused, another sends within seconds, again and again.

A refusal is a bet. Under chance the others' sendings of a day lie anywhere in it, as often as the text, everybody and
the accounts themselves are busy in that hour: of `n` sendings some fall into the `w` seconds after the refusal with
probability `n · w / 86,400 · crowd` at most. What is won when one does is the inverse of that. Refusals of one day are
one vote, their mean, since one outage refuses everybody many times; days are multiplied. By chance such a product has
mean one at most (an e-value), and the mean over several widths and stakes has too.

It is asked twice: of a text, whoever goes on with it (a party that deals work out to whichever account is free), and of
an ordered pair of accounts, whatever the text (a spare account). e-BH accepts (Wang and Ramdas 2022), over all texts
and over all pairs of an account that was refused and another account of the text, with or without a coincidence.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from linkage.numbering import runs
from linkage.succession.sendings import (
    DAY,
    MOST_CHANCE,
    SECOND,
    WITHIN,
    Answers,
    BoolArray,
    Days,
    FloatArray,
    LongArray,
    Refusals,
    Sendings,
    count_days,
    find_answers,
    followed_by,
    lockstep,
    read_refusals,
)
from linkage.synchrony.following import least_bits

STAKES = np.array([0.8, 0.3, 0.05])
"""Share of what is left that a day may lose: for a spare account that always goes on, sometimes, rarely."""
MOST_A_DAY = 256.0
"""What a day wins at most: one coincidence must not be enough, however rare the text."""
LEAST_DAYS = 2
"""Days with a hand-off: again and again."""
FALSE_HANDOFFS = 0.1
"""The share of accepted texts, of accepted pairs, and of an accepted text's hand-offs that may be chance."""


@dataclass(frozen=True)
class Handed:
    """Ordered pairs: what `refused[i]` was refused `sent[i]` sent `times[i]` times, within `within[i]` seconds.

    `first` and `last` are hours since 1970. `bits` is what the pair's own refusals say, NaN where the pair is told of
    as one of a text that is handed on.
    """

    refused: LongArray
    sent: LongArray
    first: LongArray
    last: LongArray
    times: LongArray
    within: LongArray
    bits: FloatArray

    def __len__(self) -> int:
        """How many."""
        return len(self.refused)

    def only(self, kept: BoolArray) -> Handed:
        """Some of them (a mask over all)."""
        return Handed(*(getattr(self, one.name)[kept] for one in fields(self)))


def no_hand_offs() -> Handed:
    """None at all."""
    none = np.empty(0, dtype=np.int64)
    return Handed(none, none, none, none, none, none, np.empty(0))


@dataclass(frozen=True)
class Looked:
    """Sendings with their refusals, what came after those, and by what share that is chance."""

    sent: Sendings
    days: Days
    refusals: Refusals
    answers: Answers
    moves_together: FloatArray

    @property
    def chance(self) -> FloatArray:
        """(refusals, widths): how many of the others' sendings come within each width by chance."""
        text = self.sent.text[self.refusals.row]
        crowd = np.maximum(self.refusals.crowd[:, None], self.moves_together[text])
        return self.refusals.others[:, None] * crowd * (WITHIN * SECOND / DAY)

    def own_chance(self, answer: LongArray) -> FloatArray:
        """(answers, widths): how many of the account's own sendings come by chance, for some of the answers.

        No fewer than come after what the other one is not refused: two jobs on the hour follow each other anyway.
        """
        sent, answers = self.sent, self.answers
        row, refusal = answers.row[answer], answers.refusal[answer]
        text, one = sent.text[row], sent.account[self.refusals.row[refusal]]
        crowd = np.maximum(self.moves_together[text], answers.warm[answer, None])
        crowd = np.maximum(crowd, self.refusals.crowd[refusal, None])
        own = self.days.of(text, sent.day[row], sent.account[row])[:, None] * crowd * (WITHIN * SECOND / DAY)
        sendings, follows = followed_by(sent, text, one, sent.account[row], self.days.accounts)
        return np.maximum(own, (follows + own) / (sendings[:, None] + 1.0))


def hand_offs(sent: Sendings, accounts: int) -> tuple[Handed, Handed]:
    """Hand-offs of texts that are handed on, and those of pairs that do it by themselves."""
    seen = look(sent, accounts)
    return _of_texts(seen), _of_pairs(seen)


def look(sent: Sendings, accounts: int) -> Looked:
    """Sendings with all that the bets need."""
    days = count_days(sent, accounts)
    refusals = read_refusals(sent, days)
    answers = find_answers(sent, days, refusals)
    return Looked(sent, days, refusals, answers, lockstep(sent, days, answers))


def bets(won: FloatArray, owner: LongArray, owners: int) -> FloatArray:
    """Bits of each owner, the mean over widths and stakes; `won` is (votes, widths), what each day's vote wins."""
    won = np.minimum(won, MOST_A_DAY)
    bits = np.full((owners, won.shape[1] * len(STAKES)), -np.log2(won.shape[1] * len(STAKES)))
    for s, stake in enumerate(STAKES):
        for w in range(won.shape[1]):
            vote = np.log2(1.0 - stake + stake * won[:, w])
            bits[:, s * won.shape[1] + w] += np.bincount(owner, vote, owners)
    mean: FloatArray = np.logaddexp2.reduce(bits, axis=1)
    return mean


def text_bits(seen: Looked) -> tuple[FloatArray, BoolArray, LongArray]:
    """Bits of each text, whether any bet was made on it, and on how many days it was handed on."""
    sent, refusals, answers = seen.sent, seen.refusals, seen.answers
    texts = len(sent.bounds) - 1
    text, chance = sent.text[refusals.row], seen.chance
    soonest = np.full(len(refusals.row), np.inf)
    np.minimum.at(soonest, answers.refusal, answers.later)
    fair = chance <= MOST_CHANCE
    won = np.where(soonest[:, None] <= WITHIN, 1.0 / chance, 0.0)
    vote, of_vote = np.unique(
        text * seen.days.days + sent.day[refusals.row] - seen.days.first, return_inverse=True
    )
    total = np.stack(
        [np.bincount(of_vote, np.where(fair, won, 0.0)[:, w], len(vote)) for w in range(len(WITHIN))], axis=1
    )
    placed = np.stack([np.bincount(of_vote, fair[:, w], len(vote)) for w in range(len(WITHIN))], axis=1)
    mean = np.where(placed > 0, total / np.maximum(placed, 1), 1.0)
    owner = vote // seen.days.days
    asked = np.bincount(text[fair.any(axis=1)], minlength=texts) > 0
    handed_on = np.bincount(owner, (total > 0).any(axis=1), texts).astype(np.int64)
    return bets(mean, owner, texts), asked, handed_on


def _of_texts(seen: Looked) -> Handed:
    """Pairs of the hand-offs of accepted texts, by the first who went on, within the widest width that tells."""
    sent, refusals, answers = seen.sent, seen.refusals, seen.answers
    bits, asked, handed_on = text_bits(seen)
    bits = np.where(handed_on >= LEAST_DAYS, bits, -np.inf)
    accepted = bits >= least_bits(bits[asked], FALSE_HANDOFFS)
    text, chance = sent.text[refusals.row], seen.chance
    fair = chance <= MOST_CHANCE
    _, first = np.unique(answers.refusal, return_index=True)
    refusal, later = answers.refusal[first], answers.later[first]
    hits = fair[refusal] & (later[:, None] <= WITHIN)
    texts = len(accepted)
    expected = np.stack(
        [np.bincount(text, np.where(fair, chance, 0.0)[:, w], texts) for w in range(len(WITHIN))], axis=1
    )
    number = np.stack([np.bincount(text[refusal], hits[:, w], texts) for w in range(len(WITHIN))], axis=1)
    tells = accepted[:, None] & (expected <= FALSE_HANDOFFS * number) & (number > 0)
    widest = np.where(tells.any(axis=1), len(WITHIN) - 1 - np.argmax(tells[:, ::-1], axis=1), -1)
    width = widest[text[refusal]]
    kept = (width >= 0) & hits[np.arange(len(refusal)), np.maximum(width, 0)]
    return _pairs_of(seen, first[kept], np.full(int(kept.sum()), np.nan))


def _of_pairs(seen: Looked) -> Handed:
    """Pairs that are accepted by themselves."""
    sent, refusals, answers, days = seen.sent, seen.refusals, seen.answers, seen.days
    text = sent.text
    refused, other = sent.account[refusals.row[answers.refusal]], sent.account[answers.row]
    pair, of_answer = np.unique(refused.astype(np.int64) * days.accounts + other, return_inverse=True)
    vote = np.unique(of_answer * days.days + sent.day[answers.row] - days.first)
    often = np.bincount(vote // days.days, minlength=len(pair)) >= LEAST_DAYS
    if not often.any():
        return _pairs_of(seen, np.empty(0, np.int64), np.empty(0))
    chosen = np.flatnonzero(often)
    place = np.where(often, np.cumsum(often) - 1, -1)
    mine = place[of_answer] >= 0
    # Each day's refusals of the one, of texts that the other sent on that day.
    cell, times = np.unique(
        (text[refusals.row] * days.days + sent.day[refusals.row] - days.first) * days.accounts
        + sent.account[refusals.row],
        return_counts=True,
    )
    by_account = np.argsort(cell % days.accounts, kind="stable")
    account = (cell % days.accounts)[by_account]
    one: LongArray = pair[chosen] // days.accounts
    two: LongArray = pair[chosen] % days.accounts
    start = np.searchsorted(account, one)
    held = np.searchsorted(account, one, side="right") - start
    of_pair = np.repeat(np.arange(len(chosen)), held)
    taken = by_account[runs(start, held)]
    its_text, its_day = np.divmod(cell[taken] // days.accounts, days.days)
    both = days.of(its_text, its_day + days.first, two[of_pair]) > 0
    votes, of_vote = np.unique((of_pair * days.days + its_day)[both], return_inverse=True)
    refusals_of = np.bincount(of_vote, times[taken][both], len(votes))
    here = np.searchsorted(votes, (place[of_answer] * days.days + sent.day[answers.row] - days.first)[mine])
    won = np.where(answers.later[mine, None] <= WITHIN, 1.0 / seen.own_chance(np.flatnonzero(mine)), 0.0)
    total = np.stack([np.bincount(here, won[:, w], len(votes)) for w in range(len(WITHIN))], axis=1)
    bits = bets(total / refusals_of[:, None], votes // days.days, len(chosen))
    accepted = bits >= least_bits(bits, FALSE_HANDOFFS, possible_pairs(sent, refusals, days))
    kept = np.flatnonzero(mine)[accepted[place[of_answer][mine]]]
    return _pairs_of(seen, kept, bits[place[of_answer][kept]])


def possible_pairs(sent: Sendings, refusals: Refusals, days: Days) -> int:
    """Ordered pairs of an account that was refused a text and another that sends it, counted once a text."""
    texts = len(sent.bounds) - 1
    refused = np.unique(sent.text[refusals.row] * days.accounts + sent.account[refusals.row])
    users = np.unique(days.cell // (days.days * days.accounts) * days.accounts + days.cell % days.accounts)
    by_text = np.bincount(users // days.accounts, minlength=texts)
    return int(by_text[refused // days.accounts].sum() - np.isin(refused, users).sum())


def _pairs_of(seen: Looked, answer: LongArray, bits: FloatArray) -> Handed:
    """The pairs behind some answers, each once; `bits` are those of the answer's pair."""
    sent, answers = seen.sent, seen.answers
    at = seen.refusals.row[answers.refusal[answer]]
    key = sent.account[at].astype(np.int64) * seen.days.accounts + sent.account[answers.row[answer]]
    pair, first, of_answer = np.unique(key, return_index=True, return_inverse=True)
    hour = sent.at[at] // (DAY // 24)
    begin, end, longest = (
        np.full(len(pair), hour.max(initial=0)),
        np.zeros(len(pair), np.int64),
        np.zeros(len(pair)),
    )
    np.minimum.at(begin, of_answer, hour)
    np.maximum.at(end, of_answer, hour)
    np.maximum.at(longest, of_answer, answers.later[answer])
    return Handed(
        refused=pair // seen.days.accounts,
        sent=pair % seen.days.accounts,
        first=begin,
        last=end,
        times=np.bincount(of_answer, minlength=len(pair)).astype(np.int64),
        within=WITHIN[np.minimum(np.searchsorted(WITHIN, longest), len(WITHIN) - 1)].astype(np.int64),
        bits=bits[first],
    )
