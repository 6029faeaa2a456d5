"""Text files byte by byte where DuckDB is not enough: the header, whole compressed streams, line ends."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from linkage.errors import InputError
from linkage.sources.discover import SourceFile

MAX_LINE = 64 * 1024 * 1024
"""Longest record in bytes; a longer one goes to quarantine."""
_CHUNK = 4 * 1024 * 1024
_HEADER = 1024 * 1024


@dataclass(frozen=True)
class Header:
    """The first record of a CSV file: names, lines, what parts fields, names that repeat.

    `mixed`: the file's start has line ends of more than one kind, or bare carriage returns.
    """

    names: tuple[str, ...]
    lines: int
    delimiter: str
    twice: frozenset[str] = frozenset()
    mixed: bool = False


@contextmanager
def opened(file: SourceFile) -> Iterator[Any]:
    """A stream of the file's plain bytes; a broken one is an InputError that names it."""
    try:
        with pa.input_stream(str(file.path), compression=file.compression) as stream:
            yield stream
    except OSError as error:
        line = str(error).splitlines()[0]
        raise InputError(f"{file.name}: cannot be read ({line})") from error


def check_stream(file: SourceFile) -> None:
    """Reads a Zstandard file to its end, because DuckDB takes a truncated one for a short one."""
    if file.compression == "zstd":
        with opened(file) as stream:
            while stream.read(_CHUNK):
                pass


def read_header(file: SourceFile) -> Header:
    """The header of a CSV or TSV file. Raises InputError when there is none or it cannot be read."""
    data = b""
    with opened(file) as stream:
        while len(data) < _HEADER and (chunk := stream.read(_HEADER - len(data))):
            data += chunk
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise InputError(f"{file.name}: is UTF-16; UTF-8 is wanted")
    text = data.removeprefix(codecs.BOM_UTF8).decode("utf-8", errors="replace")
    delimiter = "\t" if file.format == "tsv" else ","
    try:
        names, lines = _first_record(text, delimiter)
        if file.format == "csv" and len(names) == 1:
            other = max(";\t|", key=names[0].count)
            if names[0].count(other):
                delimiter = other
                names, lines = _first_record(text, delimiter)
    except csv.Error as error:
        raise InputError(f"{file.name}: the header cannot be read ({error})") from error
    if not any(name.strip() for name in names):
        raise InputError(f"{file.name}: is empty, not even a header")
    if any("\ufffd" in name or "\0" in name for name in names):
        raise InputError(f"{file.name}: the header is not UTF-8 text")
    plain = [name.strip().lower() for name in names]
    twice = frozenset(name for name in plain if plain.count(name) > 1)
    pairs, returns, ends = (data.count(mark) for mark in (b"\r\n", b"\r", b"\n"))
    mixed = returns > pairs or 0 < pairs < ends
    return Header(_distinct(names), lines, delimiter, twice, mixed)


def _first_record(text: str, delimiter: str) -> tuple[list[str], int]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    for record in reader:
        if record:
            return record, reader.line_num
    return [], 0


def _distinct(names: list[str]) -> tuple[str, ...]:
    """Column names as DuckDB wants them: none empty, none twice in any case."""
    taken: dict[str, None] = {}
    for place, name in enumerate(names):
        wanted = name.strip() or f"column{place + 1}"
        label, number = wanted, 1
        while label.lower() in taken:
            number += 1
            label = f"{wanted}_{number}"
        taken[label.lower()] = None
        names[place] = label
    return tuple(names)


def line_numbers(file: SourceFile, positions: list[int]) -> list[int]:
    """The line on which each byte position (ascending, of the plain bytes) lies."""
    wanted = np.asarray(positions, dtype=np.int64)
    numbers = np.ones(len(wanted), dtype=np.int64)
    start = 0
    with opened(file) as stream:
        while chunk := stream.read(_CHUNK):
            ends = np.flatnonzero(np.frombuffer(chunk, dtype=np.uint8) == ord("\n")) + start
            numbers += np.searchsorted(ends, wanted, side="left")
            start += len(chunk)
    return [int(number) for number in numbers]


def record_lines(file: SourceFile, header: int, left_out: Sequence[int]) -> npt.NDArray[np.int64]:
    """The lines on which a CSV file's records start, in order; `left_out` are lines of records that were rejected.

    A line starts a record when the quotes before it pair up and it is not blank. Byte by byte, so that it matters to
    no file what its bytes mean.
    """
    quotes, solid = (np.concatenate(parts) for parts in zip(*_measured(file), strict=True))
    kept = solid > 0
    kept[:header] = False
    skipped = np.asarray(left_out, dtype=np.int64)
    kept[skipped[skipped <= len(kept)] - 1] = False
    counted = np.where(kept, quotes, 0)
    return np.flatnonzero(kept & ((np.cumsum(counted) - counted) % 2 == 0)) + 1


def _measured(file: SourceFile) -> Iterator[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]]:
    """Of each line, a chunk at a time: how many quotes are in it, and how many bytes but those that end it."""
    quotes = solid = 0
    with opened(file) as stream:
        while chunk := stream.read(_CHUNK):
            data = np.frombuffer(chunk, dtype=np.uint8)
            ends = np.flatnonzero(data == ord("\n"))
            quoted, returned = (
                np.searchsorted(np.flatnonzero(data == ord(mark)), [*ends, len(data)]) for mark in '"\r'
            )
            length = np.array([*ends, len(data)]) - np.arange(len(ends) + 1) - returned
            parts = [np.diff(count, prepend=0) for count in (quoted, length)]
            parts[0][0] += quotes
            parts[1][0] += solid
            quotes, solid = parts[0][-1], parts[1][-1]
            yield parts[0][:-1], parts[1][:-1]
    yield np.array([quotes], dtype=np.int64), np.array([solid], dtype=np.int64)


def normalised(file: SourceFile, target: Path) -> SourceFile:
    """A copy with one kind of line end. DuckDB refuses or misreads files that mix them, as joined ones do."""
    with opened(file) as stream, target.open("wb") as copy:
        held = b""
        while chunk := stream.read(_CHUNK):
            data = held + chunk
            # A pair may be cut in two by the chunk's end.
            held = b"\r" if data.endswith(b"\r") else b""
            copy.write(data[: len(data) - len(held)].replace(b"\r\n", b"\n").replace(b"\r", b"\n"))
        copy.write(held.replace(b"\r", b"\n"))
    return SourceFile(target, file.name, file.format)
