"""A store with two runs of one night, and the application over it, on either engine."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from helpers.backend import ENGINES, Backend
from helpers.blocks import with_blocks
from helpers.night import Night, one_night
from helpers.served import Api

from api.settings import ApiSettings

ON_BOTH = {"test_reading", "test_personal", "test_exports", "test_generated"}
"""What the engine behind the API may change: what is read, who learns what, what strange documents come to.

The rest is the API's alone.
"""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every test that reads a store meets the embedded engine, those of ON_BOTH the other one too."""
    if "store" in metafunc.fixturenames:
        both = metafunc.module.__name__.rpartition(".")[2] in ON_BOTH
        engines = [pytest.param(name, marks=pytest.mark.neo4j if name == "neo4j" else ())
                   for name in (ENGINES if both else ENGINES[:1])]  # fmt: skip
        metafunc.parametrize("store", engines, indirect=True, scope="session")


@pytest.fixture(scope="session")
def night(tmp_path_factory: pytest.TempPathFactory) -> Night:
    """One real night, with blocks and a hub put into it."""
    return with_blocks(one_night(tmp_path_factory.mktemp("night")))


@pytest.fixture(scope="session")
def store(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, night: Night
) -> Iterator[Backend]:
    """Runs `one` and `two`, the second published."""
    access = request.getfixturevalue("neo4j_server") if request.param == "neo4j" else None
    backend = Backend(tmp_path_factory.mktemp("served"), access)
    backend.fill(night)
    yield backend
    backend.close()


@pytest.fixture
def empty(store: Backend, night: Night, tmp_path: Path) -> Iterator[Backend]:
    """No runs at all; those of `store` are there again afterwards."""
    if not store.on_server:
        yield Backend(tmp_path / "empty")
        return
    store.forget()
    yield store
    store.forget()
    store.fill(night)


@pytest.fixture(scope="session")
def api(store: Backend, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """The application as in production."""
    opened = Api(store.engine(), tmp_path_factory.mktemp("access"))
    yield opened
    opened.close()


@pytest.fixture
def serve(store: Backend, tmp_path: Path) -> Iterator[Callable[..., Api]]:
    """The application with other settings."""
    opened: list[Api] = []

    def start(settings: ApiSettings | None = None, source: Any = None, **more: Any) -> Api:
        opened.append(Api(source or store.engine(), tmp_path, settings, **more))
        return opened[-1]

    yield start
    for one in opened:
        one.close()
