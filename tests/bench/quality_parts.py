"""The parts of one measured case, and what each depends on: a change of the detector repeats only nights and reports.

Every part is a process of its own, whose processor time and peak memory are put down, and leaves one JSON file
`OUT/CASE/PART.json` with its key: a digest of the code and the input that it came from. It is done again when the key
changes, unless the caller says that an older result will do.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
LEVELS = ("easy", "careful", "paranoid")
#: A world without rings, whatever operators would do: all that is flagged there is a mistake.
NO_FRAUD = "none"
LABELS = {"wallets": "labels.csv", "prompts": "dev_labels.jsonl"}
AS_OF = "2026-06-30"
PARTS = ("world", "single", "rules", "night", "report", "left_out")

#: What simple rules and the ideal detector are made of: how a source is read, and nothing that links or judges.
_RULES = (
    *(f"linkage/evaluate/{name}.py" for name in ("baselines", "groups", "intervals", "labels", "observe", "oracle")),
    *(f"linkage/evaluate/{name}.py" for name in ("report", "tallies", "truth", "yardstick")),
    "linkage/sql/evaluate", "linkage/sources", "linkage/sql/sources", "linkage/sightings", "linkage/sql/sightings",
    "linkage/identifiers", "linkage/templates", "linkage/run/horizon.py", "tests/bench/quality_rules.py",
)  # fmt: skip
#: Of these, what no figure depends on: of a rule how values are sealed and called, of a night what only shows it.
_NO_MATTER: dict[str, tuple[str, ...]] = {
    "rules": ("linkage/identifiers/keys.py", "linkage/identifiers/labels.py")
}
_NO_MATTER["night"] = (
    "linkage/simulate", "linkage/evaluate", "linkage/sql/evaluate", "linkage/cli", "linkage/localserver",
    "linkage/engine/neo4j", "linkage/sql/access", "linkage/sql/reader", "linkage/sql/serving", "linkage/access.py",
    "linkage/demo.py", "linkage/explain.py", "linkage/export.py",
)  # fmt: skip
CODE: dict[str, tuple[str, ...]] = {
    "world": ("linkage/simulate",),
    "single": ("tests/bench/giveaway.py", "tests/bench/giveaway.sql"),
    "rules": _RULES,
    "night": ("linkage",),
    "report": ("linkage/evaluate", "linkage/sql/evaluate"),
    "left_out": ("tests/bench/quality_left_out.py",),
}
#: Which part's result another one reads.
NEEDS = {
    "single": ("world",),
    "rules": ("world",),
    "night": ("world",),
    "report": ("night",),
    "left_out": ("night",),
}


@dataclass(frozen=True)
class Case:
    """A simulated world (level NO_FRAUD: without rings), or with `level` empty the real data set of that name."""

    scale: str
    level: str = ""
    seed: int = 0

    @property
    def name(self) -> str:
        return f"{self.scale}-{self.level}-{self.seed}" if self.level else self.scale

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts that tell something of it, in their order."""
        if not self.level:
            return ("rules", "night", "report")
        return tuple(part for part in PARTS if self.level in LEVELS or part not in ("single", "rules"))


