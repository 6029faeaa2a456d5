"""What each account does by itself: one row an account, from one scan of each clean table."""

from __future__ import annotations

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
