"""All accounts, numbered: those of the accounts table and those that only other tables know."""

from __future__ import annotations

from linkage.errors import InputError
from linkage.warehouse import Warehouse, ident

_SEEN_IN = ("payment_methods", "payments", "sessions", "exchanges", "links", "enforcement")


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