@dataclass(frozen=True)
class Bench:
    """Where everything is kept, where real data are, which parts are wanted, and of which an older result will do."""

    out: Path
    data: Path
    keep: Collection[str] = ()
    only: Collection[str] = PARTS

    def measure(self, case: Case, say: Callable[[str], None]) -> bool:
        """Every part of the case that is not there yet; False where one failed (the rest is still tried)."""
        failed: set[str] = set()
        for part in case.parts:
            if part not in self.only or self._there(case, part) or failed & set(NEEDS.get(part, ())):
                continue
            say(f"{case.name}: {part}")
            try:
                self._do(case, part)
            except subprocess.CalledProcessError as error:
                say(f"{case.name}: {part} failed with exit code {error.returncode}")
                failed.add(part)
        return not failed

    def key(self, case: Case, part: str) -> str:
        """What the part's result depends on, as one digest."""
        places = (CODE[part], _NO_MATTER.get(part, ()))
        told = [digest(*((ROOT / path for path in paths) for paths in places))]
        told += [self.key(case, other) for other in NEEDS.get(part, ()) if other in case.parts]
        if not case.level:
            config = ROOT / "examples" / case.scale / "linkage.toml"
            files = sorted(path for path in (self.data / case.scale).glob("*") if path.is_file())
            told += [
                config.read_text(encoding="utf-8"),
                *(f"{path.name} {path.stat().st_size}" for path in files),
            ]
        return hashlib.sha256("\0".join([case.name, part, *told]).encode()).hexdigest()

    def read(self, case: Case, part: str) -> dict[str, Any] | None:
        """What was measured, by whatever code: key, found, cpu_seconds, seconds, peak_mib."""
        path = self._file(case, part)
        found: dict[str, Any] | None = json.loads(path.read_text()) if path.exists() else None
        return found

    def world(self, case: Case) -> Path:
        """Where the case's source is."""
        return self.out / case.name / "world" if case.level else self.data / case.scale

    def curve(self, case: Case) -> Path:
        """The picture that the report of a world with rings leaves."""
        return self.out / case.name / "curve.svg"

    def _file(self, case: Case, part: str) -> Path:
        return self.out / case.name / f"{part}.json"

    def _there(self, case: Case, part: str) -> bool:
        known = self.read(case, part)
        return known is not None and (part in self.keep or known["key"] == self.key(case, part))

    def _do(self, case: Case, part: str) -> None:
        folder = self.out / case.name
        folder.mkdir(parents=True, exist_ok=True)
        file = self._file(case, part)
        file.unlink(missing_ok=True)
        key = self.key(case, part)
        with tempfile.TemporaryDirectory(dir=folder, prefix="part-") as scratch:
            answer = Path(scratch) / "answer.json"
            cost = _run(self._command(case, part, Path(scratch), answer))
            found = json.loads(answer.read_text()) if answer.exists() and answer.read_text().strip() else {}
            written = Path(scratch) / "result.json"
            written.write_text(json.dumps({"key": key, **cost, "found": found}))
            written.replace(file)

    def _command(self, case: Case, part: str, scratch: Path, answer: Path) -> list[str]:
        """The process that does the part and leaves what it found in `answer`."""
        source, store = self.world(case), self.out / case.name / "store"
        labels = source / LABELS.get(case.scale, "labels.parquet")
        moment = ["--as-of", AS_OF] if case.level else []
        config = ["--config", str(_config(case, scratch))]
        if part == "world":
            shutil.rmtree(source, ignore_errors=True)
            level, fraud = (case.level, []) if case.level in LEVELS else ("careful", ["--fraud", "0"])
            made = ["--scale", case.scale, "--level", level, "--seed", str(case.seed), *fraud]
            return ["linkage", "simulate", "--out", str(source), *made]
        if part == "single":
            return ["tests.bench.giveaway", "--json", str(answer), str(source)]
        if part == "rules":
            return ["tests.bench.quality_rules", str(source), str(labels), str(answer), *moment, *config]
        if part == "night":
            shutil.rmtree(store, ignore_errors=True)
            return ["linkage", "nightly", "--source", str(source), "--store", str(store), *moment, *config]
        if part == "left_out":
            return ["tests.bench.quality_left_out", str(source), str(store), str(answer)]
        told = ["--stories", str(source / "stories.parquet")] if case.level else []
        if case.level in LEVELS:
            told += ["--curve", str(self.curve(case))]
        told += ["--labels", str(labels), "--store", str(store), "--json", str(answer)]
        return ["linkage", "evaluate", *told, *config]


def _config(case: Case, scratch: Path) -> Path:
    """The configuration of a real data set; a simulated world's night keeps its tables, for what is left out."""
    if not case.level:
        return ROOT / "examples" / case.scale / "linkage.toml"
    path = scratch / "linkage.toml"
    path.write_text("[run]\nkeep_tables = true\n", encoding="utf-8")
    return path


def _run(command: list[str]) -> dict[str, float]:
    """Runs a module to its end: processor seconds, seconds and peak MiB; CalledProcessError where it fails."""
    begun = time.monotonic()
    with subprocess.Popen(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as process:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return {
        "cpu_seconds": round(used.ru_utime + used.ru_stime, 1),
        "seconds": round(time.monotonic() - begun, 1),
        "peak_mib": round(used.ru_maxrss / unit, 1),
    }


def digest(paths: Iterable[Path], but: Iterable[Path] = ()) -> str:
    """A digest of the code (Python, SQL and word lists) in these files and folders, without some of them."""
    left_out = tuple(but)
    files = sorted(
        file
        for path in paths
        for file in (path.rglob("*") if path.is_dir() else [path])
        if file.suffix in (".py", ".sql", ".txt")
        and not any(file.is_relative_to(other) for other in left_out)
    )
    total = hashlib.sha256()
    for file in files:
        total.update(
            file.relative_to(file.parents[1]).as_posix().encode() + b"\0" + file.read_bytes() + b"\0"
        )
    return total.hexdigest()
