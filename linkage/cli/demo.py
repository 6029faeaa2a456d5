"""`linkage demo`: see it work in a minute, without any data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from linkage.cli.explanation import as_text
from linkage.cli.failures import Session
from linkage.cli.options import log_format_option, open_engine
from linkage.cli.summary import summary_text
from linkage.progress import STAGES, LogFormat, shown

if TYPE_CHECKING:
    from linkage.demo import Demo, Planted
    from linkage.evaluate import Report

_ROWS = 15


@click.command()
@click.option(
    "--dir",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default="linkage-demo",
    show_default=True,
    metavar="DIR",
    help="Where the world and the store go.",
)
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Another world.")
@click.option(
    "--text",
    is_flag=True,
    help="Prompts instead of template ids: the templates must be found, half a minute more.",
)
@log_format_option
@click.pass_obj
def demo(session: Session, folder: Path, seed: int, text: bool, log_format: LogFormat) -> None:
    """Simulates a small world, runs a night over it, and compares what was found with what was planted."""
    session.log_format = log_format
    from linkage.demo import run_demo

    with shown(log_format, stages=len(STAGES) + 1) as progress:
        result = run_demo(folder, open_engine, progress, seed=seed, text=text)
    click.echo("\n".join(_lines(result)))


def _lines(demo: Demo) -> list[str]:
    world = demo.world
    return [
        f"A simulated world in {demo.source}: {world.rows['accounts']:,} accounts,"
        f" {world.rows['exchanges']:,} exchanges.",
        f"Planted: {world.rings} rings with {world.fraud_accounts} accounts, {world.victims} borrowed ones,",
        f"and {sum(world.decoys.values()):,} innocents who share things (households, companies, VPNs …).",
        "",
        summary_text(demo.run, demo.store),
        "",
        *_planted(demo.planted),
        "",
        *_measures(demo.report, demo.alarms),
        *_example(demo),
        *_next(demo),
    ]


def _planted(planted: tuple[Planted, ...]) -> list[str]:
    width = max([len(ring.found or "") for ring in planted] + [len("not found")])
    lines = [f"{'planted ring':<14}{'size':>6}   {'found as':<{width}}{'size':>6}{'recall':>8}   verdict"]
    for ring in planted[:_ROWS]:
        found, size = (ring.found, str(ring.found_size)) if ring.found else ("not found", "-")
        recall = f"{ring.caught / ring.size:>8.0%}   {ring.verdict or '-'}"
        lines.append(f"{ring.ring_id:<14}{ring.size:>6}   {found:<{width}}{size:>6}{recall}")
    if len(planted) > _ROWS:
        rest = planted[_ROWS:]
        lines.append(f"… and {len(rest)} smaller ones, {sum(1 for ring in rest if ring.found)} of them found")
    lines.append("(a found ring's size counts borrowed accounts too)")
    return lines


def _measures(report: Report, alarms: dict[str, int]) -> list[str]:
    flagged = report.flagged_rings
    accounts, pairs, hit = flagged.accounts, flagged.pairs, flagged.false_alarms
    lines = [
        f"Flagged: {accounts.correct} of {accounts.actual} planted accounts"
        f" (recall {_share(accounts.recall)}, precision {_share(accounts.precision)};"
        f" by pair {_share(pairs.recall)} and {_share(pairs.precision)}).",
        f"Innocents flagged: {hit.hit} of {hit.innocents:,}.",
    ]
    if alarms:
        lines.append("  they are: " + ", ".join(f"{story} {count}" for story, count in alarms.items()))
    return lines


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.1%}"


def _example(demo: Demo) -> list[str]:
    if demo.example is None:
        return []
    return ["", "Why two accounts of one ring belong together:", "", as_text(demo.example)]


def _next(demo: Demo) -> list[str]:
    pair = (demo.example.account_a, demo.example.account_b) if demo.example else ("A", "B")
    store = f"--store {demo.store}"
    return [
        "",
        "How to go on:",
        f"  linkage export rings {store} --out rings.csv",
        f"  linkage explain {pair[0]} {pair[1]} {store}",
        f"  linkage evaluate --labels {demo.source / 'labels.parquet'} {store}",
        f"  linkage runs show {demo.run.run_id} {store}",
        f"  linkage serve {store} --dev    # the API, with a page to try queries: http://127.0.0.1:8000/",
        "                                 # (pip install 'linkage[api]'; docs/api.md)",
        "and on your own export:",
        "  linkage nightly --source YOUR_FOLDER --store YOUR_STORE",
    ]
