"""Puts `tests/` on the path, so that every test can import `helpers`; in CI a skipped test is a failed one."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from helpers.server import HOME, Access, access
from hypothesis import settings

from linkage.localserver import down

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


def pytest_configure(config: pytest.Config) -> None:
    """One folder for the servers of this session; workers of xdist inherit it."""
    # A store of the developer's own is none of a test's.
    os.environ.pop("LINKAGE_NEO4J_URI", None)
    if not hasattr(config, "workerinput"):
        os.environ[HOME] = tempfile.mkdtemp(prefix="linkage-test-neo4j-")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Whoever began the session stops the servers, if any test started them."""
    if not hasattr(config, "workerinput") and (home := os.environ.pop(HOME, "")):
        for one in Path(home).iterdir():
            down(one)
        shutil.rmtree(home)


def pytest_itemcollected(item: pytest.Item) -> None:
    """What the real server answers is a suite of its own: it has one database, so its tests take turns."""
    if "neo4j_server" in getattr(item, "fixturenames", ()):
        item.add_marker(pytest.mark.neo4j)


@pytest.fixture(scope="session")
def neo4j_server() -> Access:
    """A real server with Graph Data Science: a failure, never a skip, where there is none."""
    return access()
