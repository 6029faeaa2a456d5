"""How well rings are found, beside simple rules and an ideal detector: fills the tables of docs/quality.md.

`make quality`, or `python -m tests.bench.quality --help`. Every case (a scale, level and seed, or a real data set) has
parts that are kept under ./bench-out/quality/ until what they depend on changes (`quality_parts`): after a change of
the detector only nights and reports are made again. A call that was cut short goes on.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.bench.quality_page import fill
from tests.bench.quality_parts import LABELS, LEVELS, NO_FRAUD, PARTS, ROOT, Bench, Case

PAGE = ROOT / "docs" / "quality.md"
CURVES = ROOT / "docs" / "curves"
#: The seeds that the page reports, none of which detection was built on; a small world has few rings, hence several.
SEEDS = {"small": (411, 412, 413), "medium": (421,)}


def main() -> None:
    """Measures what is not measured yet, then writes the page from all that is; exit code 1 where a part failed."""
    arguments = _arguments()
    bench = Bench(
        arguments.out.resolve(), arguments.data, frozenset(arguments.keep), frozenset(arguments.part or PARTS)
    )
    wanted = [] if arguments.render else list(cases(arguments.scale, arguments.level, arguments.data))
    failed = [case.name for case in wanted if not bench.measure(case, _say)]
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(fill(text, results(bench), LEVELS, SEEDS), encoding="utf-8")
    show_curves(bench)
    print(PAGE)
    if failed:
        sys.exit(f"parts failed in {', '.join(failed)}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.quality", description=__doc__)
    parser.add_argument(
        "--scale", action="append", choices=[*SEEDS, *LABELS], help="only these; may be repeated"
    )
    parser.add_argument(
        "--level", action="append", choices=[*LEVELS, NO_FRAUD], help="only these; may be repeated"
    )
    parser.add_argument(
        "--data",
        type=Path,
        default=ROOT.parent / "shared" / "data",
        metavar="DIR",
        help="holds the real data, wallets/ and prompts/; what is not there is left out",
    )
    parser.add_argument("--out", type=Path, default=ROOT / "bench-out" / "quality", metavar="DIR")
    parser.add_argument("--part", action="append", choices=PARTS, help="measure only these; may be repeated")
    parser.add_argument(
        "--keep", action="append", default=[], choices=PARTS, help="an older result of this part will do"
    )
    parser.add_argument(
        "--render", action="store_true", help="only write the page from what was measured before"
    )
    return parser.parse_args()


def cases(scales: list[str] | None, levels: list[str] | None, data: Path) -> Iterator[Case]:
    """The cases asked for, small before medium."""
    for scale, seeds in SEEDS.items():
        if scales is None or scale in scales:
            yield from (Case(scale, level, seed) for level in levels or (*LEVELS, NO_FRAUD) for seed in seeds)
    for name in LABELS:
        if (scales is None or name in scales) and (data / name).is_dir():
            yield Case(name)


def results(bench: Bench) -> dict[str, dict[str, Any]]:
    """What was measured, by the case's name; says on stderr what older code measured.

    Of a case with a report: `report` (its numbers, `yardsticks` among them or None), `giveaway`, `left_out` (None where
    not measured) and `cost` (processor seconds and peak MiB by part).
    """
    found = {}
    for case in [*cases(None, None, bench.data), *map(Case, LABELS)]:
        parts = {part: known for part in case.parts if (known := bench.read(case, part))}
        if "report" not in parts:
            continue
        if older := [part for part, known in parts.items() if known["key"] != bench.key(case, part)]:
            _say(f"{case.name}: {', '.join(older)} measured by other code than this")
        told = {part: parts.get(part, {}).get("found") for part in PARTS}
        cost = {part: (known["cpu_seconds"], known["peak_mib"]) for part, known in parts.items()}
        found[case.name] = {
            "report": {**told["report"], "yardsticks": told["rules"]},
            "giveaway": told["single"],
            "left_out": told["left_out"],
            "cost": cost,
        }
    return found


def show_curves(bench: Bench) -> None:
    """The pictures that the page shows: of each scale and level the first seed's."""
    CURVES.mkdir(parents=True, exist_ok=True)
    for case in cases(None, list(LEVELS), bench.data):
        if case.level and case.seed == SEEDS[case.scale][0] and bench.curve(case).exists():
            shutil.copyfile(bench.curve(case), CURVES / f"{case.name}.svg")


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
