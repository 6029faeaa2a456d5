"""The nightly run: from a folder of tables to published rings, one verb a stage."""

from __future__ import annotations

import contextlib
import resource
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa

from linkage.bloom.links import with_links
from linkage.campaigns import find_campaigns, with_campaigns
from linkage.communities.rounds import join_groups
from linkage.communities.vouch import vouch
from linkage.cores import beside
from linkage.defence import defend, held_together
from linkage.engine.base import Engine, Judged, PartitionParams, with_details
from linkage.errors import GateError, InputError, LockedError, ServerError, StoreError
from linkage.links.linking import LinkGraph, link_accounts, weigh_values
from linkage.model import RunRecord
from linkage.profiles import busy_accounts, profile, see_days
from linkage.progress import Progress
from linkage.run import checkpoint
from linkage.run.assemble import assemble, register_judging, rings_of
from linkage.run.before import Standing, standing
from linkage.run.context import Night, link_rule, sealer_of
from linkage.run.gates import refusals
from linkage.run.horizon import read_source
from linkage.run.named import name_identifiers, read_barred
from linkage.run.parted import with_parties
from linkage.scoring.calibration import Calibration
from linkage.scoring.stage import judge_rings
from linkage.settings import Settings
from linkage.sightings.prompts import see_templates
from linkage.sightings.stage import build_kinds, identify, read_holdings, see
from linkage.succession import see_succession
from linkage.synchrony import BUSY_DAYS, see_synchrony
from linkage.warehouse import Warehouse


@dataclass(frozen=True)
class NightlyOptions:
    """What one run is asked to do.

    `as_of` (UTC) bounds what it may know; `resume` goes on with a run that died; `ungated` publishes whatever the
    gates say.
    """

    source: Path
    settings: Settings
    as_of: datetime | None = None
    run_id: str | None = None
    resume: bool = False
    dry_run: bool = False
    ungated: bool = False


def run_nightly(engine: Engine, options: NightlyOptions, progress: Progress) -> RunRecord:
    """One night, end to end. What was published before stays published until the last step, and if any step fails."""
    run = _open_run(engine, options)
    engine.begin(run)
    try:
        if not options.source.is_dir():
            raise InputError(f"the source folder {options.source} is not there")
        with _warehouse(engine, run, options.settings) as warehouse:
            run = _night(engine, warehouse, run, options, progress)
    except BaseException as error:
        with contextlib.suppress(StoreError, ServerError):
            engine.fail(
                replace(run, status="failed", finished_at=_now(), notes=(*run.notes, _first_line(error)))
            )
        raise
    return run


def _night(
    engine: Engine, warehouse: Warehouse, run: RunRecord, options: NightlyOptions, progress: Progress
) -> RunRecord:
    """The stages in their order."""
    night = _observe(engine, warehouse, run, options, progress)
    with progress.stage("links"):
        linked = _link(warehouse, night, options.settings)
    with progress.stage("communities"):
        graph, joins = join_groups(linked, options.settings.rings.seed)
        stored = assemble(warehouse, night, linked, graph, joins)
        engine.load(run, stored)
        params = PartitionParams(threshold=linked.rule.threshold, seed=options.settings.rings.seed)
        partition = with_parties(linked, engine.partition(run, params), options.settings.rings.seed)
    ring = rings_of(partition, night.accounts, options.settings.rings.min_size)
    # What holds a ring together is found in arrays alone: beside the statements that judge it.
    with beside(lambda: held_together(linked, graph, joins, ring)) as held:
        with progress.stage("judging"):
            register_judging(warehouse, linked, partition, ring)
            previous = standing(engine)
            rings = None if previous is None else previous.rings()
            judged = with_links(
                judge_rings(warehouse, options.settings, run.run_id, rings), options.settings.bloom
            )
        if judged.calibration:
            progress.note(judged.calibration["says"])
        with progress.stage("campaigns"):
            found = find_campaigns(warehouse, stored.identifiers, run.run_id, _campaigns_of(previous))
            judged = with_campaigns(judged, found)
        with progress.stage("explanations"):
            curve = Calibration.of(judged.calibration)
            defence = defend(
                warehouse, options.settings, linked, graph, held.result(), stored.identifiers, curve
            )
            judged = with_details(judged, defence)
    with progress.stage("publish"):
        run = _pass(options, previous, _finish(run, night, linked, len(joins), judged, progress), judged)
        if options.dry_run:
            engine.discard(run)
        else:
            engine.publish(run, judged)
            # The night has succeeded; another that has begun meanwhile will tidy up in its turn.
            with contextlib.suppress(LockedError):
                engine.prune(options.settings.run.keep_runs)
    return run


