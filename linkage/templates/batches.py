"""Texts as batches of whole accounts, whatever way they come."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import pyarrow as pa

from linkage.templates.compiled import Ints64

BATCH_ROWS = 32_768
"""Texts in work at a time: some 50 MB of text and shingles."""
BATCH_BYTES = 1 << 25
"""Text in work at a time."""
ACCOUNT_ROWS = 131_072
"""Texts of one account that are kept together. A larger account is judged piece by piece, in stream order."""

CORES = os.cpu_count() or 1
Result = TypeVar("Result")

Stream = Callable[[], Iterable[pa.RecordBatch]]
"""Starts the texts anew, in order of account: they are read three times and never held."""


@dataclass(frozen=True)
class Batch:
    """Texts of whole accounts: account `accounts[i]` has the rows `bounds[i]` to `bounds[i + 1]`."""

    accounts: Ints64
    bounds: Ints64
    texts: pa.Array
    counts: Ints64
    """How often each text was sent."""


def _batch(table: pa.Table) -> Batch:
    accounts = table["account"].to_numpy().astype(np.int64)
    starts = np.concatenate(([0], np.flatnonzero(accounts[1:] != accounts[:-1]) + 1))
    texts = pa.chunked_array(table["text"]).cast(pa.large_string()).combine_chunks()
    if isinstance(texts, pa.ChunkedArray):
        texts = pa.concat_arrays(texts.chunks)
    return Batch(
        accounts[starts], np.append(starts, len(accounts)), texts, table["n"].to_numpy().astype(np.int64)
    )


def _slices(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
    """The stream in pieces of bounded size."""
    for batch in batches:
        rows = BATCH_ROWS
        if batch.num_rows and batch.nbytes > BATCH_BYTES:
            rows = max(1, min(rows, batch.num_rows * BATCH_BYTES // batch.nbytes))
        for start in range(0, batch.num_rows, rows):
            yield pa.Table.from_batches([batch.slice(start, rows)])


def whole_accounts(batches: Iterable[pa.RecordBatch]) -> Iterator[Batch]:
    """Cut the stream where accounts end."""
    waiting: list[pa.Table] = []
    held = 0
    last = -1
    for piece in _slices(batches):
        accounts = piece["account"].to_numpy()
        if len(accounts) == 0:
            continue
        if (np.diff(accounts) < 0).any() or accounts[0] < last:
            raise ValueError("texts must come in order of account")
        last = int(accounts[-1])
        # Rows before this one belong to accounts that are complete.
        complete = int(np.searchsorted(accounts, last))
        if complete == 0 and held + piece.num_rows <= ACCOUNT_ROWS and waiting:
            first = int(waiting[0]["account"][0].as_py())
            if first == last:
                waiting.append(piece)
                held += piece.num_rows
                continue
        ready = [*waiting, piece.slice(0, complete)]
        table = pa.concat_tables(ready)
        if table.num_rows:
            yield _batch(table)
        rest = piece.slice(complete)
        waiting, held = [rest], rest.num_rows
    if held:
        yield _batch(pa.concat_tables(waiting))


def each_batch(stream: Stream, work: Callable[[Batch], Result]) -> Iterator[tuple[Batch, Result]]:
    """Each batch of whole accounts and what `work` makes of it, in the stream's order.

    The work runs on all cores, since compiled kernels let go of the interpreter; as many batches are in memory.
    """
    waiting: deque[tuple[Batch, Future[Result]]] = deque()
    with ThreadPoolExecutor(CORES) as pool:
        for batch in whole_accounts(stream()):
            waiting.append((batch, pool.submit(work, batch)))
            if len(waiting) > CORES:
                done, result = waiting.popleft()
                yield done, result.result()
        for done, result in waiting:
            yield done, result.result()


def from_table(texts: pa.Table) -> Stream:
    """A table as a stream, sorted by account if it is not."""
    texts = texts.select(["account", "text", "n"])
    accounts = texts["account"].to_numpy()
    if len(accounts) and (np.diff(accounts) < 0).any():
        texts = texts.set_column(1, "text", texts["text"].cast(pa.large_string()))
        texts = texts.take(pa.array(np.argsort(accounts, kind="stable")))
    return lambda: iter(texts.to_batches(max_chunksize=BATCH_ROWS))
