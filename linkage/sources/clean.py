"""The relation `clean_<table>` that all after ingest reads: a view over Parquet, a table over the rest."""

from __future__ import annotations

from linkage.sources.checks import Checked
from linkage.sources.contracts import Contract
from linkage.warehouse import Warehouse, ident


def build(warehouse: Warehouse, contract: Contract, parts: list[Checked]) -> None:
    """Creates `clean_<table>` without the rows in `dropped`, every contract column present in its type."""
    name = f"clean_{contract.table}"
    for old in (name, f"scanned_{contract.table}", f"dropped_{contract.table}", f"parsed_{contract.table}"):
        warehouse.drop(old)
    if not parts:
        columns = ", ".join(f"{ident(column.name)} {column.type}" for column in contract.columns)
        warehouse.execute(f"CREATE TABLE {ident(name)} ({columns})")
        return
    stored = [checked for checked in parts if checked.part.stored]
    scanned = [checked for checked in parts if not checked.part.stored]
    parsed = name if not scanned else f"parsed_{contract.table}"
    if stored:
        rows = " UNION ALL ".join(_standing(warehouse, contract, checked) for checked in stored)
        warehouse.execute(f"CREATE TABLE {ident(parsed)} AS {rows}")
        for checked in stored:
            warehouse.drop(str(checked.part.stored))
    if scanned:
        views = [_standing(warehouse, contract, checked) for checked in scanned]
        if stored:
            views.append(f"SELECT * FROM {ident(parsed)}")
        warehouse.execute(f"CREATE VIEW {ident(name)} AS {' UNION ALL '.join(views)}")


def _standing(warehouse: Warehouse, contract: Contract, checked: Checked) -> str:
    """The rows of a part that stand; the view pays for leaving rows out only when there are any."""
    part = checked.part
    gone = warehouse.scalar("SELECT count(*) FROM dropped WHERE _part = $part", {"part": part.number})
    columns = ", ".join(
        f"CAST({text} AS {cast.column.type}) AS {ident(cast.column.name)}"
        for cast, text in zip(checked.casts, checked.select, strict=True)
    )
    if not gone:
        return f"SELECT {columns} FROM {part.scan}"
    if part.stored:
        return (
            f"SELECT {columns} FROM {part.located} WHERE _row NOT IN"
            f" (SELECT _row FROM dropped WHERE _part = {part.number})"
        )
    kept = f"dropped_{contract.table}"
    if not warehouse.exists(kept):
        warehouse.execute(f"CREATE TABLE {ident(kept)} AS SELECT * FROM dropped")
    return (
        f"SELECT {columns} FROM {part.located} AS s WHERE NOT EXISTS (SELECT 1 FROM {ident(kept)} AS d"
        f" WHERE d._part = {part.number} AND d._row = s._row AND d._file = s._file)"
    )
