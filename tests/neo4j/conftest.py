"""The engine over the session's server, and a night to give it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from helpers.backend import Backend
from helpers.graph import forget_all
from helpers.night import Night, one_night
from helpers.server import Access

from linkage.engine.neo4j import Login, Neo4jEngine


@pytest.fixture
def login(neo4j_server: Access) -> Login:
    """An empty database, and who we are there."""
    found = Login(neo4j_server.uri, neo4j_server.user, neo4j_server.password)
    forget_all(found)
    return found


@pytest.fixture
def connect(neo4j_server: Access, login: Login, tmp_path: Path) -> Iterator[Callable[..., Neo4jEngine]]:
    """Opens an engine, each time a new one; keys as the tables have them unless told otherwise."""
    backend = Backend(tmp_path / "store", neo4j_server)
    yield backend.engine
    backend.close()


@pytest.fixture(scope="session")
def night(tmp_path_factory: pytest.TempPathFactory) -> Night:
    """One real night, as the pipeline hands it over."""
    return one_night(tmp_path_factory.mktemp("night"))
