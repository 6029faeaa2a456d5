"""The local server: started once, found again, and one clear line for whatever is in its way."""

import json
import os
import socket
from dataclasses import asdict, replace
from pathlib import Path

import psutil
import pytest
from click.testing import CliRunner
from helpers.server import own_home

from linkage.cli import main
from linkage.errors import LockedError, ServerError, StoreError, UsageError
from linkage.localserver import LINES, ServerOptions, down, process, status, up
from linkage.localserver.files import locked
from linkage.localserver.home import build, password_of
from linkage.localserver.jars import Jars, fetch
from linkage.localserver.process import Server


@pytest.fixture
def home(neo4j_server) -> Path:
    """The home of the session's server."""
    if "LINKAGE_TEST_NEO4J_URI" in os.environ:
        pytest.fail("these tests look at the process: they need the session's own server")
    return own_home()


def test_a_second_start_finds_the_first(home):
    running = status(home)
    again, fresh = up(ServerOptions(home=home))
    assert not fresh
    assert again == running
    assert psutil.pid_exists(again.pid)


def test_the_command_line_tells_of_it(home):
    found = CliRunner().invoke(main, ["neo4j", "status", "--home", str(home), "--format", "json"])
    assert found.exit_code == 0
    told = json.loads(found.stdout)
    assert told["uri"].startswith("bolt://127.0.0.1:")
    assert "password" not in found.stdout
    started = CliRunner().invoke(main, ["neo4j", "up", "--home", str(home)])
    assert started.exit_code == 0
    assert "was up already" in started.stdout
    assert (home / "password").read_text().strip() not in started.output


def test_only_the_owner_reads_the_password(home):
    assert (home / "password").stat().st_mode & 0o777 == 0o600


def test_it_reads_its_pages_in_place(home):
    log = (home / "logs" / "debug.log").read_text()
    assert "DiagnosticsManager" in log
    assert "fallback mode" not in log


def test_where_none_runs_the_command_line_says_so_with_exit_code_69(tmp_path):
    found = CliRunner().invoke(main, ["neo4j", "status", "--home", str(tmp_path)])
    assert found.exit_code == 69
    assert found.stderr.count("\n") == 1
    stopped = CliRunner().invoke(main, ["neo4j", "down", "--home", str(tmp_path)])
    assert stopped.exit_code == 0
    assert "nothing runs there" in stopped.stdout


def pid_file(home: Path, pid: int, started: float) -> Path:
    server = Server(str(home), "lts", "5.26.30", "2.13.9", 1, 2, pid, started)
    (home / "run").mkdir()
    path = home / "run" / "linkage.json"
    path.write_text(json.dumps(asdict(server)))
    return path


def test_a_stale_pid_is_no_server_and_another_process_of_that_number_is_left_alone(tmp_path):
    # This very process has the number, and began at another time.
    path = pid_file(tmp_path, os.getpid(), 1.0)
    assert status(tmp_path) is None
    assert not path.exists()
    assert not down(tmp_path)


def test_a_broken_pid_file_is_no_server(tmp_path):
    path = pid_file(tmp_path, os.getpid(), 1.0)
    path.write_text("{")
    assert status(tmp_path) is None


def test_a_taken_port_is_one_clear_line(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ServerError, match=f"port {port} is taken.*--bolt-port") as caught:
            up(ServerOptions(home=tmp_path, bolt_port=port, http_port=0))
    assert caught.value.exit_code == 69


def test_a_full_disk_is_one_clear_line(tmp_path):
    with pytest.raises(StoreError, match="cannot be written") as caught:
        up(ServerOptions(home=Path("/proc/linkage-neo4j")))
    assert caught.value.exit_code == 73
    told = process._failure(
        "Neo4j", ["java.io.IOException: No space left on device", "ERROR Failed to start"]
    )
    assert isinstance(told, StoreError)
    assert "no room left" in str(told)


def test_a_server_that_ends_at_once_is_told_with_its_reason(tmp_path, monkeypatch):
    options = ServerOptions(home=tmp_path, bolt_port=0, http_port=0, heap="plenty")
    with pytest.raises(ServerError, match="heap"):
        up(options)
    assert status(tmp_path) is None


def test_a_home_of_the_other_line_is_refused(tmp_path):
    build(tmp_path, LINES["lts"], Jars((), ()))
    with pytest.raises(UsageError, match=r"5\.26\.30.*another --home"):
        build(tmp_path, LINES["current"], Jars((), ()))


def test_passwords_are_kept_and_checked(tmp_path):
    with pytest.raises(UsageError, match="8 characters"):
        password_of(tmp_path, "short")
    password, fresh = password_of(tmp_path, None)
    assert fresh
    assert len(password) >= 16
    assert password_of(tmp_path, None)[0] == password
    with pytest.raises(UsageError, match="another password"):
        password_of(tmp_path, "something else")


def test_who_waits_too_long_for_another_start_is_told(tmp_path):
    with (
        locked(tmp_path / "lock", 0.0),
        pytest.raises(LockedError, match="another process"),
        locked(tmp_path / "lock", 0.3),
    ):
        pass


def test_a_cached_archive_is_not_fetched_again_and_a_lost_one_is(tmp_path, monkeypatch):
    jar = tmp_path / "maven" / "a.jar"
    fetched = []

    def resolve(line, repository):
        fetched.append(line.name)
        jar.parent.mkdir(exist_ok=True)
        jar.write_text("")
        return {"server": [jar], "plugin": []}

    monkeypatch.setattr("linkage.localserver.jars._resolve", resolve)
    for _ in range(2):
        assert fetch(LINES["lts"], lambda text: None, tmp_path) == Jars((jar,), ())
    jar.unlink()
    fetch(LINES["lts"], lambda text: None, tmp_path)
    fetch(replace(LINES["lts"], gds="9"), lambda text: None, tmp_path)
    assert fetched == ["lts", "lts", "lts"]
