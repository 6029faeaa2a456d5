"""Rows a second and peak memory of a night, by stage, beside bare aggregations of the same files.

`make bench`, or `python -m tests.bench.nightly --help`. Worlds are simulated once and kept under ./bench-out/.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

# What issue "The main job, end to end" asks of the world with template ids.
GOAL_RATIO = 5.0
GOAL_MIB = 3 * 1024.0
ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    """Measures each world and prints its table as soon as it is there, or at the end all as JSON."""
    arguments = _arguments()
    out = arguments.out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    worlds = [path.resolve() for path in arguments.world] or [
        _world(out, arguments, text=text) for text in (False, True) if arguments.only in (None, _form(text))
    ]
    _say("warming up: the kernels are compiled once a machine, on a world of 1,000 accounts")
    warm = _warm_up(out)
    results = []
    for world in worlds:
        results.append(_compare(world, out, arguments.threads))
        if not arguments.json:
            print(_table(results[-1]), end="\n\n", flush=True)
    if not arguments.json:
        return
    report = {
        "machine": {
            "cores": os.cpu_count(),
            "python": platform.python_version(),
            "system": platform.system(),
        },
        "warm_up_seconds": warm,
        "worlds": results,
    }
    print(json.dumps(report, indent=2))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.nightly", description=__doc__)
    parser.add_argument(
        "--world",
        type=Path,
        action="append",
        default=[],
        metavar="DIR",
        help="a ready world; may be repeated",
    )
    parser.add_argument("--only", choices=["template_id", "prompt"], help="only one of the two worlds")
    parser.add_argument("--accounts", type=int, default=200_000)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--exchanges-per-account", type=float, default=33.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, help="of DuckDB, in both measurements")
    parser.add_argument(
        "--out", type=Path, default=ROOT / "bench-out", metavar="DIR", help="where worlds are kept"
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    return parser.parse_args()


def _form(text: bool) -> str:
    return "prompt" if text else "template_id"


def _world(out: Path, arguments: argparse.Namespace, *, text: bool) -> Path:
    """The simulated world, from an earlier call where it was finished."""
    size = f"{arguments.accounts}-{arguments.days}-{arguments.exchanges_per_account:g}-{arguments.seed}"
    world = out / f"world-{size}-{_form(text)}"
    done = world.with_suffix(".done")
    if not done.exists():
        _say(f"simulating {world}")
        shutil.rmtree(world, ignore_errors=True)
        made = _measure(
            "simulate",
            out=str(world),
            accounts=arguments.accounts,
            days=arguments.days,
            exchanges_per_account=arguments.exchanges_per_account,
            text=text,
            seed=arguments.seed,
        )
        done.write_text(json.dumps(made))
    return world


def _warm_up(out: Path) -> float:
    world, store = out / "warm-world", out / "warm-store"
    shutil.rmtree(world, ignore_errors=True)
    _measure("simulate", out=str(world), accounts=1000, days=7, exchanges_per_account=20.0, text=True, seed=1)
    seconds: float = _measure("night", world=str(world), store=str(store))["seconds"]
    shutil.rmtree(world)
    return seconds


BARE = {
    "one": "bare: one GROUP BY, all event files",
    "a_kind": "bare: one GROUP BY a kind, exchanges",
}
"""The two aggregations that a night is compared with: the literal one, and the cheapest that was found."""


def _compare(world: Path, out: Path, threads: int | None) -> dict[str, Any]:
    """The aggregations before and after the night, so that a machine which others use does not favour either."""
    before = _bare(world, threads)
    _say(f"{world.name}: a night")
    night = _measure("night", world=str(world), store=str(out / "store"), threads=threads)
    after = _bare(world, threads)
    bare = {name: _both(before[name], after[name]) for name in BARE}
    return {
        "world": str(world),
        "form": "prompt" if "prompt" in before["a_kind"]["kinds"] else "template_id",
        "bare": bare,
        "night": night,
        "ratio": {name: _ratio(night, found, "seconds") for name, found in bare.items()},
        "cpu_ratio": {name: _ratio(night, found, "cpu") for name, found in bare.items()},
    }


def _bare(world: Path, threads: int | None) -> dict[str, Any]:
    _say(f"{world.name}: the bare aggregations")
    return {name: _measure("bare", world=str(world), one=name == "one", threads=threads) for name in BARE}


def _both(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any] | None:
    """The mean of two measurements; None where memory ran out."""
    if before["seconds"] is None or after["seconds"] is None:
        return None
    return {
        **before,
        "seconds": (before["seconds"] + after["seconds"]) / 2,
        "cpu": (before["cpu"] + after["cpu"]) / 2,
        "peak_mib": max(before["peak_mib"], after["peak_mib"]),
        "seconds_each": [before["seconds"], after["seconds"]],
    }


def _ratio(night: dict[str, Any], bare: dict[str, Any] | None, what: str) -> float | None:
    return None if bare is None else night[what] / bare[what]


def _measure(task: str, **arguments: object) -> dict[str, Any]:
    """One measurement in a process of its own."""
    command = [sys.executable, "-m", "tests.bench.measure", task, json.dumps(arguments)]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def _table(result: dict[str, Any]) -> str:
    night = result["night"]
    rows, counts = night["rows"], night["counts"]
    lines = [
        f"{result['world']} ({result['form']}): {counts['accounts']:,} accounts, {rows:,} rows",
        f"{'':<38}{'seconds':>9}{'CPU s':>9}{'rows/s':>12}{'peak MiB':>10}",
        *(
            _row(says, bare["rows"], bare) if (bare := result["bare"][name]) else f"{says:<38} out of memory"
            for name, says in BARE.items()
        ),
        *(_row(f"  {name}", rows, stage) for name, stage in night["stages"].items()),
        _row("a night, end to end", rows, night),
    ]
    for name, says in BARE.items():
        if (bare := result["bare"][name]) is None:
            continue
        each = " and ".join(f"{seconds:.1f}" for seconds in bare["seconds_each"])
        ratio = result["ratio"][name]
        lines.append(f"{says}: a night takes {ratio:.1f} times the seconds ({each})")
        lines[-1] += f", {result['cpu_ratio'][name]:.1f} times the processor time"
        if result["form"] == "template_id":
            lines[-1] += f"; goal of {GOAL_RATIO:g} times {_met(ratio <= GOAL_RATIO)}"
    if result["form"] == "template_id":
        lines.append(f"goal of {GOAL_MIB / 1024:g} GiB {_met(night['peak_mib'] <= GOAL_MIB)}")
    found = ", ".join(f"{counts[name]:,} {name}" for name in ("links", "stars", "rings", "flagged", "hubs"))
    lines.append(f"found: {found}; store {night['stored_mib']:.0f} MiB")
    return "\n".join(lines)


def _row(name: str, rows: int, measured: dict[str, float]) -> str:
    seconds = measured["seconds"]
    speed = rows / max(seconds, 1e-9)
    return f"{name:<38}{seconds:>9.1f}{measured['cpu']:>9.1f}{speed:>12,.0f}{measured['peak_mib']:>10,.0f}"


def _met(met: bool) -> str:
    return "met" if met else "NOT met"


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
