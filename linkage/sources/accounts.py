"""All accounts, numbered: those of the accounts table and those that only other tables know."""

from __future__ import annotations

from pathlib import Path

from linkage.errors import InputError
from linkage.sources.checks import Checked, row_json, set_aside
from linkage.sources.contracts import CONTRACTS
from linkage.warehouse import Warehouse, ident

_SEEN_IN = ("payment_methods", "payments", "sessions", "exchanges", "links", "enforcement")


def drop_superseded(warehouse: Warehouse, parts: list[Checked], source_dir: Path) -> int:
    """Sets aside all but the last row of an account whose rows differ; the number of rows set aside."""
    contract = CONTRACTS["accounts"]
    rows = " UNION ALL ".join(
        f"SELECT {checked.part.number} AS _part, _file, _row, {checked.columns(('account_id',))}"
        f" FROM {checked.part.located}"
        for checked in parts
    )
    standing = f"SELECT * FROM ({rows}) AS r ANTI JOIN dropped AS d USING (_part, _file, _row)"
    warehouse.execute(
        "CREATE OR REPLACE TEMP TABLE superseded AS SELECT _part, _file, _row FROM"
        " (SELECT *, row_number() OVER"
        f" (PARTITION BY account_id ORDER BY _part DESC, _file DESC, _row DESC) AS place FROM ({standing}))"
        " WHERE place > 1"
    )
    total = warehouse.rows("superseded")
    for checked in parts if total else []:
        part = checked.part
        warehouse.execute(
            "CREATE OR REPLACE TEMP TABLE bad_rows AS SELECT _file, _line, _row,"
            f" 'a later row of this account differs' AS reason, {row_json(contract, part)} AS row"
            f" FROM {part.located} SEMI JOIN (SELECT _file, _row FROM superseded WHERE _part = {part.number})"
            " USING (_file, _row)"
        )
        set_aside(warehouse, contract, part, source_dir)
    warehouse.execute("INSERT INTO dropped SELECT * FROM superseded")
    warehouse.execute("DROP TABLE superseded")
    return total


def number_accounts(warehouse: Warehouse) -> tuple[int, int]:
    """Creates `account`: how many there are, and how many of them only other tables know.

    Raises InputError when there is none at all.
    """
    seen = " UNION ".join(f"SELECT account_id FROM {ident(f'clean_{table}')}" for table in _SEEN_IN)
    warehouse.execute(
        f"CREATE OR REPLACE TEMP TABLE seen_account AS {seen}"
        " UNION SELECT value FROM clean_links WHERE kind = 'account'"
    )
    warehouse.run("sources/account")
    warehouse.execute("DROP TABLE seen_account")
    total = warehouse.rows("account")
    if not total:
        raise InputError("accounts: there are no accounts, neither in accounts nor in any other table")
    unknown = warehouse.scalar("SELECT count(*) FROM account WHERE NOT known")
    return total, int(unknown)
