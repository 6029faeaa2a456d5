"""The server's home folder: links to its archives, its configuration, its initial password."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable
from pathlib import Path

from linkage.errors import UsageError
from linkage.localserver.files import writing
from linkage.localserver.jars import Jars, Line

# The server refuses shorter ones.
LEAST_PASSWORD = 8

#: What the settings of the server's distribution open. Without it the page cache copies what it could read in place,
#: and an import by the current line fails.
OPENED = tuple(f"--add-opens=java.base/{name}=ALL-UNNAMED" for name in ("java.nio", "java.io", "sun.nio.ch"))

_SETTINGS = """\
# Written by `linkage neo4j up`; changes are overwritten at the next start.
server.bolt.listen_address=127.0.0.1:{bolt}
server.bolt.advertised_address=127.0.0.1:{bolt}
server.http.listen_address=127.0.0.1:{http}
server.http.advertised_address=127.0.0.1:{http}
server.https.enabled=false
server.memory.heap.initial_size={heap}
server.memory.heap.max_size={heap}
server.memory.pagecache.size={pagecache}
dbms.security.procedures.unrestricted=gds.*
dbms.usage_report.enabled=false
"""


def build(home: Path, line: Line, jars: Jars) -> None:
    """Lays the folder out; what is there already stays. UsageError for a home of the other line."""
    with writing(home):
        for name in ("lib", "plugins", "conf", "data", "logs", "import", "run"):
            (home / name).mkdir(parents=True, exist_ok=True)
        mark = home / "line.json"
        if mark.exists():
            held = json.loads(mark.read_text(encoding="utf-8"))
            if held["neo4j"] != line.neo4j:
                raise UsageError(
                    f"{home} holds a database of Neo4j {held['neo4j']}, not {line.neo4j}: name another --home"
                )
        _link(home / "lib", jars.server)
        _link(home / "plugins", jars.plugin)
        mark.write_text(
            json.dumps({"line": line.name, "neo4j": line.neo4j, "gds": line.gds}), encoding="utf-8"
        )


def _link(folder: Path, targets: Iterable[Path]) -> None:
    # Two archives are both called neo4j-server: the last part of their group tells them apart.
    wanted = {f"{target.parents[2].name}-{target.name}": target for target in targets}
    for old in folder.iterdir():
        if old.is_symlink() and wanted.get(old.name) != old.readlink():
            old.unlink()
    for name, target in wanted.items():
        if not (folder / name).exists():
            (folder / name).symlink_to(target)


def configure(
    home: Path, *, bolt: int, http: int, heap: str, pagecache: str, more: Iterable[str] = ()
) -> None:
    """Writes the server's settings."""
    text = _SETTINGS.format(bolt=bolt, http=http, heap=heap, pagecache=pagecache) + "".join(
        f"{setting}\n" for setting in (*(f"server.jvm.additional={flag}" for flag in OPENED), *more)
    )
    with writing(home):
        (home / "conf" / "neo4j.conf").write_text(text, encoding="utf-8")


def password_of(home: Path, given: str | None) -> tuple[str, bool]:
    """The password of the user `neo4j`, and whether it must still be set: given, kept from before, or drawn now."""
    path = home / "password"
    if path.exists():
        kept = path.read_text(encoding="utf-8").strip()
        if given is not None and given != kept:
            raise UsageError(f"{home} has another password already: it stands in {path}")
        return kept, not (home / "data" / "databases").exists()
    password = given or secrets.token_hex(16)
    if len(password) < LEAST_PASSWORD:
        raise UsageError(f"a password of Neo4j has at least {LEAST_PASSWORD} characters")
    with writing(home):
        path.touch(mode=0o600)
        path.write_text(password + "\n", encoding="utf-8")
    return password, True
