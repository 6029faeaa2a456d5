"""Which server there is to run, and its Java archives: resolved once by jgo, then taken from the user's cache."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from linkage.errors import ServerError, UsageError
from linkage.localserver.files import locked, user_folder, writing

# The first time some 340 archives are fetched, 150 MB: minutes on a slow line.
_FETCH_SECONDS = 1800.0
_AT_ONCE = 8


@dataclass(frozen=True)
class Line:
    """A release of the server with the release of Graph Data Science that fits it."""

    name: str
    neo4j: str
    gds: str

    @property
    def coordinates(self) -> tuple[str, ...]:
        """What to resolve; everything else follows from these."""
        return (
            f"org.neo4j:neo4j:{self.neo4j}",
            f"org.neo4j.app:neo4j-server:{self.neo4j}",
            f"org.neo4j.gds:proc:{self.gds}",
            f"org.neo4j.gds:opengds-extension:{self.gds}",
        )


LINES = {
    "lts": Line("lts", neo4j="5.26.30", gds="2.13.9"),
    "current": Line("current", neo4j="2026.01.4", gds="2.26.0"),
}
"""Long-term support is the default; the current line is what comes next. Both run on Java 21."""


@dataclass(frozen=True)
class Jars:
    """Paths of the server's own archives and of those of the plugin."""

    server: tuple[Path, ...]
    plugin: tuple[Path, ...]


def cache_folder() -> Path:
    """Where archives stay between runs; outside of any repository."""
    return user_folder("XDG_CACHE_HOME", ".cache")


def fetch(line: Line, say: Callable[[str], None], cache: Path | None = None) -> Jars:
    """The archives of a line, fetched where they are missing. ServerError when the registry cannot be reached."""
    cache = cache or cache_folder()
    listing = cache / "neo4j" / f"{line.neo4j}-{line.gds}.json"
    with locked(cache / "neo4j" / "lock", _FETCH_SECONDS):
        known = _read(listing, cache)
        if known is None:
            say(f"fetching Neo4j {line.neo4j} and Graph Data Science {line.gds}, once (about 150 MB)")
            known = _resolve(line, cache / "maven")
            with writing(listing.parent):
                kept = {
                    group: [str(path.relative_to(cache)) for path in paths] for group, paths in known.items()
                }
                listing.write_text(json.dumps(kept, indent=1), encoding="utf-8")
    return Jars(server=tuple(known["server"]), plugin=tuple(known["plugin"]))


def _read(listing: Path, cache: Path) -> dict[str, list[Path]] | None:
    """What was resolved before, if all of it is still there."""
    try:
        kept = json.loads(listing.read_text(encoding="utf-8"))
        found = {group: [cache / path for path in kept[group]] for group in ("server", "plugin")}
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return found if all(path.is_file() for paths in found.values() for path in paths) else None


def _resolve(line: Line, repository: Path) -> dict[str, list[Path]]:
    try:
        from jgo.constants import MAVEN_CENTRAL_URL
        from jgo.maven import Artifact, MavenContext
    except ModuleNotFoundError as error:
        raise UsageError("a local Neo4j needs more packages: pip install 'linkage[neo4j-local]'") from error

    def located(artifact: Artifact) -> tuple[str, Path]:
        return artifact.groupId, artifact.resolve()

    with writing(repository):
        repository.mkdir(parents=True, exist_ok=True)
    context = MavenContext(repo_cache=repository, remote_repos={"central": MAVEN_CENTRAL_URL}, timeout=60)
    try:
        wanted = [context.create_dependency(coordinate) for coordinate in line.coordinates]
        own, further = context.resolver.resolve(wanted)
        needed = [*own, *(item for item in further if item.scope in ("compile", "runtime"))]
        artifacts = [item.artifact for item in needed]
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            found = sorted(set(pool.map(located, artifacts)))
    except (RuntimeError, ValueError, OSError) as error:
        raise ServerError(f"Neo4j {line.neo4j} cannot be fetched: {error}") from error
    plugin = [path for group, path in found if group == "org.neo4j.gds"]
    return {"server": [path for group, path in found if group != "org.neo4j.gds"], "plugin": plugin}
