"""What the documents say is there: commands, options, make targets, links, SQL files; and no registry's host name."""

from __future__ import annotations

import collections
import contextlib
import re
import shlex
import sqlite3
import subprocess
from pathlib import Path

import click
import duckdb
import pytest

from linkage import Published
from linkage.cli import main
from linkage.settings import load_settings

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = ("README.md", "CONTRIBUTING.md")
SQL = ROOT / "linkage" / "sql"
# Put together here, so that they stand nowhere.
HOSTS = tuple(
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("crates", "io"),
        ("rubygems", "org"),
        ("anaconda", "org"),
        ("proxy", "golang", "org"),
        ("maven", "org"),
        ("deb", "debian", "org"),
    )
)
FOLDERS_OF_TOOLS = {
    ".venv", ".git", "__pycache__", "bench-out", "demo-store", "linkage-demo", "linkage-store", "dist", "build",
}  # fmt: skip


def shell_lines(document: str) -> list[str]:
    """The commands in a document's shell blocks, without comments and continuation lines."""
    text = (ROOT / document).read_text(encoding="utf-8")
    lines: list[str] = []
    for block in re.findall(r"^[ \t]*```sh\n(.*?)^[ \t]*```", text, re.DOTALL | re.MULTILINE):
        joined = block.replace("\\\n", " ")
        lines += [
            line.strip() for line in joined.splitlines() if line.strip() and not line.strip().startswith("#")
        ]
    return lines


COMMANDS = [(document, line) for document in DOCUMENTS for line in shell_lines(document)]


def tracked_files() -> list[Path]:
    """The files of the repository; of a copy without one, all that no tool has made."""
    if (ROOT / ".git").exists():
        command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode()
        return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]
    return [
        path
        for path in ROOT.rglob("*")
        if path.is_file()
        and not any(
            part in FOLDERS_OF_TOOLS or part.endswith("_cache") for part in path.relative_to(ROOT).parts
        )
    ]


def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


def known_options(command: click.Command) -> set[str]:
    context = click.Context(command)
    return {
        name
        for parameter in command.get_params(context)
        if isinstance(parameter, click.Option)
        for name in (*parameter.opts, *parameter.secondary_opts)
    }


def check_linkage(words: list[str]) -> None:
    """Fails where the words after `linkage` are no command, or have options or too many arguments."""
    command: click.Command = main
    rest = list(words)
    while isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
        found = command.get_command(click.Context(command), rest[0])
        assert found is not None, f"there is no command {rest[0]}"
        command = found
        rest = rest[1:]
    unknown = {word.split("=")[0] for word in rest if word.startswith("-")} - known_options(command)
    assert not unknown, f"{command.name} has no option {unknown}"
    if not isinstance(command, click.Group):
        command.make_context(command.name, list(rest))


@pytest.mark.parametrize(("document", "line"), COMMANDS, ids=[f"{doc}: {line}" for doc, line in COMMANDS])
def test_commands_in_the_documents_exist(document: str, line: str) -> None:
    words = shlex.split(line, comments=True)
    match words[0]:
        case "make":
            assert set(words[1:]) <= make_targets()
        case "linkage":
            check_linkage(words[1:])
        case "pip":
            assert words[1] == "install"
            extras = re.fullmatch(r"\.(?:\[([a-z0-9,-]+)\])?", words[2])
            assert extras, words
            assert set((extras[1] or "neo4j").split(",")) <= {"neo4j", "neo4j-local"}
        case "export":
            assert re.fullmatch(r"LINKAGE_[A-Z0-9_]+=.*", words[1])
        case other:
            pytest.fail(f"{document} shows a command that this test does not know: {other}")


def test_the_readme_shows_its_two_commands_first() -> None:
    assert shell_lines("README.md")[:2] == ["make demo", "make test"]


def test_commands_named_in_running_text_exist() -> None:
    for path in [ROOT / name for name in (*DOCUMENTS, "CHANGELOG.md")] + sorted(
        (ROOT / "docs").rglob("*.md")
    ):
        text = path.read_text(encoding="utf-8")
        for words in re.findall(r"`linkage ((?:[a-z0-9]+ ?)+)[^`]*`", text):
            first, *_ = words.split()
            assert main.get_command(click.Context(main), first), f"{path.name}: linkage {first}"
        for target in re.findall(r"`make ([a-z-]+)`", text):
            assert target in make_targets(), f"{path.name}: make {target}"


