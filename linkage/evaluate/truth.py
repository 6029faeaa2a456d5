"""Memberships and labels brought together: one row an account, rings as numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from linkage.warehouse import Warehouse

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]
FloatArray = npt.NDArray[np.float64]

NONE = -1
"""Stands for "in no ring"."""

VERDICTS = ("flagged", "unexplained", "benign")
"""What a run may say of a ring, by number."""


@dataclass(frozen=True)
class Joined:
    """One row for each labelled account.

    `found` and `true` number the predicted and the true ring (NONE: in none), `flagged` and `size` are the
    membership's own flag and the size of its ring, `victim` is the truth. A predicted victim is in no ring
    here: the run says that the account is not the operator's. `unlabelled` and `contradicted` count accounts.

    `verdict` is a place in VERDICTS and `score` (NaN: unknown) that of the predicted ring; `campaign` and
    `found_campaign` number the true and the predicted campaign; `story` and `style` are places in `stories` and
    `styles`, the names of what the account was made as, where a file of stories is given.
    """

    found: IntArray
    true: IntArray
    flagged: BoolArray
    size: IntArray
    victim: BoolArray
    unlabelled: int
    contradicted: int
    verdict: IntArray
    score: FloatArray
    campaign: IntArray
    found_campaign: IntArray
    story: IntArray
    stories: tuple[str, ...]
    style: IntArray
    styles: tuple[str, ...]


def join(memberships: pa.Table, labels: pa.Table, stories: pa.Table | None = None) -> Joined:
    """Joins on the account; labels of one account are collapsed, a ring outweighs an empty one."""
    told = pa.table({"account_id": pa.array([], pa.string())}) if stories is None else stories
    with Warehouse.open() as warehouse:
        for name, table, columns in (
            ("memberships", memberships, ("role", "verdict", "campaign_id", "ring_score")),
            ("labels", labels, ("ring_id", "role", "campaign_id")),
            ("stories", told, ("story", "style")),
        ):
            warehouse.register(name, with_columns(table, *columns), view=True)
        warehouse.run("evaluate/truth")
        rows = warehouse.query("evaluate/joined")
        unlabelled = warehouse.query("evaluate/unlabelled")["accounts"][0].as_py()
    flags = {
        name: rows[name].to_numpy(zero_copy_only=False).astype(np.bool_)
        for name in ("flagged", "victim", "contradicted")
    }
    (story, names), (style, styles) = (_named(rows[name]) for name in ("story", "style"))
    return Joined(
        found=_named(rows["found"])[0],
        true=_named(rows["truth"])[0],
        flagged=flags["flagged"],
        size=rows["size"].to_numpy(zero_copy_only=False).astype(np.int64),
        victim=flags["victim"],
        unlabelled=int(unlabelled),
        contradicted=int(flags["contradicted"].sum()),
        verdict=pc.index_in(rows["verdict"], pa.array(VERDICTS)).fill_null(NONE).to_numpy().astype(np.int64),
        score=rows["score"].fill_null(np.nan).to_numpy().astype(np.float64),
        campaign=_named(rows["campaign"])[0],
        found_campaign=_named(rows["found_campaign"])[0],
        story=story,
        stories=names,
        style=style,
        styles=styles,
    )


def with_columns(table: pa.Table, *names: str) -> pa.Table:
    """The table with these columns as text, empty where it lacks them."""
    for name in names:
        if name not in table.column_names:
            table = table.append_column(name, pa.nulls(table.num_rows, pa.string()))
        else:
            table = table.set_column(table.column_names.index(name), name, table[name].cast(pa.string()))
    return table


def _named(values: pa.ChunkedArray) -> tuple[IntArray, tuple[str, ...]]:
    """Distinct texts as numbers from 0, null as NONE; and the texts."""
    codes = values.combine_chunks().dictionary_encode()
    if isinstance(codes, pa.ChunkedArray):
        codes = codes.unify_dictionaries().combine_chunks()
    numbers: IntArray = codes.indices.fill_null(NONE).to_numpy(zero_copy_only=False).astype(np.int64)
    return numbers, tuple(str(name) for name in codes.dictionary.to_pylist())
