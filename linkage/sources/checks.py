"""One scan says what is wrong with a part; only where something is, a second one sets the bad rows aside."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa

from linkage.sources.casts import Cast
from linkage.sources.contracts import Contract
from linkage.sources.parts import Part, shown_name
from linkage.sources.textfile import record_lines
from linkage.warehouse import Warehouse, ident, literal

MASK = "«masked»"


@dataclass(frozen=True)
class Checked:
    """A part after its scan: `select` has an expression for each canonical column, in the order of `casts`.

    `rows` counts what was parsed, `bad` what of it broke the contract.
    """

    part: Part
    casts: tuple[Cast, ...]
    select: tuple[str, ...]
    rows: int
    bad: int
    unreadable: dict[str, int]

    def columns(self, names: tuple[str, ...] | None = None) -> str:
        """The SELECT list of the canonical columns, or of some of them."""
        chosen = [
            f"{text} AS {ident(cast.column.name)}"
            for cast, text in zip(self.casts, self.select, strict=True)
            if names is None or cast.column.name in names
        ]
        return ", ".join(chosen)


def check(
    warehouse: Warehouse, contract: Contract, part: Part, casts: tuple[Cast, ...], source_dir: Path
) -> Checked:
    """Counts bad rows, unreadable values and values that are not canonical; bad rows go to quarantine."""
    reasons = [reason for cast in casts for reason in cast.reasons]
    counts = ["count(*) AS rows"]
    counts += [f"{_count_if(predicate)} AS r{place}" for place, (predicate, _) in enumerate(reasons)]
    for place, cast in enumerate(casts):
        if cast.unreadable:
            counts.append(f"{_count_if(cast.unreadable)} AS u{place}")
        if cast.dirty and not part.stored:
            counts.append(f"{_count_if(cast.dirty)} AS d{place}")
    found = warehouse.records(f"SELECT {', '.join(counts)} FROM {part.scan}")[0]
    # The second scan asks only for what was found, and so reads few columns to find the rows.
    broken = [reason for place, reason in enumerate(reasons) if found[f"r{place}"]]
    bad = _set_aside(warehouse, contract, part, broken, source_dir) if broken else 0
    select = tuple(
        cast.value if part.stored or found.get(f"d{place}", 0) or found.get(f"u{place}", 0) else cast.simple
        for place, cast in enumerate(casts)
    )
    unreadable = {
        cast.column.name: found[f"u{place}"] for place, cast in enumerate(casts) if found.get(f"u{place}", 0)
    }
    return Checked(part, casts, select, found["rows"], bad, unreadable)


def _count_if(predicate: str) -> str:
    """How many rows it holds for; a filter on a count would copy the rows once for each predicate."""
    return f"CAST(count_if({predicate}) AS BIGINT)"


def settle(warehouse: Warehouse, contract: Contract, checked: Checked) -> Checked:
    """Converts a parsed part once, so that what follows reads values, not texts; Parquet stays as it lies."""
    part = checked.part
    if part.stored is None:
        return checked
    settled = f"settled_{contract.table}_{part.number}"
    warehouse.drop(settled)
    warehouse.execute(
        f"CREATE TABLE {ident(settled)} AS SELECT {checked.columns()}, _file, _line FROM {ident(part.stored)}"
    )
    warehouse.drop(part.stored)
    moved = replace(
        part, scan=ident(settled), located=f"(SELECT *, rowid AS _row FROM {ident(settled)})", stored=settled
    )
    return replace(checked, part=moved, select=tuple(ident(cast.column.name) for cast in checked.casts))


def _set_aside(
    warehouse: Warehouse, contract: Contract, part: Part, reasons: list[tuple[str, str]], source_dir: Path
) -> int:
    """Moves the rows that break the contract for one of the reasons to quarantine; how many."""
    # Bare predicates: wrapped into something, DuckDB would read all columns of all rows to find a few.
    bad = " OR ".join(f"({predicate})" for predicate, _ in reasons)
    cases = " ".join(f"WHEN {predicate} THEN {literal(text)}" for predicate, text in reasons)
    warehouse.execute(
        f"CREATE OR REPLACE TEMP TABLE bad_rows AS SELECT _file, _line, _row, CASE {cases} END AS reason,"
        f" {row_json(contract, part)} AS row FROM {part.located} WHERE {bad}"
    )
    set_aside(warehouse, contract, part, source_dir)
    warehouse.execute("INSERT INTO dropped SELECT $part, _file, _row FROM bad_rows", {"part": part.number})
    return warehouse.rows("bad_rows")


def set_aside(warehouse: Warehouse, contract: Contract, part: Part, source_dir: Path) -> None:
    """Moves the rows of `bad_rows` (_file, _line, _row, reason, row) to quarantine, with their lines."""
    lines = _lines(warehouse, contract, part)
    for path in warehouse.arrow("SELECT DISTINCT _file FROM bad_rows ORDER BY 1").column(0).to_pylist():
        warehouse.execute(
            f"INSERT INTO quarantined SELECT $table, $shown, coalesce(_line, {lines}), reason, row, true"
            " FROM bad_rows WHERE _file = $path ORDER BY _row",
            {"table": contract.table, "shown": shown_name(path, source_dir), "path": path},
        )


def _lines(warehouse: Warehouse, contract: Contract, part: Part) -> str:
    """An expression for the line of a row of `bad_rows` that does not know its own."""
    if not part.stored:
        return "_row + 1"
    warehouse.execute(
        "CREATE OR REPLACE TEMP TABLE file_starts AS"
        f" SELECT _file, min(rowid) AS first FROM {ident(part.stored)} GROUP BY _file"
    )
    warehouse.execute("CREATE OR REPLACE TEMP TABLE bad_lines (_file VARCHAR, record BIGINT, number BIGINT)")
    record = "_row + 1 - (SELECT first FROM file_starts WHERE file_starts._file = bad_rows._file)"
    concerned = set(warehouse.arrow("SELECT DISTINCT _file FROM bad_rows").column(0).to_pylist())
    for file, header in part.headers:
        if file.name not in concerned:
            continue
        rejected = warehouse.records(
            'SELECT DISTINCT line FROM quarantined WHERE NOT parsed AND "table" = $table AND file = $file',
            {"table": contract.table, "file": file.name},
        )
        starts = record_lines(file, header.lines, [int(row["line"]) for row in rejected])
        asked = warehouse.arrow(
            f"SELECT DISTINCT {record} AS record FROM bad_rows WHERE _file = $file", {"file": file.name}
        )
        records = asked["record"].to_numpy()
        records = records[records <= len(starts)]
        places = pa.table({"record": records, "number": starts[records - 1]})
        warehouse.register("record_places", places, view=True)
        warehouse.execute(
            "INSERT INTO bad_lines SELECT $file, record, number FROM record_places", {"file": file.name}
        )
    found = f"(SELECT number FROM bad_lines WHERE bad_lines._file = bad_rows._file AND record = {record})"
    return f"coalesce({found}, {record})"


def row_json(contract: Contract, part: Part) -> str:
    """The row as JSON text, sensitive values left out and anything like a card number masked."""
    pairs: list[str] = []
    for column in contract.columns:
        if column.name not in part.types:
            continue
        raw = ident(column.name)
        # One huge value must not make quarantine as large as the input.
        shown = f"left(mask_cards(CAST({raw} AS VARCHAR)), 1000)"
        if column.sensitive:
            shown = f"CASE WHEN {raw} IS NULL THEN NULL ELSE {literal(MASK)} END"
        pairs.append(f"{literal(column.name)}, {shown}")
    return f"CAST(json_object({', '.join(pairs)}) AS VARCHAR)"
