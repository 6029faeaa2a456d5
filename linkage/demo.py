"""The demonstration: a small world, a night over it, and what was found against what was planted."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from linkage.engine.base import Engine, View
from linkage.errors import StoreError, UsageError
from linkage.evaluate import Report, evaluate
from linkage.model import Explanation, RunRecord
from linkage.nightly import NightlyOptions, run_nightly
from linkage.progress import Progress
from linkage.settings import Settings
from linkage.simulate import SCALES, WorldSummary, simulate
from linkage.simulate.tables import AS_OF

_MARK = ".linkage-demo"
# A ring of this size is large enough to be no accident and small enough to be looked at.
_EXAMPLE_SIZE = 12


@dataclass(frozen=True)
class Planted:
    """A planted ring and the found one that holds most of it (None: none holds any).

    `found_size` are the accounts of that found ring, `caught` those of the planted ring in it, `flagged`
    those of the planted ring that any flagged ring holds.
    """

    ring_id: str
    size: int
    found: str | None
    found_size: int
    caught: int
    flagged: int
    verdict: str | None


@dataclass(frozen=True)
class Demo:
    """All that the demonstration has to show. `alarms` counts flagged innocents by what they were made as."""

    world: WorldSummary
    source: Path
    store: Path
    run: RunRecord
    planted: tuple[Planted, ...]
    alarms: dict[str, int]
    report: Report
    example: Explanation | None


def run_demo(
    folder: Path,
    open_engine: Callable[[Path], Engine],
    progress: Progress,
    *,
    seed: int = 1,
    text: bool = False,
) -> Demo:
    """Simulates a world into `folder`/world, runs a night into `folder`/store, compares.

    With `text` the world has prompts instead of template ids, which takes longer. An earlier demonstration in the
    folder is replaced; UsageError when anything else is in it.
    """
    _prepare(folder)
    source, store = folder / "world", folder / "store"
    scale = SCALES["small"]
    with progress.stage("simulate"):
        world = simulate(
            source,
            accounts=scale.accounts,
            days=scale.days,
            exchanges_per_account=scale.exchanges_per_account,
            seed=seed,
            text=text,
        )
    engine = open_engine(store)
    options = NightlyOptions(
        source=source, settings=Settings(), as_of=AS_OF, run_id=None, resume=False, dry_run=False
    )
    record = run_nightly(engine, options, progress)
    view = engine.view(record.run_id)
    memberships, labels = view.memberships(), pq.read_table(source / "labels.parquet")
    planted = compare(memberships, labels)
    return Demo(
        world=world,
        source=source,
        store=store,
        run=record,
        planted=planted,
        alarms=_alarms(memberships, labels, pq.read_table(source / "stories.parquet")),
        report=evaluate(memberships, labels),
        example=_example(view, planted),
    )


def _prepare(folder: Path) -> None:
    mark = folder / _MARK
    if folder.is_dir() and any(folder.iterdir()) and not mark.exists():
        raise UsageError(f"{folder}: is not empty and holds no earlier demonstration; choose another --dir")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        mark.touch()
        for name in ("world", "store"):
            if (folder / name).exists():
                shutil.rmtree(folder / name)
    except OSError as error:
        raise StoreError(f"{folder}: cannot be written ({error.strerror})") from error


def compare(memberships: pa.Table, labels: pa.Table) -> tuple[Planted, ...]:
    """Each planted ring with the found ring that holds most of it, largest first; victims left out."""
    truth = labels.to_pandas()
    truth = truth[truth["role"].eq("member") & truth["ring_id"].fillna("").ne("")]
    truth = truth[["account_id", "ring_id"]].rename(columns={"ring_id": "planted"}).astype(str)
    found = memberships.to_pandas()
    sizes, verdicts = found.groupby("ring_id").size(), found.groupby("ring_id")["verdict"].first()
    joined = truth.merge(found[["account_id", "ring_id", "flagged"]], on="account_id", how="left")
    return tuple(
        _planted(str(ring), members, sizes, verdicts)
        for ring, members in sorted(joined.groupby("planted"), key=lambda item: (-len(item[1]), str(item[0])))
    )


def _planted(ring: str, members: pd.DataFrame, sizes: pd.Series, verdicts: pd.Series) -> Planted:
    flagged = int(members["flagged"].eq(True).sum())
    held = members["ring_id"].dropna().value_counts()
    if held.empty:
        return Planted(ring, len(members), None, 0, 0, flagged, None)
    best = held.index[0]
    return Planted(
        ring_id=ring,
        size=len(members),
        found=str(best),
        found_size=int(sizes[best]),
        caught=int(held.iloc[0]),
        flagged=flagged,
        verdict=str(verdicts[best]),
    )


def _alarms(memberships: pa.Table, labels: pa.Table, stories: pa.Table) -> dict[str, int]:
    roles = labels.to_pandas()[["account_id", "role"]].astype(str)
    found = memberships.to_pandas()
    flagged = found.loc[found["flagged"].eq(True), ["account_id"]].astype(str)
    hit = flagged.merge(roles[roles["role"].eq("innocent")], on="account_id")
    told = hit.merge(stories.to_pandas()[["account_id", "story"]].astype(str), on="account_id")
    return {str(story): int(count) for story, count in told["story"].value_counts().items()}


def _example(view: View, planted: tuple[Planted, ...]) -> Explanation | None:
    """Two accounts of one ring that was found well, with the most kinds of evidence between them."""
    whole = [ring for ring in planted if ring.found and ring.caught == ring.size and ring.size > 2]
    links = view.links().to_pandas()
    memberships = view.memberships().to_pandas().set_index("account_id")["ring_id"]
    for ring in sorted(whole, key=lambda ring: (not ring.flagged, abs(ring.size - _EXAMPLE_SIZE))):
        members = set(memberships[memberships.eq(ring.found)].index)
        inside = links[links["account_a"].isin(members) & links["account_b"].isin(members)]
        if not inside.empty:
            richness = inside["evidence"].str.len()
            chosen = inside.loc[richness.idxmax()]
            return view.explain(str(chosen["account_a"]), str(chosen["account_b"]))
    return None
