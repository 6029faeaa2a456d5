"""Puts `tests/` on the path, so that every test can import `helpers`; in CI a skipped test is a failed one."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

# On a machine that others use too, a deadline tells of them and not of us. (Under CI, Hypothesis has its own profile.)
settings.register_profile("unhurried", parent=settings.default, deadline=None)
settings.load_profile("unhurried")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Iterator[None]:
    """What a test needs is there in CI, or CI says so: nothing is skipped and called green."""
    report = yield
    if report.skipped and os.environ.get("CI"):
        report.outcome = "failed"
        report.longrepr = f"skipped where nothing may be: {report.longrepr}"
    return report
