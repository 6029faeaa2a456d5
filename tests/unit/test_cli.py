"""How the command line ends: exit codes, one line for each failure, signals."""

import errno
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

import linkage
from linkage.cli import main
from linkage.cli.failures import CarefulGroup
from linkage.errors import (
    GateError,
    InputError,
    LinkageError,
    LockedError,
    ServerError,
    StoreError,
    UnknownRunError,
    UsageError,
)

ROOT = Path(linkage.__file__).parent.parent
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}


def run(
    *arguments: str, code: str = "from linkage.cli import main; main()"
) -> subprocess.CompletedProcess[str]:
    command: Sequence[str] = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=False, timeout=60)


def failing(error: BaseException) -> CarefulGroup:
    """A command line whose one command fails."""

    @click.group(cls=CarefulGroup)
    @click.option("--debug", is_flag=True)
    @click.pass_context
    def group(context: click.Context, debug: bool) -> None:
        context.obj.debug = debug

    @group.command()
    def go() -> None:
        raise error

    return group


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UsageError("told"), 2),
        (InputError("told"), 65),
        (ServerError("told"), 69),
        (StoreError("told"), 73),
        (UnknownRunError("told"), 2),
        (LockedError("told"), 75),
        (GateError("told"), 76),
        (click.UsageError("told"), 2),
        (OSError(errno.ENOSPC, "told"), 73),
        (PermissionError(errno.EACCES, "told", "file"), 73),
    ],
)
def test_a_failure_is_one_line_with_its_exit_code(error: BaseException, code: int) -> None:
    result = CliRunner().invoke(failing(error), ["go"])
    assert result.exit_code == code
    assert result.stdout == ""
    assert result.stderr.startswith("linkage: ")
    assert "told" in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_message_with_line_breaks_and_controls_stays_one_line() -> None:
    result = CliRunner().invoke(failing(InputError("a\nb\x1b[31m")), ["go"])
    assert result.stderr == "linkage: a b [31m\n"


@pytest.mark.parametrize("error", [ZeroDivisionError("told"), LinkageError("told")])
def test_a_bug_keeps_its_traceback_in_a_file(
    error: Exception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    result = CliRunner().invoke(failing(error), ["go"])
    assert result.exit_code == 70
    assert result.stderr.count("\n") == 1
    (kept,) = tmp_path.iterdir()
    assert str(kept) in result.stderr
    assert "Traceback" in kept.read_text()
    assert kept.stat().st_mode & 0o077 == 0


def test_debug_shows_the_traceback() -> None:
    result = CliRunner().invoke(failing(ZeroDivisionError("told")), ["--debug", "go"])
    assert result.exit_code == 70
    assert "Traceback" in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["foo"],
        ["nightly", "--no-such-option"],
        ["nightly"],
        ["nightly", "--source", ".", "--as-of", "yesterday"],
        ["nightly", "--source", ".", "--run-id", "../evil"],
        ["nightly", "--source", ".", "--config", "gone.toml"],
        ["export", "misp", "--out", "x.json"],
        ["export", "rings"],
        ["simulate"],
        ["simulate", "--out", "/dev/null/x", "--accounts", "3"],
        ["evaluate"],
        ["explain", "A"],
        ["runs"],
    ],
)
def test_usage_errors_are_exit_2(arguments: list[str]) -> None:
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 2
    assert "Traceback" not in result.stderr


def test_a_full_folder_is_not_written_into(tmp_path: Path) -> None:
    (tmp_path / "mine").touch()
    result = CliRunner().invoke(main, ["simulate", "--out", str(tmp_path)])
    assert result.exit_code == 2
    assert "not empty" in result.stderr
    result = CliRunner().invoke(main, ["demo", "--dir", str(tmp_path)])
    assert result.exit_code == 2
    assert [item.name for item in tmp_path.iterdir()] == ["mine"]


def test_help_and_version_of_the_process() -> None:
    assert run("--help").returncode == 0
    shown = run("--version")
    assert (shown.returncode, shown.stdout.split()[0]) == (0, "linkage")
    for command in ("demo", "simulate", "nightly", "export", "explain", "evaluate", "runs"):
        assert run(command, "--help").returncode == 0


def test_missing_input_of_the_process(tmp_path: Path) -> None:
    result = run("nightly", "--source", str(tmp_path / "gone"), "--store", str(tmp_path / "store"))
    assert result.returncode == 65
    assert result.stderr.startswith("linkage: ")


def test_a_failure_is_json_where_the_log_is(tmp_path: Path) -> None:
    source, store = str(tmp_path / "gone"), str(tmp_path / "store")
    result = run("nightly", "--source", source, "--store", store, "--log-format", "json")
    lines = [json.loads(line) for line in result.stderr.splitlines()]
    assert lines[-1]["event"] == "failed"
    assert lines[-1]["exit_code"] == result.returncode == 65
    assert result.stdout == ""


def test_an_empty_store_has_nothing_to_read(tmp_path: Path) -> None:
    store = str(tmp_path / "store")
    for arguments in (["export", "rings", "--out", "r.csv"], ["explain", "a", "b"]):
        result = CliRunner().invoke(main, [*arguments, "--store", store])
        assert result.exit_code == 73
        assert "no published run" in result.stderr
    assert CliRunner().invoke(main, ["runs", "list", "--store", store]).exit_code == 0


def test_importing_the_package_and_the_command_line_is_light() -> None:
    heavy = "{'numba', 'duckdb', 'pandas', 'pyarrow', 'scipy'}"
    result = run(code=f"import sys, linkage, linkage.cli; print(sorted({heavy} & set(sys.modules)))")
    assert result.stdout.strip() == "[]"


_LONG = """
import click, linkage.cli.signals
linkage.cli.signals.GRACE = 0.5
from linkage.cli.failures import CarefulGroup

@click.group(cls=CarefulGroup)
def group(): pass

@group.command()
def sleeping():
    import time
    try:
        print("ready", flush=True); time.sleep(60)
    finally:
        print("cleaned", flush=True)

@group.command()
def querying():
    from linkage.warehouse import Warehouse
    with Warehouse.open() as warehouse:
        print("ready", flush=True)
        warehouse.arrow("SELECT sum(a.range * b.range) FROM range(10000000) a, range(1000000) b")

group()
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("command", ["sleeping", "querying"])
def test_signals_end_cleanly(command: str, number: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _LONG, command],
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(0.3)
        process.send_signal(number)
        try:
            out, error = process.communicate(timeout=20)
        finally:
            process.kill()
    assert process.returncode == 128 + number
    assert error.startswith("linkage: ")
    assert error.count("\n") == 1
    assert number.name in error
    assert command == "querying" or out == "cleaned\n"
