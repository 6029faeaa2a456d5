"""What was sent of texts, who sent it next, and how much of that shared hours explain."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numba import njit

IntArray = npt.NDArray[np.int32]
LongArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

WITHIN = np.array([5.0, 20.0, 60.0])
"""Seconds after a refusal in which another account may go on: a program at once, a queue after its pause."""
MOST_CHANCE = 0.25
"""Where chance sends the text on oftener than in one of so many refusals, a coincidence says nothing: no bet."""
SECOND = 1_000
HOUR = 3_600 * SECOND
DAY = 24 * HOUR
CELL = 10 * 60 * SECOND
"""What everybody sends is counted by ten minutes: an outage is no longer than that, or is seen in several."""
MOST_FOLLOWERS = 16
"""Others' sendings after a refusal that are looked at: with more the text is no secret in that minute."""


@dataclass(frozen=True)
class Sendings:
    """Text t was sent by the accounts in rows `bounds[t]:bounds[t + 1]`, in the order of `at` (ms since 1970).

    `refused` are those that were answered with 429.
    """

    bounds: LongArray
    account: IntArray
    at: LongArray
    refused: BoolArray

    @property
    def text(self) -> LongArray:
        """The text of each row."""
        return np.repeat(np.arange(len(self.bounds) - 1, dtype=np.int64), np.diff(self.bounds))

    @property
    def day(self) -> LongArray:
        """The day of each row (UTC, since 1970)."""
        return self.at // DAY


