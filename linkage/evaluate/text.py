"""The report as a small table for people."""

from __future__ import annotations

from linkage.evaluate.breakdown import RingGroup, Seen
from linkage.evaluate.campaigns import CampaignScores
from linkage.evaluate.intervals import Interval
from linkage.evaluate.report import BCubed, Report, RingScore, Score, Scores
from linkage.evaluate.yardstick import Yardstick


def as_text(report: Report, run_id: str) -> str:
    """The report in a few lines of plain text."""
    head = (
        f"run {run_id}: {report.labelled:,} labelled accounts, {report.confirmed:,} of them in"
        f" {report.true_rings:,} rings, {report.victims:,} victims (count as neither)"
    )
    lines = [head]
    if report.unlabelled:
        lines.append(f"{report.unlabelled:,} accounts in rings have no label and count nowhere")
    if report.contradicted:
        lines.append(f"{report.contradicted:,} accounts are labelled with more than one ring")
    lines += [
        "",
        f"{'':<24}{'precision (95 %)':<22}{'recall (95 %)':<22}{'F1':>6}   correct / predicted / actual",
    ]
    size = report.min_size
    lines += _block("all rings", report.all_rings)
    lines += _block("flagged rings", report.flagged_rings)
    lines += [f"rings of {size} or more"]
    for name, scores in (
        ("accounts, all rings", report.large),
        ("accounts, flagged", report.large_flagged),
    ):
        lines.append(_row(name, scores.accounts, scores, "accounts"))
    detail = report.detail
    lines += ["", *_table("accounts by verdict", detail.verdicts)]
    if detail.decoys:
        lines += ["", *_table("innocents by story", detail.decoys)]
    for title, groups in (
        ("true rings by size", detail.sizes),
        ("true rings by style", detail.styles),
    ):
        if groups:
            lines += ["", *_groups(title, groups)]
    if detail.campaigns:
        lines += ["", *_campaigns(detail.campaigns)]
    if detail.curve:
        lines += ["", f"average precision over ring scores, by account: {detail.curve.average:.3f}"]
    return "\n".join(lines)


def yardstick_lines(yardsticks: tuple[Yardstick, ...]) -> list[str]:
    """Baselines and ceilings as a table; each group that a rule finds counts as flagged."""
    head = f"{'over all groups of':<62}{'accounts':>14}{'pairs':>14}{'rings':>14}{'B-cubed':>14}"
    lines = [f"{head}{'innocents hit':>15}"]
    for one in yardsticks:
        if one.scores is None:
            lines.append(f"  {one.title:<60}   the source lacks what it needs")
            continue
        measures = (one.scores.accounts, one.scores.pairs, one.scores.rings, one.scores.bcubed)
        shares = "".join(f"{_number(m.precision):>8} {_number(m.recall):>5}" for m in measures)
        lines.append(f"  {one.title:<60}{shares}{one.scores.false_alarms.hit:>15,}")
    return lines


def _block(title: str, scores: Scores) -> list[str]:
    alarms = scores.false_alarms
    rate = alarms.per_100_000
    shown = "-" if rate is None else f"{rate:,.0f}"
    between = scores.intervals.per_100_000
    margin = f", {between[0]:,.0f} to {between[1]:,.0f}" if between else ""
    return [
        title,
        _row("accounts", scores.accounts, scores, "accounts"),
        _row("pairs", scores.pairs, scores, "pairs"),
        _row("rings (Jaccard ≥ .5)", scores.rings, scores, "rings"),
        _row("B-cubed", scores.bcubed, scores, "bcubed"),
        f"  innocents hit: {alarms.hit:,} of {alarms.innocents:,} ({shown} in 100,000{margin});"
        f" victims taken for members: {alarms.victims_hit:,} of {alarms.victims:,}",
        "",
    ]


def _row(name: str, score: Score | RingScore | BCubed, scores: Scores, measure: str) -> str:
    match score:
        case Score():
            counts = f"{score.correct:,} / {score.predicted:,} / {score.actual:,}"
        case RingScore():
            counts = (
                f"{score.matched_predicted:,} of {score.predicted:,} predicted,"
                f" {score.matched_actual:,} of {score.actual:,} actual"
            )
        case BCubed():
            counts = ""
    precision = _between(score.precision, scores.intervals.precision[measure])
    recall = _between(score.recall, scores.intervals.recall[measure])
    return f"  {name:<22}{precision:<22}{recall:<22}{_number(score.f1):>6}   {counts}".rstrip()


def _table(title: str, rows: tuple[Seen, ...]) -> list[str]:
    head = f"{title:<24}{'accounts':>10}{'flagged':>10}{'unexplained':>13}{'benign':>10}{'in no ring':>12}"
    return [
        f"{head}{'flagged in 100,000':>20}",
        *(
            f"  {one.name:<22}{one.accounts:>10,}{one.flagged:>10,}{one.unexplained:>13,}{one.benign:>10,}"
            f"{one.alone:>12,}{_rate(one):>20}"
            for one in rows
        ),
    ]


def _groups(title: str, groups: tuple[RingGroup, ...]) -> list[str]:
    head = f"{title:<24}{'rings':>8}{'matched':>10}{'accounts':>10}{'flagged':>10}{'unexplained':>13}"
    return [
        f"{head}{'pair recall':>13}",
        *(
            f"  {one.seen.name:<22}{one.rings:>8,}{one.matched:>10,}{one.seen.accounts:>10,}"
            f"{one.account_recall:>10.3f}{one.seen.unexplained:>13,}{_number(one.pair_recall):>13}"
            for one in groups
        ),
    ]


def _campaigns(found: CampaignScores) -> list[str]:
    pairs, bcubed = found.pairs, found.bcubed
    return [
        f"campaigns: {found.reached:,} of {found.campaigns:,} with half of their accounts flagged,"
        f" {found.touched:,} with any",
        f"  pairs of one campaign: precision {_number(pairs.precision)}, recall {_number(pairs.recall)};"
        f" B-cubed: {_number(bcubed.precision)}, {_number(bcubed.recall)}",
    ]


def _rate(seen: Seen) -> str:
    rate = seen.flagged_per_100_000
    return "-" if rate is None else f"{rate:,.0f}"


def _between(value: float | None, interval: Interval | None) -> str:
    return _number(value) + (f" ({interval[0]:.3f}-{interval[1]:.3f})" if interval else "")


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