def _observe(
    engine: Engine, warehouse: Warehouse, run: RunRecord, options: NightlyOptions, progress: Progress
) -> Night:
    """Everything that reads the source: taken from the checkpoint where a run that died left one."""
    settings, folder = options.settings, engine.folder(run)
    mark = checkpoint.mark_of(options.source, settings, options.as_of)
    if options.resume and (night := checkpoint.load(warehouse, folder, mark, settings)):
        progress.note("resumed", run_id=run.run_id)
        return night
    # Before anything is read: a secret that is not there would show only after all of it.
    sealer, secret = sealer_of(settings)
    with progress.stage("ingest"):
        report = read_source(
            warehouse,
            options.source,
            settings,
            folder / "quarantine",
            options.as_of,
            lambda table, what: progress.detail(f"{table}: {what}"),
        )
    with progress.stage("sightings"):
        kinds, unknown = build_kinds(warehouse, dict(settings.kinds))
        for name in unknown:
            progress.note("unknown kind of identifier, taken by the default's rules", kind=name)
        see(warehouse, kinds)
        see_days(warehouse)
    with progress.stage("templates"):
        templates = see_templates(warehouse, kinds, secret)
    with progress.stage("synchrony"):
        see_synchrony(warehouse, kinds, report.accounts)
    with progress.stage("succession"):
        see_succession(warehouse, kinds, report.accounts)
    with progress.stage("identifiers"):
        counts = identify(
            warehouse, kinds, checkpoint.networks(warehouse, settings), sealer, keyed=secret is not None
        )
        as_of = _last_hour(warehouse, options.as_of)
        for name in name_identifiers(warehouse, kinds, as_of, sealer, keyed=secret is not None):
            progress.note(
                "named by the allow-list or an indicator, and no kind of identifier here", kind=name
            )
        warehouse.run("nightly/decision", hour=as_of)
    with progress.stage("profiles"):
        profile(warehouse)
    night = Night(
        kinds=kinds,
        accounts=report.accounts,
        as_of=as_of,
        counts={
            "rows": report.rows,
            "quarantined": report.quarantined,
            "accounts": report.accounts,
            "unknown_accounts": report.unknown_accounts,
            "identifiers": counts.identifiers,
            "shared_identifiers": counts.shared,
            "sightings": counts.sightings,
            "holdings": counts.holdings,
            "refused_values": counts.refused,
            "unreadable_values": report.unreadable,
            "templates": templates,
        },
    )
    checkpoint.save(warehouse, folder, mark, night)
    return night


def _link(warehouse: Warehouse, night: Night, settings: Settings) -> LinkGraph:
    seen = read_holdings(warehouse, night.accounts, len(night.kinds))
    weighed = weigh_values(
        warehouse,
        seen,
        night.kinds,
        link_rule(settings, night.accounts),
        as_of=night.as_of,
        barred=read_barred(warehouse, seen.holdings.identifiers),
    )
    busy = busy_accounts(warehouse, night.accounts, BUSY_DAYS)
    return link_accounts(vouch(weighed, settings.rings.seed, busy))


def _pass(options: NightlyOptions, previous: Standing | None, run: RunRecord, judged: Judged) -> RunRecord:
    """The run, if the gates let it pass; GateError where they do not. What was overruled stands in its notes."""
    found = refusals(options.settings.gates, previous, run, judged.memberships)
    if found and not options.ungated:
        raise GateError(
            f"a gate refused to publish: {'; '.join(found)}. What was published stays; if this is right, publish it"
            " with --resume --ungated"
        )
    return replace(run, notes=(*run.notes, *(f"published although: {phrase}" for phrase in found)))


def _campaigns_of(previous: Standing | None) -> pa.Table | None:
    """account_id, campaign_id of last night's memberships; None where there were no campaigns yet."""
    memberships = None if previous is None else previous.memberships
    if memberships is None or "campaign_id" not in memberships.column_names:
        return None
    return memberships.filter(memberships["campaign_id"].is_valid()).select(["account_id", "campaign_id"])


def _finish(
    run: RunRecord, night: Night, linked: LinkGraph, joins: int, judged: Judged, progress: Progress
) -> RunRecord:
    flagged = judged.rings["flagged"].to_pylist()
    return replace(
        run,
        status="published",
        finished_at=_now(),
        as_of=datetime(1970, 1, 1, tzinfo=UTC) + timedelta(hours=night.as_of),
        parameters={
            "prior": linked.rule.prior,
            "threshold": linked.rule.threshold,
            "posterior": linked.rule.posterior,
            "min_families": linked.rule.min_families,
            "discount": linked.rule.discount.tolist(),
            "as_of_hour": night.as_of,
            **({"calibration": judged.calibration} if judged.calibration else {}),
        },
        notes=(*run.notes, *([judged.calibration["says"]] if judged.calibration else [])),
        counts={
            **night.counts,
            "hubs": len(linked.hubs.identifier),
            "links": len(linked.pairs),
            "stars": len(linked.stars),
            "joins": joins,
            "rings": judged.rings.num_rows,
            "flagged": sum(flagged),
            "campaigns": judged.campaigns.num_rows,
            "members": judged.memberships.num_rows,
            "flagged_accounts": sum(judged.memberships["flagged"].to_pylist()),
        },
        seconds=dict(progress.seconds),
        peak_memory_mib=_peak_memory(),
    )


def _open_run(engine: Engine, options: NightlyOptions) -> RunRecord:
    started = _now()
    run_id = options.run_id
    if run_id is None and options.resume:
        died = [run.run_id for run in engine.runs() if run.status != "published"]
        run_id = died[-1] if died else None
    return RunRecord(
        run_id=run_id or started.strftime("%Y%m%dT%H%M%S.%fZ"),
        status="running",
        started_at=started,
        as_of=options.as_of or started,
        source=str(options.source),
    )


@contextlib.contextmanager
def _warehouse(engine: Engine, run: RunRecord, settings: Settings) -> Iterator[Warehouse]:
    """A warehouse in memory, which spills into the run's scratch folder: raw rows never outlive the run."""
    with (
        checkpoint.spill_folder(engine.folder(run)) as spill,
        Warehouse.open(
            None, memory_limit=settings.run.memory_limit, threads=settings.run.threads, temp_directory=spill
        ) as warehouse,
    ):
        yield warehouse
        if settings.run.keep_tables:
            checkpoint.keep_tables(warehouse, engine.folder(run))


def _last_hour(warehouse: Warehouse, as_of: datetime | None) -> int:
    if as_of is not None:
        return int(as_of.timestamp() // 3600)
    return int(warehouse.query("nightly/latest")["hour"][0].as_py() or 0)


def _now() -> datetime:
    return datetime.now(UTC)


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


def _peak_memory() -> float:
    """The most memory that this process held, in MiB."""
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
