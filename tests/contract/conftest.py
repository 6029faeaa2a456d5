"""Every engine, and one night's work to give it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from helpers.night import Night, Recorder, options
from helpers.source import write_source

from linkage.engine.base import Engine
from linkage.engine.embedded import EmbeddedEngine
from linkage.nightly import run_nightly
from linkage.progress import Silent

ENGINES: dict[str, Callable[[Path], Engine]] = {"embedded": EmbeddedEngine}
"""A handle on the store in a folder; two handles on one store are as two processes."""


@pytest.fixture(params=sorted(ENGINES))
def connect(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Engine]:
    """Opens a handle on one store, each time a new one."""
    return lambda: ENGINES[request.param](tmp_path / "store")


@pytest.fixture(scope="session")
def night(tmp_path_factory: pytest.TempPathFactory) -> Night:
    """One real night, as the pipeline hands it over."""
    folder = tmp_path_factory.mktemp("night")
    source = write_source(folder / "source")
    engine = Recorder(EmbeddedEngine(folder / "store"))
    run_nightly(engine, options(source, "night"), Silent())
    view = engine.view()
    served = {name: getattr(view, name)() for name in ("memberships", "rings", "links", "hubs", "changes")}
    return Night(source=source, served=served, **engine.given)
