"""Whose each identifier is: what the operators of rings hold for themselves. For the ideal detector alone."""

from collections.abc import Callable
from functools import partial

import numpy as np
import pyarrow as pa

from linkage.simulate.canvas import Canvas
from linkage.simulate.codes import I64
from linkage.simulate.names import shared_phones
from linkage.simulate.spellings import SPELLINGS
from linkage.simulate.tables import ring_ids


def owned_table(canvas: Canvas) -> pa.Table:
    """`truth_identifiers`: kind, value and owner (a ring_id), sorted; empty where several rings have the value.

    What members buy or have one by one (a home, a card of their own) is not told, since it ties nobody.
    """
    spellings: dict[str, Callable[[I64], pa.Array]] = {
        **SPELLINGS,
        "phone": partial(shared_phones, canvas.seed),
    }
    kinds: list[pa.Array] = []
    values: list[pa.Array] = []
    rings: list[I64] = []
    for kind in sorted(spellings):
        parts = [part for part in canvas.owned if part.kind == kind and len(part.value)]
        if not parts:
            continue
        code = np.concatenate([part.value for part in parts])
        ring = np.repeat([part.ring for part in parts], [len(part.value) for part in parts])
        pairs = np.unique(np.stack([code, ring], axis=1), axis=0)
        distinct, first, times = np.unique(pairs[:, 0], return_index=True, return_counts=True)
        kinds.append(pa.array([kind] * len(distinct), pa.string()))
        values.append(spellings[kind](distinct).cast(pa.string()))
        rings.append(np.where(times == 1, pairs[first, 1], -1))
    table = pa.table(
        {
            "kind": pa.chunked_array(kinds, pa.string()),
            "value": pa.chunked_array(values, pa.string()),
            "owner": ring_ids(canvas, np.concatenate([*rings, np.empty(0, dtype=np.int64)])).cast(
                pa.string()
            ),
        }
    )
    return table.sort_by([("kind", "ascending"), ("value", "ascending")])
