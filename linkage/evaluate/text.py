"""The report as a small table for people."""

from __future__ import annotations

from linkage.evaluate.report import BCubed, Report, RingScore, Score, Scores


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
    lines += ["", f"{'':<24}{'precision':>10}{'recall':>10}{'F1':>10}   correct / predicted / actual"]
    size = report.min_size
    lines += _block("all rings", report.all_rings)
    lines += _block("flagged rings", report.flagged_rings)
    lines += [f"rings of {size} or more", _row("accounts, all rings", report.large.accounts)]
    lines.append(_row("accounts, flagged", report.large_flagged.accounts))
    return "\n".join(lines)


def _block(title: str, scores: Scores) -> list[str]:
    alarms = scores.false_alarms
    rate = alarms.per_100_000
    shown = "-" if rate is None else f"{rate:,.0f}"
    return [
        title,
        _row("accounts", scores.accounts),
        _row("pairs", scores.pairs),
        _row("rings (Jaccard ≥ .5)", scores.rings),
        _row("B-cubed", scores.bcubed),
        f"  innocents hit: {alarms.hit:,} of {alarms.innocents:,} ({shown} in 100,000);"
        f" victims taken for members: {alarms.victims_hit:,} of {alarms.victims:,}",
        "",
    ]


def _row(name: str, score: Score | RingScore | BCubed) -> str:
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
    shares = "".join(f"{_number(value):>10}" for value in (score.precision, score.recall, score.f1))
    return f"  {name:<22}{shares}   {counts}".rstrip()


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
