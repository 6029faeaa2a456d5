"""What its uses say about a template.

The accounts are asked one by one which templates each holds, and which of those cover which: template u
covers t in an account if nearly all of the account's texts that hold t hold u as well. From that:

- *row*: slot text. In many of its accounts another template covers it and is much steadier, and it is not the
  same one everywhere. The same article or table row under several templates looks like this, and so does a
  wrapper ("Hi!") that is put around some texts of anything.
- *fragment*: nearly always the worse match. It is wording that templates have in common, or a variant of one;
  reported for the few texts that hold nothing better it would look rarer than it is.
- *template*: reported where it is the best match.
"""

from __future__ import annotations

import numpy as np

from linkage.templates.compiled import Ints32, Ints64, compiled, keep_heaviest, signed
from linkage.templates.params import TemplateParams

TEMPLATE, FRAGMENT, ROW = range(3)
KINDS = ("template", "fragment", "row")

_PENDING = 1 << 21
"""Pairs of templates that wait to be counted."""
_COMPARED = 64
"""Templates of one account that are compared with each other, the most used first."""


@compiled
def _survey_account(
    first: int,
    end: int,
    account: int,
    offsets: Ints64,
    matches: Ints32,
    local: Ints32,
    covered: float,
    steadier: float,
    tallies: Ints64,
    covers: Ints32,
    used: int,
) -> int:
    """Tally one account and append what covers what; returns the end of the list."""
    held = matches[offsets[first] : offsets[end]]
    for template in held:
        local[template] = 0
    for template in held:
        local[template] += 1
    top = np.zeros(_COMPARED, dtype=np.uint64)
    uses = np.zeros(_COMPARED, dtype=np.int32)
    for template in held:
        if local[template] > 0:
            tallies[0, template] += 1
            tallies[2, template] += local[template]
            keep_heaviest(top, uses, np.uint64(template + 1), local[template])
            local[template] = -1
    for row in range(first, end):
        if offsets[row] < offsets[row + 1] and local[matches[offsets[row]]] == -1:
            tallies[1, matches[offsets[row]]] += 1
            local[matches[offsets[row]]] = -2
    size = 0
    for template in held:
        local[template] = -1
    while size < _COMPARED and top[size] != 0:
        local[signed(top[size]) - 1] = size
        size += 1
    together = np.zeros((size, size), dtype=np.int64)
    for row in range(first, end):
        for i in range(offsets[row], offsets[row + 1]):
            for j in range(offsets[row], offsets[row + 1]):
                a, b = local[matches[i]], local[matches[j]]
                if a >= 0 and b >= 0:
                    together[a, b] += 1
    for a in range(size):
        for b in range(size):
            if a != b and together[a, b] >= covered * together[a, a]:
                covers[used, 0] = signed(top[a]) - 1
                covers[used, 1] = signed(top[b]) - 1
                covers[used, 2] = account
                covers[used, 3] = together[b, b] >= steadier * together[a, a]
                used += 1
    return used


@compiled
def _room(bounds: Ints64, offsets: Ints64) -> int:
    """Most pairs that a batch can yield."""
    room = 0
    for a in range(len(bounds) - 1):
        held = min(offsets[bounds[a + 1]] - offsets[bounds[a]], _COMPARED)
        room += held * held
    return room


@compiled
def _survey(
    bounds: Ints64,
    offsets: Ints64,
    matches: Ints32,
    local: Ints32,
    covered: float,
    steadier: float,
    serial: int,
    tallies: Ints64,
    covers: Ints32,
) -> int:
    used = 0
    for a in range(len(bounds) - 1):
        if offsets[bounds[a]] < offsets[bounds[a + 1]]:
            used = _survey_account(
                bounds[a],
                bounds[a + 1],
                serial + a,
                offsets,
                matches,
                local,
                covered,
                steadier,
                tallies,
                covers,
                used,
            )
    return used


class Survey:
    """Asks the accounts, batch by batch, and then tells each template's kind."""

    def __init__(self, templates: int, params: TemplateParams) -> None:
        self._params = params
        self._tallies: Ints64 = np.zeros((3, templates), dtype=np.int64)
        self._local: Ints32 = np.zeros(templates, dtype=np.int32)
        self._serial = 0
        self._pairs: Ints64 = np.zeros(0, dtype=np.int64)
        self._counts: Ints64 = np.zeros(0, dtype=np.int64)
        self._pending: list[Ints64] = []
        self._steadier: list[Ints64] = [np.zeros((0, 2), dtype=np.int64)]

    @property
    def holders(self) -> Ints64:
        """Accounts that hold each template."""
        holders: Ints64 = self._tallies[0]
        return holders

    @property
    def uses(self) -> Ints64:
        """Texts that hold each template."""
        uses: Ints64 = self._tallies[2]
        return uses

    def add(self, bounds: Ints64, offsets: Ints64, matches: Ints32) -> None:
        """Ask the accounts of one batch."""
        covers = np.empty((_room(bounds, offsets), 4), dtype=np.int32)
        used = _survey(
            bounds,
            offsets,
            matches,
            self._local,
            self._params.covered,
            self._params.steadier,
            self._serial,
            self._tallies,
            covers,
        )
        self._serial += len(bounds) - 1
        pairs = covers[:used, 0].astype(np.int64) * self._tallies.shape[1] + covers[:used, 1]
        self._pending.append(pairs)
        self._steadier.append(np.stack((pairs, covers[:used, 2]), axis=1)[covers[:used, 3] == 1])
        if sum(map(len, self._pending)) > _PENDING:
            self._settle()

    def _settle(self) -> None:
        """Add the pending pairs to the counts."""
        pairs, counts = np.unique(np.concatenate([self._pairs[:0], *self._pending]), return_counts=True)
        self._pending.clear()
        pairs, where = np.unique(np.concatenate((self._pairs, pairs)), return_inverse=True)
        sums = np.bincount(where, np.concatenate((self._counts, counts)), minlength=len(pairs))
        self._pairs, self._counts = pairs, sums.astype(np.int64)

    def kinds(self) -> Ints64:
        """Kind of each template, as a position in `KINDS`."""
        self._settle()
        holders, best, _ = self._tallies
        params = self._params
        pairs, accounts = np.concatenate(self._steadier).T
        inner = pairs // max(1, len(holders))
        # The same template around it everywhere: both are wording of one text.
        always = self._counts[np.searchsorted(self._pairs, pairs)] >= params.covered * holders[inner]
        seen = np.unique(np.stack((inner[~always], accounts[~always])), axis=1)
        rows = np.bincount(seen[0], minlength=len(holders))
        kinds = np.where(best < params.fragment_share * holders, FRAGMENT, TEMPLATE)
        kinds[(rows > 0) & (rows >= params.row_share * holders)] = ROW
        return kinds
