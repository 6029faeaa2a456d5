"""How well rings are found, beside simple rules and an ideal detector: fills the tables of docs/quality.md.

`make quality`, or `python -m tests.bench.quality --help`. Every case (a scale, level and seed, or a real data set) is
measured once and kept under ./bench-out/quality/ until the code changes; a call that was cut short goes on.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.quality_page import fill

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "quality.md"
CURVES = ROOT / "docs" / "curves"
LEVELS = ("easy", "careful", "paranoid")
#: The seeds that the page reports; a small world has few rings, hence several.
SEEDS = {"small": (1, 2, 3), "medium": (1,)}
LABELS = {"wallets": "labels.csv", "prompts": "dev_labels.jsonl"}
AS_OF = "2026-06-30"


@dataclass(frozen=True)
class Case:
    """A simulated world, or with `level` empty the real data set of that name."""

    scale: str
    level: str = ""
    seed: int = 0

    @property
    def name(self) -> str:
        return f"{self.scale}-{self.level}-{self.seed}" if self.level else self.scale


def main() -> None:
    """Measures what is not measured yet, then writes the page from all that is."""
    arguments = _arguments()
    out: Path = arguments.out.resolve()
    for folder in (out / "worlds", out / "stores", CURVES):
        folder.mkdir(parents=True, exist_ok=True)
    if not arguments.render:
        for case in cases(arguments.scale, arguments.level, arguments.data):
            measure(case, out, arguments.data)
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(fill(text, results(out), LEVELS, SEEDS), encoding="utf-8")
    print(PAGE)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.quality", description=__doc__)
    parser.add_argument(
        "--scale", action="append", choices=[*SEEDS, *LABELS], help="only these; may be repeated"
    )
    parser.add_argument("--level", action="append", choices=LEVELS, help="only these; may be repeated")
    parser.add_argument(
        "--data",
        type=Path,
        default=ROOT.parent / "shared" / "data",
        metavar="DIR",
        help="holds the real data, wallets/ and prompts/; what is not there is left out",
    )
    parser.add_argument("--out", type=Path, default=ROOT / "bench-out" / "quality", metavar="DIR")
    parser.add_argument(
        "--render", action="store_true", help="only write the page from what was measured before"
    )
    return parser.parse_args()


def cases(scales: list[str] | None, levels: list[str] | None, data: Path) -> Iterator[Case]:
    """The cases asked for, small before medium."""
    for scale, seeds in SEEDS.items():
        if scales is None or scale in scales:
            yield from (Case(scale, level, seed) for level in levels or LEVELS for seed in seeds)
    for name in LABELS:
        if (scales is None or name in scales) and (data / name).is_dir():
            yield Case(name)


def measure(case: Case, out: Path, data: Path) -> None:
    """One case, unless the same code has measured it: a world, a night, and the report as JSON."""
    result = out / f"{case.name}.json"
    code = digest(ROOT / "linkage")
    if result.exists() and json.loads(result.read_text())["code"] == code:
        _say(f"{case.name}: measured before")
        return
    config: list[str] = []
    if case.level:
        source = _world(case, out)
        labels, moment = source / "labels.parquet", ["--as-of", AS_OF]
        extra = ["--stories", str(source / "stories.parquet")]
    else:
        source, moment, extra = data / case.scale, [], []
        labels = source / LABELS[case.scale]
        config = ["--config", str(ROOT / "examples" / case.scale / "linkage.toml")]
    store, report = out / "stores" / case.name, out / f"{case.name}.report.json"
    shutil.rmtree(store, ignore_errors=True)
    _say(f"{case.name}: a night")
    _linkage("nightly", "--source", str(source), "--store", str(store), *moment, *config)
    _say(f"{case.name}: the report")
    if case.level and case.seed == SEEDS[case.scale][0]:
        extra += ["--curve", str(CURVES / f"{case.scale}-{case.level}-{case.seed}.svg")]
    _linkage(
        "evaluate", "--labels", str(labels), "--source", str(source), "--store", str(store),
        "--json", str(report), *extra, *config,
    )  # fmt: skip
    found = {"code": code, "report": json.loads(report.read_text()), "giveaway": _giveaway(case, source)}
    report.unlink()
    shutil.rmtree(store)
    result.write_text(json.dumps(found))


def results(out: Path) -> dict[str, dict[str, Any]]:
    """What was measured, by the case's name; says on stderr what older code measured."""
    code = digest(ROOT / "linkage")
    found = {}
    for path in sorted(out.glob("*.json")):
        if path.name.endswith(".report.json"):
            continue
        found[path.stem] = json.loads(path.read_text())
        if found[path.stem]["code"] != code:
            _say(f"{path.stem}: measured by other code than this")
    return found


def digest(*folders: Path) -> str:
    """A digest of the code in these folders."""
    total = hashlib.sha256()
    for folder in folders:
        for path in sorted(path for path in folder.rglob("*") if path.suffix in (".py", ".sql")):
            total.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


def _world(case: Case, out: Path) -> Path:
    """The case's world, from an earlier call where the simulator is still the same."""
    world, done = out / "worlds" / case.name, out / "worlds" / f"{case.name}.done"
    code = digest(ROOT / "linkage" / "simulate")
    if not done.exists() or done.read_text() != code:
        _say(f"{case.name}: simulating")
        shutil.rmtree(world, ignore_errors=True)
        _linkage(
            "simulate", "--out", str(world), "--scale", case.scale, "--level", case.level,
            "--seed", str(case.seed),
        )  # fmt: skip
        done.write_text(code)
    return world


def _giveaway(case: Case, source: Path) -> dict[str, Any] | None:
    """What single accounts give away, where that check is there and the world has rings enough for it."""
    if not case.level or not (ROOT / "tests" / "bench" / "giveaway.py").exists():
        return None
    _say(f"{case.name}: single accounts")
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.giveaway", str(source)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        _say(f"{case.name}: single accounts were not judged: {done.stderr.strip().splitlines()[-1:]}")
        return None
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _linkage(*words: str) -> None:
    subprocess.run([sys.executable, "-m", "linkage", *words], cwd=ROOT, stdout=subprocess.DEVNULL, check=True)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
