"""A night over a source that somebody spoilt, through the command line."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from click.testing import CliRunner, Result

import linkage
from linkage.cli import main

AS_OF = "2026-03-01T00:00:00Z"
LENIENT = "[run]\nquarantine_limit = 1.0\n"
ACCOUNTS = "account_id,created_at\n" + "".join(f"a{i},2026-01-01\n" for i in range(1, 5))
SESSIONS = "account_id,ts,ip\na1,2026-01-02,8.8.8.8\na2,2026-01-02,8.8.8.8\n"


@dataclass
class SpoiltNight:
    """A source folder to spoil, and a store in which an earlier run is published."""

    folder: Path
    config: str = ""
    runs: int = field(default=0, init=False)

    @property
    def source(self) -> Path:
        return self.folder / "source"

    @property
    def store(self) -> Path:
        return self.folder / "store"

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.source / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def run(self, *more: str) -> Result:
        self.runs += 1
        arguments = ["nightly", "--source", self.source, "--store", self.store, "--as-of", AS_OF]
        arguments += ["--run-id", f"run{self.runs}"]
        if self.config:
            path = self.folder / "linkage.toml"
            path.write_text(self.config)
            arguments += ["--config", path]
        return CliRunner().invoke(main, [*map(str, arguments), *more])

    def refused(self, code: int, *parts: str) -> str:
        """Runs it: it must end with `code` and one line that says `parts`, and publish nothing."""
        result = self.run()
        assert result.exit_code == code, result.stderr
        lines = [line for line in result.stderr.splitlines() if line.startswith("linkage: ")]
        assert len(lines) == 1, result.stderr
        assert result.stderr.endswith(lines[0] + "\n")
        assert "Traceback" not in result.stderr
        assert "a bug" not in result.stderr
        assert result.stdout == ""
        for part in parts:
            assert part in lines[0], lines[0]
        assert len(lines[0]) < 500
        self.unpublished()
        return lines[0]

    def unpublished(self) -> None:
        assert not (self.store / "current").exists()
        run = self.store / "runs" / f"run{self.runs}"
        assert not list(run.glob("*.parquet"))
        if (run / "run.json").exists():
            assert json.loads((run / "run.json").read_text())["status"] == "failed"
            assert not (run / "spill").exists()

    def published(self) -> dict[str, Any]:
        """Runs it to its publication; its counts."""
        result = self.run()
        assert result.exit_code == 0, result.stderr
        assert "Traceback" not in result.stderr
        run = linkage.open(self.store).run
        assert (run.run_id, run.status) == (f"run{self.runs}", "published")
        return run.counts

    def quarantined(self, table: str) -> list[tuple[str, int, str]]:
        path = self.store / "runs" / f"run{self.runs}" / "quarantine" / f"{table}.parquet"
        if not path.exists():
            return []
        return [(row["file"], row["line"], row["reason"]) for row in pq.read_table(path).to_pylist()]

    def accounts(self) -> list[str]:
        path = self.store / "runs" / f"run{self.runs}" / "accounts.parquet"
        return pq.read_table(path)["account_id"].to_pylist()