@dataclass(frozen=True)
class Days:
    """How often each account sent each text on each day without being refused: `count` by `cell`, ascending."""

    cell: LongArray
    count: LongArray
    first: int
    days: int
    accounts: int

    def of(self, text: LongArray, day: LongArray, account: npt.NDArray[np.integer]) -> LongArray:
        """Such counts; 0 where there is none."""
        wanted = (text * self.days + day - self.first) * self.accounts + account
        place = np.minimum(np.searchsorted(self.cell, wanted), max(len(self.cell) - 1, 0))
        if not len(self.cell):
            return np.zeros(len(wanted), dtype=np.int64)
        return np.where(self.cell[place] == wanted, self.count[place], 0)

    def of_text(self, text: LongArray, day: LongArray, texts: int) -> LongArray:
        """How often a text was sent on a day by anybody."""
        total = np.bincount(self.cell // self.accounts, self.count, texts * self.days).astype(np.int64)
        found: LongArray = total[text * self.days + day - self.first]
        return found


def count_days(sent: Sendings, accounts: int) -> Days:
    """The days of sendings, of which there is one at least."""
    day = sent.day
    first, days = int(day.min()), int(day.max() - day.min()) + 1
    done = ~sent.refused
    key = (sent.text[done] * days + day[done] - first) * accounts + sent.account[done]
    cell, count = np.unique(key, return_counts=True)
    return Days(cell, count.astype(np.int64), first, days, accounts)


@dataclass(frozen=True)
class Refusals:
    """Every refusal that another account could have answered, in the order of the rows.

    `others` is how often others sent the text that day, `crowd` how many times as likely as at any moment of the day
    they sent it just then, by what everybody does: the text's hours, everybody's hours, refusals everywhere.
    """

    row: LongArray
    others: LongArray
    crowd: FloatArray


@dataclass(frozen=True)
class Answers:
    """Sendings of others within `WITHIN` of a refusal: places in the refusals, rows of the sendings, seconds later.

    `warm` is how many times as likely as at any moment of its day the account was to send the text just then, by
    what it had sent in the hour before. Of one refusal and one account there is one at most, its first.
    """

    refusal: LongArray
    row: LongArray
    later: FloatArray
    warm: FloatArray


def read_refusals(sent: Sendings, days: Days) -> Refusals:
    """All refusals of texts that others sent on the same day."""
    row = np.flatnonzero(sent.refused)
    text, day = sent.text[row], sent.day[row]
    others = days.of_text(text, day, len(sent.bounds) - 1) - days.of(text, day, sent.account[row])
    row, others = row[others > 0], others[others > 0]
    before = _hour_before(sent.bounds, sent.text[row], sent.account, sent.at, sent.refused, row)
    crowd = np.maximum(_share_of(before, others / 24.0), _everywhere(sent, row))
    return Refusals(row=row, others=others, crowd=np.maximum(crowd, 1.0) * _outage(sent, row))


def _share_of(seen: npt.NDArray[np.generic], expected: FloatArray) -> FloatArray:
    """How many times what was expected was seen; one more of both, so that a handful is no crowd."""
    ratio: FloatArray = (np.asarray(seen, dtype=np.float64) + 1.0) / (expected + 1.0)
    return ratio


def _everywhere(sent: Sendings, row: LongArray) -> FloatArray:
    """How busy all other texts are in the ten minutes of each row, against that day."""
    cell = (sent.at - sent.at.min() // DAY * DAY) // CELL
    day = cell // (DAY // CELL)
    text = sent.text[row]
    here, that_day = _own_volume(sent.bounds, text, cell, day, row)
    volume = np.bincount(cell)[cell[row]] - here
    return _share_of(volume, (np.bincount(day)[day[row]] - that_day) * (CELL / DAY))


def _outage(sent: Sendings, row: LongArray) -> FloatArray:
    """How many times as many accounts as usual are refused in the ten minutes of each row, that account left out."""
    cell = (sent.at - sent.at.min() // DAY * DAY) // CELL
    volume = np.bincount(cell)
    accounts = int(sent.account.max()) + 1
    met = np.unique(cell[sent.refused] * accounts + sent.account[sent.refused]) // accounts
    refused = np.bincount(met, minlength=len(volume))
    mine = cell[row]
    usual = volume[mine] * (refused.sum() / volume.sum())
    return np.maximum(_share_of(refused[mine] - 1, usual), 1.0)


@njit(cache=True, nogil=True)
def _own_volume(bounds, text, cell, day, row):  # type: ignore[no-untyped-def]
    """What is sent of each row's text in its cell and on its day; the rows of a text are in the order of time."""
    here = np.zeros(len(row), dtype=np.int64)
    that_day = np.zeros(len(row), dtype=np.int64)
    for i in range(len(row)):
        part = slice(bounds[text[i]], bounds[text[i] + 1])
        of_cell, of_day = cell[row[i]], day[row[i]]
        here[i] = np.searchsorted(cell[part], of_cell + 1) - np.searchsorted(cell[part], of_cell)
        that_day[i] = np.searchsorted(day[part], of_day + 1) - np.searchsorted(day[part], of_day)
    return here, that_day


@njit(cache=True, nogil=True)
def _hour_before(bounds, text, account, at, refused, row):  # type: ignore[no-untyped-def]
    """What others sent of the text in the hour before each row."""
    out = np.zeros(len(row), dtype=np.int64)
    for i in range(len(row)):
        r = row[i]
        p = r - 1
        while p >= bounds[text[i]] and at[p] >= at[r] - HOUR:
            if not refused[p] and account[p] != account[r]:
                out[i] += 1
            p -= 1
    return out


@njit(cache=True, nogil=True)
def retries(bounds, account, at, refused, accounts):  # type: ignore[no-untyped-def]
    """Which rows an account sends within an hour of its own refusal: it goes on with its own work."""
    out = np.zeros(len(at), dtype=np.bool_)
    last = np.full(accounts, -1, dtype=np.int64)
    for t in range(len(bounds) - 1):
        for r in range(bounds[t], bounds[t + 1]):
            before = last[account[r]]
            out[r] = before >= bounds[t] and at[r] - at[before] <= HOUR
            if refused[r]:
                last[account[r]] = r
    return out


@njit(cache=True, nogil=True)
def _answers(bounds, text, account, at, refused, retried, row, within):  # type: ignore[no-untyped-def]
    """(refusal, row) of what others sent within `within` ms on the same day, each account once."""
    room = 1024
    out = np.empty((room, 2), np.int64)
    found = 0
    for i in range(len(row)):
        r = row[i]
        start = found
        looked = 0
        p = r + 1
        while p < bounds[text[i] + 1] and at[p] <= at[r] + within and looked < MOST_FOLLOWERS:
            if at[p] > at[r] and at[p] // DAY == at[r] // DAY and not refused[p] and not retried[p]:
                known = account[p] == account[r]
                looked += not known
                for f in range(start, found):
                    known = known or account[out[f, 1]] == account[p]
                if not known:
                    if found == room:
                        room *= 2
                        more = np.empty((room, 2), np.int64)
                        more[:found] = out
                        out = more
                    out[found, 0] = i
                    out[found, 1] = p
                    found += 1
            p += 1
    return out[:found]


@njit(cache=True, nogil=True)
def _own_before(bounds, text, account, at, refused, row, since):  # type: ignore[no-untyped-def]
    """What the account of each row sent of the text in the hour before the row `since`."""
    out = np.zeros(len(row), dtype=np.int64)
    for i in range(len(row)):
        p = since[i] - 1
        while p >= bounds[text[i]] and at[p] >= at[since[i]] - HOUR:
            if not refused[p] and account[p] == account[row[i]]:
                out[i] += 1
            p -= 1
    return out


def find_answers(sent: Sendings, days: Days, refusals: Refusals) -> Answers:
    """What others sent within a minute of a refusal, unless they had been refused themselves."""
    retried = retries(sent.bounds, sent.account, sent.at, sent.refused, days.accounts)
    text = sent.text
    found = _answers(
        sent.bounds, text[refusals.row], sent.account, sent.at, sent.refused, retried, refusals.row,
        int(WITHIN[-1] * SECOND),
    )  # fmt: skip
    row, since = found[:, 1], refusals.row[found[:, 0]]
    before = _own_before(sent.bounds, text[row], sent.account, sent.at, sent.refused, row, since)
    usual = days.of(text[row], sent.day[row], sent.account[row]) / 24.0
    return Answers(
        refusal=found[:, 0],
        row=row,
        later=(sent.at[row] - sent.at[since]) / SECOND,
        warm=_share_of(before, usual),
    )


@njit(cache=True, nogil=True)
def _followed(bounds, account, at, refused, answers, within, out):  # type: ignore[no-untyped-def]
    """Of each text, the sendings that another account's follows within each of `within` ms, though none was refused."""
    for t in range(len(bounds) - 1):
        for r in range(bounds[t], bounds[t + 1]):
            if refused[r]:
                continue
            p, looked = r + 1, 0
            while p < bounds[t + 1] and at[p] <= at[r] + within[-1] and looked < MOST_FOLLOWERS:
                looked += 1
                if account[p] != account[r] and not refused[p] and not answers[p] and at[p] > at[r]:
                    for w in range(len(within)):
                        out[t, w] += at[p] <= at[r] + within[w]
                    break
                p += 1


def lockstep(sent: Sendings, days: Days, answers: Answers) -> FloatArray:
    """(texts, widths): how many times as often as the day's volume says a sending follows another account's anyway.

    Classes, jobs on the hour and rings on one schedule follow each other whether somebody was refused or not.
    """
    answered = _answered(sent, answers)
    texts = len(sent.bounds) - 1
    followed = np.zeros((texts, len(WITHIN)))
    within = (WITHIN * SECOND).astype(np.int64)
    _followed(sent.bounds, sent.account, sent.at, sent.refused, answered, within, followed)
    # Of each account and day: so many sendings, each with so many of others' in the same day.
    cell = days.cell // days.accounts
    total = np.bincount(cell, days.count, texts * days.days)
    pairs = np.bincount(cell // days.days, days.count * (total[cell] - days.count), texts)
    return np.maximum(_share_of(followed, pairs[:, None] * WITHIN * SECOND / DAY), 1.0)


@njit(cache=True, nogil=True)
def _follows(at, refused, start, stop, other_start, other_stop, within, sendings, follows):  # type: ignore[no-untyped-def]
    for i in range(len(start)):
        q, nearest = other_stop[i] - 1, -1
        for r in range(stop[i] - 1, start[i] - 1, -1):
            while q >= other_start[i] and at[q] > at[r]:
                nearest = nearest if refused[q] else at[q]
                q -= 1
            if refused[r]:
                # What follows a refusal in between is no answer to what went through before it.
                nearest = -1
            else:
                sendings[i] += 1
                for w in range(len(within)):
                    follows[i, w] += nearest >= 0 and nearest - at[r] <= within[w]


def followed_by(
    sent: Sendings, text: LongArray, one: npt.NDArray[np.integer], two: npt.NDArray[np.integer], accounts: int
) -> tuple[LongArray, FloatArray]:
    """What `one[i]` sends of `text[i]` without being refused, and (., widths) how much of it `two[i]` follows."""
    asked = np.zeros(len(sent.bounds) - 1, dtype=np.bool_)
    asked[text] = True
    rows = np.flatnonzero(asked[sent.text])
    key = sent.text[rows] * accounts + sent.account[rows]
    order = np.argsort(key, kind="stable")
    key, rows = key[order], rows[order]
    pair, place = np.unique(np.stack([text, one, two], axis=1).astype(np.int64), axis=0, return_inverse=True)
    mine, others = pair[:, 0] * accounts + pair[:, 1], pair[:, 0] * accounts + pair[:, 2]
    sendings = np.zeros(len(pair), dtype=np.int64)
    follows = np.zeros((len(pair), len(WITHIN)))
    _follows(
        sent.at[rows], sent.refused[rows], np.searchsorted(key, mine), np.searchsorted(key, mine, side="right"),
        np.searchsorted(key, others), np.searchsorted(key, others, side="right"),
        (WITHIN * SECOND).astype(np.int64), sendings, follows,
    )  # fmt: skip
    return sendings[place.reshape(-1)], follows[place.reshape(-1)]


def _answered(sent: Sendings, answers: Answers) -> BoolArray:
    """Which rows are answers."""
    answered = np.zeros(len(sent.at), dtype=np.bool_)
    answered[answers.row] = True
    return answered
