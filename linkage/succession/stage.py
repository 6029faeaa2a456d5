"""The stage: refusals and bans in, sightings of who went on with the work out."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from linkage.identifiers.base import Family, HubRule
from linkage.identifiers.registry import Kinds
from linkage.succession.handed import Handed, hand_offs, no_hand_offs
from linkage.succession.sendings import HOUR, MOST_CHANCE, WITHIN, LongArray, Sendings
from linkage.succession.swapped import Bans, Left, Swapped, pool_swaps
from linkage.warehouse import Warehouse

HAND_OFF, SPARE, SWAP = "hand_off", "spare_account", "pool_swap"
MOST_HOLDERS = 128
"""A value of more accounts is the public's or a large pool's: that one of its beginners follows a ban says little."""
TAKEN_UP = frozenset({Family.PAYMENT, Family.DEVICE, Family.CONTENT})
"""What an heir takes up is what a party possesses. An address is used by whoever is near."""


def see_succession(warehouse: Warehouse, kinds: Kinds, accounts: int) -> int:
    """Adds to `raw_holding` which accounts went on where another was stopped; the number of such pairs.

    Needs `raw_holding`, `raw_value`, `account`, `profile_day`, `clean_exchanges` and `clean_enforcement`. Each pair is
    a value of its own, held by both.
    """
    handed, spare = _handed(warehouse, kinds, accounts)
    swapped = _swapped(warehouse, kinds, accounts)
    if not len(handed) + len(spare) + len(swapped):
        return 0
    name = warehouse.query("nightly/accounts")["account_id"]
    succeeded = pa.concat_tables(
        [
            _told(handed, kinds.number(HAND_OFF), name),
            _told(spare, kinds.number(SPARE), name),
            _told_swaps(swapped, kinds.number(SWAP), name),
        ]
    )
    warehouse.register("succeeded", succeeded)
    for step in ("hold", "values"):
        warehouse.run(f"succession/{step}")
    warehouse.drop("succeeded")
    return len(handed) + len(spare) + len(swapped)


def _handed(warehouse: Warehouse, kinds: Kinds, accounts: int) -> tuple[Handed, Handed]:
    """Hand-offs of texts, and of pairs with bits enough; none where nothing was refused."""
    seen = warehouse.query("succession/refusals").to_pylist()[0]
    if not seen["refused"]:
        return no_hand_offs(), no_hand_offs()
    # What is sent more often has a chance successor within the widest width of every fourth refusal or so.
    most = int(MOST_CHANCE * 86_400 / WITHIN[-1] * seen["days"])
    warehouse.run("succession/asked", template=kinds.number("template"), most=most)
    rows = warehouse.query("succession/sendings")
    warehouse.drop("asked_text")
    if not rows.num_rows:
        return no_hand_offs(), no_hand_offs()
    handed, spare = hand_offs(_sendings(rows), accounts)
    return handed, spare.only(spare.bits >= kinds[kinds.number(SPARE)].cap)


def _sendings(rows: pa.Table) -> Sendings:
    """The rows of texts that were refused at least once."""
    text = rows["text"].to_numpy()
    refused = rows["refused"].to_numpy(zero_copy_only=False)
    met = np.zeros(int(text[-1]) + 1, dtype=np.bool_)
    met[text[refused]] = True
    kept = met[text]
    number = (np.cumsum(met) - 1)[text[kept]]
    return Sendings(
        bounds=np.searchsorted(number, np.arange(int(met.sum()) + 1)).astype(np.int64),
        account=rows["account"].to_numpy()[kept].astype(np.int32),
        at=rows["moment"].to_numpy()[kept].astype(np.int64),
        refused=refused[kept],
    )


def _swapped(warehouse: Warehouse, kinds: Kinds, accounts: int) -> Swapped:
    """Heirs with bits enough; none where nobody was stopped."""
    warehouse.run("succession/barred")
    bans = warehouse.arrow("SELECT account, moment FROM barred ORDER BY account, moment")
    begun = warehouse.query("succession/begun")
    begin, created = (np.full(accounts, -1, dtype=np.int64) for _ in range(2))
    begin[begun["account"].to_numpy()] = begun["begin"].to_numpy()
    created[begun["account"].to_numpy()] = begun["created"].fill_null(-1).to_numpy()
    taken_up = [
        number
        for number, kind in enumerate(kinds)
        if kind.family in TAKEN_UP and kind.hub is not HubRule.ALWAYS and not kind.derived_from
    ]
    left = warehouse.query("succession/left_behind", kinds=taken_up, most=MOST_HOLDERS)
    warehouse.drop("barred")
    found = pool_swaps(
        Bans(account=_whole(bans["account"]), at=_whole(bans["moment"])),
        Left(
            value=_whole(left["value"]),
            account=_whole(left["account"]),
            since=_whole(left["first"]) * HOUR,
        ),
        begin,
        created,
    )
    return found.only(found.bits >= kinds[kinds.number(SWAP)].cap)


def _whole(column: pa.ChunkedArray) -> LongArray:
    whole: LongArray = column.to_numpy().astype(np.int64)
    return whole


def _told(pairs: Handed, kind: int, name: pa.ChunkedArray) -> pa.Table:
    """Both sides of each hand-off; its value says what was seen, so that a line of evidence can be read."""
    one, two = pairs.refused, pairs.sent
    value = _said("{} refused, {} sends it within {} s", name, one, two, pairs.within)
    return _both(kind, value, one, two, (pairs.first, pairs.first), (pairs.last, pairs.last), pairs.times)


def _told_swaps(pairs: Swapped, kind: int, name: pa.ChunkedArray) -> pa.Table:
    """Both sides of each swap; it is counted once for each value that was taken up."""
    one, two, seen = pairs.banned, pairs.heir, (pairs.ban, pairs.begin)
    value = _said("{} barred, {} begins within {} h", name, one, two, pairs.within)
    return _both(kind, value, one, two, seen, seen, pairs.values)


def _said(words: str, name: pa.ChunkedArray, one: LongArray, two: LongArray, within: LongArray) -> list[str]:
    """A sentence for each pair, with the names of its accounts."""
    first, second = (name.take(pa.array(side)).to_pylist() for side in (one, two))
    return [words.format(*told) for told in zip(first, second, within.tolist(), strict=True)]


def _both(
    kind: int,
    value: list[str],
    one: LongArray,
    two: LongArray,
    first: tuple[LongArray, LongArray],
    last: tuple[LongArray, LongArray],
    count: LongArray,
) -> pa.Table:
    """Sightings of both accounts of each pair; the first of the two counts for nothing, so that none counts twice."""
    return pa.table(
        {
            "account": np.concatenate([one, two]).astype(np.int32),
            "kind": pa.array(np.full(2 * len(value), kind), pa.uint16()),
            "value": pa.array([*value, *value], pa.string()),
            "first": np.concatenate(first).astype(np.int32),
            "last": np.concatenate(last).astype(np.int32),
            "count": np.concatenate([np.zeros(len(value), dtype=np.int64), count]),
        }
    )
