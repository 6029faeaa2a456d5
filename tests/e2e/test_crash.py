"""A process that is killed, locked out or out of room: what was published stays, and the next run goes on."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from helpers.source import AS_OF, RING, write_source

import linkage
from linkage.cli import main

ROOT = Path(linkage.__file__).parent.parent
STALLED = """
import sys, time
from pathlib import Path
def stall(*_arguments, **_options):
    Path({flag!r}).touch()
    time.sleep(120)
import linkage.nightly
from linkage.engine.files import StoreFolder
{target} = stall
from linkage.cli import main
main()
"""


def call(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def nightly(source: Path, store: Path, run_id: str, *more: str) -> Result:
    return call("nightly", "--source", source, "--store", store, "--run-id", run_id, "--as-of", AS_OF, *more)


def published(store: Path) -> dict[str, object]:
    """All that readers get, as Python values."""
    run = linkage.open(store)
    return {
        name: getattr(run, name)().astype(str).to_dict("list")
        for name in ("memberships", "rings", "links", "hubs", "changes")
    }


def listed(store: Path) -> list[tuple[str, str]]:
    told = call("runs", "list", "--store", store, "--format", "json")
    assert told.exit_code == 0, told.stderr
    return [(run["run_id"], run["status"]) for run in json.loads(told.stdout)]


@contextmanager
def stalled(
    source: Path, store: Path, run_id: str, target: str, flag: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """A run in a process of its own that stands still at `target`."""
    command = [sys.executable, "-c", STALLED.format(flag=str(flag), target=target), "nightly"]
    command += ["--source", str(source), "--store", str(store), "--run-id", run_id, "--as-of", AS_OF]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        try:
            deadline = time.monotonic() + 60
            while not flag.exists():
                assert process.poll() is None, process.communicate()[1].decode()
                assert time.monotonic() < deadline
                time.sleep(0.02)
            yield process
        finally:
            process.kill()


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_source(tmp_path_factory.mktemp("crash") / "source")


@pytest.fixture(scope="module")
def undisturbed(source: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    store = tmp_path_factory.mktemp("undisturbed") / "store"
    for run_id in ("first", "second"):
        assert nightly(source, store, run_id).exit_code == 0
    return published(store)


def test_a_killed_run_leaves_the_previous_one_and_resume_ends_as_if_nothing_had_been(
    source, undisturbed, tmp_path
):
    store = tmp_path / "store"
    assert nightly(source, store, "first").exit_code == 0
    before = published(store)
    with stalled(source, store, "second", "linkage.nightly.judge_rings", tmp_path / "flag") as process:
        # While it works, nobody else may write and everybody may read.
        locked = nightly(source, store, "third")
        assert locked.exit_code == 75
        assert locked.stderr.count("\n") == 1 and "another run holds" in locked.stderr
        assert call("runs", "prune", "--store", store).exit_code == 75
        assert published(store) == before
        assert listed(store) == [("first", "published"), ("second", "running")]
        process.send_signal(signal.SIGKILL)
        process.wait(30)
    assert published(store) == before
    assert linkage.open(store).run.run_id == "first"
    assert linkage.open(store).explain(RING[0], RING[1]).linked
    resumed = nightly(source, store, "second", "--resume")
    assert resumed.exit_code == 0, resumed.stderr
    assert "ingest: done" not in resumed.stderr
    assert published(store) == undisturbed
    assert listed(store) == [("first", "published"), ("second", "published")]


@pytest.mark.parametrize("target", ["linkage.nightly.link_accounts", "StoreFolder.point_to"])
def test_a_run_killed_early_or_at_the_very_end_was_never_published(source, tmp_path, target):
    store = tmp_path / "store"
    with stalled(source, store, "dead", target, tmp_path / "flag") as process:
        process.send_signal(signal.SIGKILL)
        process.wait(30)
    told = call("runs", "show", "dead", "--store", store)
    assert told.exit_code == 0
    unread = call("export", "rings", "--store", store, "--out", tmp_path / "rings.csv")
    assert unread.exit_code == 73
    assert unread.stderr.count("\n") == 1
    # The next run is not disturbed by the remains, closes the dead one, and can take them away.
    assert nightly(source, store, "next").exit_code == 0
    assert linkage.open(store).run.run_id == "next"
    assert ("dead", "published") not in listed(store)
    assert call("runs", "prune", "--store", store).exit_code == 0
    assert listed(store) == [("next", "published")]


def clear_failure(result: Result, code: int) -> str:
    """The one line on stderr that is not a stage's."""
    assert result.exit_code == code, result.stderr
    lines = [line for line in result.stderr.splitlines() if line.startswith("linkage: ")]
    assert len(lines) == 1, result.stderr
    assert "Traceback" not in result.stderr + result.stdout
    assert result.stdout == ""
    return lines[0]


@pytest.mark.parametrize("place", ["file/store", "/proc/linkage-store"])
def test_a_store_that_cannot_be_written_is_one_line(source, tmp_path, place):
    (tmp_path / "file").write_text("")
    line = clear_failure(nightly(source, tmp_path / place, "one"), 73)
    assert "cannot be written" in line


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of a quarter of a MiB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", disk]
    mounted = subprocess.run(command, capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip("may not mount")
    yield disk
    subprocess.run(["umount", "-l", disk], check=True)


def test_a_full_disk_is_one_line_and_what_was_published_stays(source, small_disk):
    store = small_disk / "store"
    runs = 0
    result = nightly(source, store, "run0")
    while result.exit_code == 0 and runs < 20:
        runs += 1
        result = nightly(source, store, f"run{runs}")
    clear_failure(result, 73)
    assert "room" in result.stderr or "space" in result.stderr.lower()
    if runs:
        assert linkage.open(store).run.run_id == f"run{runs - 1}"
        assert len(linkage.open(store).memberships()) == len(RING)
        assert (f"run{runs}", "published") not in listed(store)
        assert call("runs", "prune", "--keep", "1", "--store", store).exit_code == 0


def test_a_disk_that_is_full_from_the_start_is_one_line(source, small_disk):
    handle = os.open(small_disk / "filler", os.O_WRONLY | os.O_CREAT)
    with pytest.raises(OSError, match="No space"):
        while True:
            os.write(handle, b"x" * 4096)
    os.close(handle)
    clear_failure(nightly(source, small_disk / "store", "one"), 73)


def test_a_disk_mounted_read_only_is_one_line_and_can_be_read(source, small_disk, tmp_path):
    store = small_disk / "store"
    subprocess.run(["mount", "-o", "remount,size=8m", small_disk], check=True)
    assert nightly(source, store, "one").exit_code == 0
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    line = clear_failure(nightly(source, store, "two"), 73)
    assert "read-only" in line.lower() or "cannot be written" in line
    assert len(linkage.open(store).memberships()) == len(RING)
    assert linkage.open(store).explain(RING[0], RING[1]).linked
    assert call("export", "links", "--store", store, "--out", tmp_path / "links.csv").exit_code == 0
