"""A store with two runs of one night, and the application over it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from helpers.blocks import with_blocks
from helpers.night import Night, Recorder, options
from helpers.served import Api
from helpers.source import write_source

from api.settings import ApiSettings
from linkage.engine.embedded import EmbeddedEngine
from linkage.nightly import run_nightly
from linkage.progress import Silent


@pytest.fixture(scope="session")
def night(tmp_path_factory: pytest.TempPathFactory) -> Night:
    """One real night, with blocks and a hub put into it."""
    folder = tmp_path_factory.mktemp("night")
    source = write_source(folder / "source")
    engine = Recorder(EmbeddedEngine(folder / "store"))
    run_nightly(engine, options(source, "night"), Silent())
    return with_blocks(Night(source=source, **engine.given))


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory, night: Night) -> Path:
    """Runs `one` and `two`, the second published."""
    folder = tmp_path_factory.mktemp("served")
    night.give(EmbeddedEngine(folder), "one")
    night.give(EmbeddedEngine(folder), "two", minute=1)
    return folder


@pytest.fixture(scope="session")
def api(store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """The application as in production."""
    opened = Api(EmbeddedEngine(store), tmp_path_factory.mktemp("access"))
    yield opened
    opened.close()


@pytest.fixture
def serve(store: Path, tmp_path: Path) -> Iterator[Callable[..., Api]]:
    """The application with other settings."""
    opened: list[Api] = []

    def start(settings: ApiSettings | None = None, source: Any = None, **more: Any) -> Api:
        opened.append(Api(source or EmbeddedEngine(store), tmp_path, settings, **more))
        return opened[-1]

    yield start
    for one in opened:
        one.close()