def test_configurations_in_the_documents_are_read(tmp_path: Path) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^[ \t]*```toml\n(.*?)^[ \t]*```", text, re.DOTALL | re.MULTILINE)
    assert blocks
    for number, block in enumerate(blocks):
        path = tmp_path / f"{number}.toml"
        path.write_text(block, encoding="utf-8")
        assert load_settings(path).sources
    for path in ROOT.glob("examples/*/linkage.toml"):
        assert load_settings(path).sources


def test_constants_in_the_method_are_those_of_the_code() -> None:
    code = {
        name: value
        for path in (ROOT / "linkage").rglob("*.py")
        for name, value in re.findall(
            r"^([A-Z_]{4,}) = (-?[0-9.]+)$", path.read_text(encoding="utf-8"), re.MULTILINE
        )
    }
    told = re.findall(
        r"\b([A-Z_]{4,})`? = (-?[0-9.]*[0-9])", (ROOT / "docs" / "method.md").read_text(encoding="utf-8")
    )
    assert len(told) > 15
    wrong = [(name, value, code.get(name)) for name, value in told if code.get(name) != value]
    assert not wrong


def test_the_python_in_the_readme_calls_what_there_is() -> None:
    called = set(re.findall(r"\brun\.([a-z]+)\(", (ROOT / "README.md").read_text(encoding="utf-8")))
    assert "rings" in called
    assert called <= set(dir(Published))


def test_links_between_documents_lead_somewhere() -> None:
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "cypher").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
            assert (path.parent / target).exists(), f"{path.name} links to {target}"


def test_a_typo_in_a_document_would_be_seen() -> None:
    with pytest.raises(AssertionError, match="no command nightlyy"):
        check_linkage(["nightlyy", "--source", "x"])
    with pytest.raises(AssertionError, match="no option"):
        check_linkage(["nightly", "--sauce", "x"])
    with pytest.raises(click.UsageError):
        check_linkage(["explain", "a"])


def test_no_file_names_a_registry_host() -> None:
    found = []
    for path in tracked_files():
        content = path.read_bytes().lower()
        found += [f"{path.relative_to(ROOT)}: {host}" for host in HOSTS if host.encode() in content]
    assert not found


def test_pins_are_exact_and_nothing_else() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    odd = [line for line in lines if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.]+", line)]
    assert not odd
    assert len(lines) > 30


def sql_files() -> list[Path]:
    return sorted(SQL.rglob("*.sql"))


def uses(text: str, folder: str, name: str) -> bool:
    """Whether code names a statement whole, or in parts: `f"{folder}/start_{rest}"` with the rest as a text."""
    if f'"{folder}/{name}"' in text:
        return True
    starts = re.findall(rf'f"{folder}/([a-z_]*)\{{', text)
    return any(name.startswith(start) and f'"{name.removeprefix(start)}"' in text for start in starts)


def test_every_sql_file_is_used() -> None:
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "linkage").rglob("*.py")]
    names = [(path.relative_to(SQL).parent.as_posix(), path.stem) for path in sql_files()]
    unused = [
        f"{folder}/{name}" for folder, name in names if not any(uses(text, folder, name) for text in sources)
    ]
    assert not unused


def test_every_sql_name_in_the_code_is_a_file() -> None:
    """The names that are written out whole in calls of `run`, `query` and `statement`."""
    called = re.compile(r'\b(?:run|query|statement)\(\s*"([a-z_/]+)"')
    missing = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in (ROOT / "linkage").rglob("*.py")
        if "neo4j" not in path.parts  # statements of Cypher: tests/neo4j looks at them
        for name in called.findall(path.read_text(encoding="utf-8"))
        if not (SQL / f"{name}.sql").is_file()
    ]
    assert not missing


@pytest.mark.parametrize("path", sql_files(), ids=lambda path: path.relative_to(SQL).as_posix())
def test_every_sql_file_holds_one_statement(path: Path) -> None:
    if path.parent.name == "access":  # SQLite's: it prepares one statement, or says that there are two
        with contextlib.closing(sqlite3.connect(":memory:")) as database:
            for name in ("create_key", "create_audit", "create_secret"):
                database.execute((path.parent / f"{name}.sql").read_text(encoding="utf-8"))
            database.execute(path.read_text(encoding="utf-8"), collections.defaultdict(bytes))
        return
    # Literal braces and the like are the parser's business: what it splits is what would be run.
    assert len(duckdb.extract_statements(path.read_text(encoding="utf-8"))) == 1
