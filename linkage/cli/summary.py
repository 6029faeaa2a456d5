"""What a run did, in a few lines or as fields of a log line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from linkage.progress import STAGES

if TYPE_CHECKING:
    from linkage.model import RunRecord

_COUNTS = {
    "rows": "rows in",
    "quarantined": "quarantined",
    "accounts": "accounts",
    "identifiers": "identifiers",
    "hubs": "hubs",
    "links": "links",
    "rings": "rings",
    "flagged": "flagged",
}


def summary_fields(record: RunRecord) -> dict[str, object]:
    """The run's numbers as fields of one log line."""
    return {
        "run_id": record.run_id,
        "status": record.status,
        "as_of": record.as_of,
        "counts": record.counts,
        "seconds": {name: round(value, 3) for name, value in record.seconds.items()},
        "seconds_total": round(total_seconds(record), 3),
        "peak_memory_mib": round(record.peak_memory_mib, 1),
        **({"calibration": _in_short(calibration)} if (calibration := _calibration(record)) else {}),
    }


def summary_text(record: RunRecord, store: object, *, dry_run: bool = False) -> str:
    """The run's numbers for people."""
    outcome = "dry run: nothing was published" if dry_run else f"{record.status} in {store}"
    lines = [f"run {record.run_id}: {outcome}"]
    known = [name for name in _COUNTS if name in record.counts]
    others = [name for name in record.counts if name not in _COUNTS]
    lines += [
        f"  {_COUNTS.get(name, name.replace('_', ' ')):<18}{record.counts[name]:>14,}"
        for name in (*known, *others)
    ]
    if calibration := _calibration(record):
        lines.append(f"  {'calibration':<18}{calibration['says']}")
    # The ledger may have sorted them by name.
    places = {name: place for place, name in enumerate(STAGES)}
    stages = " · ".join(
        f"{name} {record.seconds[name]:.1f}"
        for name in sorted(record.seconds, key=lambda name: places.get(name, -1))
    )
    lines.append(f"  {'seconds':<18}{total_seconds(record):>14,.1f}   {stages}".rstrip())
    lines.append(f"  {'peak memory':<18}{record.peak_memory_mib:>10,.0f} MiB")
    return "\n".join(lines)


def total_seconds(record: RunRecord) -> float:
    """From start to finish; the sum of the stages while the run has no end."""
    if record.finished_at is not None:
        return (record.finished_at - record.started_at).total_seconds()
    return sum(record.seconds.values())


def calibration_text(record: RunRecord) -> list[str]:
    """How good each curve was on decisions that it had not seen, and decided rings by score: rate beside scores."""
    fit = _calibration(record)
    if not fit or "bins" not in fit:
        return []
    curve = fit["curve"]
    shape = {
        "platt": f"slope {curve['slope']:.3f}, shift {curve['shift']:+.3f} nats",
        "isotonic": f"{len(curve['knots'])} knots",
    }.get(fit["method"])
    taken = f"{fit['method']}{f' ({shape})' if shape else ''}, weight of {fit['weight']:,.1f} rings"
    lines = [f"  {'calibration':<18}{taken}"]
    lines += [
        f"  {'':<18}{name:<9} log loss {loss:.4f}, Brier score {fit['brier'][name]:.4f} (out of fold)"
        for name, loss in fit["log_loss"].items()
    ]
    lines += [
        f"  {'':<18}raw score {one['low']:.3f} to {one['high']:.3f}: {one['fraud']:,} of {one['rings']:,} rings fraud"
        f" (weighed {one['rate']:.2f}), mean score {one['raw']:.2f}, calibrated {one['score']:.2f}"
        for one in fit["bins"]
    ]
    return lines


def _calibration(record: RunRecord) -> dict[str, Any] | None:
    found: dict[str, Any] | None = record.parameters.get("calibration")
    return found


def _in_short(fit: dict[str, Any]) -> dict[str, Any]:
    names = ("method", "rings", "fraud", "drawn", "log_loss", "brier", "says")
    return {name: fit[name] for name in names if name in fit}
