"""What each account does by itself: one row an account, from one scan of each clean table."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from linkage.warehouse import Warehouse

_DAYS = ("release", "day")
_STEPS = ("activity", "session", "money", "enforced", "profile")
_TEMPORARY = (
    "profile_model",
    "profile_day",
    "profile_activity",
    "profile_session",
    "profile_money",
    "profile_enforced",
)


def see_days(warehouse: Warehouse) -> None:
    """Creates `profile_day`, what each account did on each day, from the one scan of `clean_exchanges`."""
    for step in _DAYS:
        warehouse.run(f"profiles/{step}")


def profile(warehouse: Warehouse) -> None:
    """Creates `profile` from `profile_day`, the `clean_<table>` relations and `account`; drops `profile_day`.

    Runs while the clean relations exist. Tables that a source does not have are empty and leave NULLs.
    """
    for step in _STEPS:
        warehouse.run(f"profiles/{step}")
    for name in _TEMPORARY:
        warehouse.drop(name)


def busy_accounts(warehouse: Warehouse, accounts: int, days: int) -> npt.NDArray[np.bool_]:
    """Whether each account acts on at least `days` days; needs `profile`."""
    busy = np.zeros(accounts, dtype=np.bool_)
    busy[warehouse.query("profiles/busy", days=days)["account"].to_numpy()] = True
    return busy
