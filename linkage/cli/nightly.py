"""`linkage nightly`: one run, end to end."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import click

from linkage.cli.failures import Session
from linkage.cli.options import (
    Place,
    bloom_option,
    config_option,
    log_format_option,
    read_moment,
    store_option,
)
from linkage.cli.summary import summary_fields, summary_text
from linkage.errors import UsageError
from linkage.progress import LogFormat, shown

_RUN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@click.command()
@config_option
@click.option(
    "--source",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="LINKAGE_SOURCE",
    metavar="DIR",
    help="The folder of input tables.  [env: LINKAGE_SOURCE; default: the folder of --config]",
)
@store_option
@click.option(
    "--as-of", callback=read_moment, metavar="TS", help="The moment that the run looks back from (UTC)."
)
@click.option("--run-id", metavar="ID", help="The run's name.  [default: from the time]")
@click.option("--resume", is_flag=True, help="Go on with the stages of a run that died.")
@click.option("--dry-run", is_flag=True, help="Do everything but publish.")
@click.option(
    "--ungated",
    is_flag=True,
    help="Publish also what the gates refuse (exit code 76), such as half the accounts.",
)
@click.option("--memory-limit", metavar="SIZE", help='What the relational work may hold, such as "4GB".')
@bloom_option
@log_format_option
@click.pass_obj
def nightly(
    session: Session,
    config: Path | None,
    source: Path | None,
    store: Place,
    as_of: datetime | None,
    run_id: str | None,
    resume: bool,
    dry_run: bool,
    ungated: bool,
    memory_limit: str | None,
    bloom_url: str | None,
    log_format: LogFormat,
) -> None:
    """Reads a folder of tables, finds the rings and publishes them."""
    session.log_format = log_format
    from linkage.nightly import NightlyOptions, run_nightly
    from linkage.settings import load_settings

    if source is None:
        if config is None:
            raise UsageError("nightly: where are the tables? Give --source DIR")
        source = config.parent
    if run_id is not None and not _RUN_ID.fullmatch(run_id):
        raise UsageError(f"--run-id {run_id!r}: letters, digits, dot, dash and underscore only, at most 100")
    settings = load_settings(config, {"run.memory_limit": memory_limit, "bloom.url": bloom_url})
    options = NightlyOptions(
        source=source,
        settings=settings,
        as_of=as_of,
        run_id=run_id,
        resume=resume,
        dry_run=dry_run,
        ungated=ungated,
    )
    with shown(log_format) as progress:
        record = run_nightly(store.open(plain=settings.neo4j.plain), options, progress)
        if log_format == "json":
            progress.note("summary", **summary_fields(record), dry_run=dry_run)
    if log_format != "json":
        click.echo(summary_text(record, store, dry_run=dry_run))
