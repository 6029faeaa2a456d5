"""Every engine, and one night's work to give it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from helpers.backend import Backend
from helpers.night import Night, one_night

from linkage.engine.base import Engine

Connect = Callable[[], Engine]
"""Opens a handle on one store, each time a new one; two handles on one store are as two processes."""


@pytest.fixture(params=["embedded", pytest.param("neo4j", marks=pytest.mark.neo4j)])
def connect(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Connect]:
    """An empty store of each engine."""
    access = request.getfixturevalue("neo4j_server") if request.param == "neo4j" else None
    backend = Backend(tmp_path / "store", access)
    yield backend.engine
    backend.close()


@pytest.fixture(scope="session")
def night(tmp_path_factory: pytest.TempPathFactory) -> Night:
    """One real night, as the pipeline hands it over."""
    return one_night(tmp_path_factory.mktemp("night"))
