"""Does a single account give itself away? What one account shows by itself, and how well that tells rings.

`python -m tests.bench.giveaway [--json FILE] WORLD [WORLD ...]` prints one line of JSON a world (or writes the last).
Members of rings are held against innocents, victims are left out. No feature looks at another account: what is shared
is not seen.
"""

import argparse
import json
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import average_precision_score, f1_score, roc_auc_score
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold, cross_val_predict
from sklearn.tree import DecisionTreeClassifier
from threadpoolctl import threadpool_limits

Floats = npt.NDArray[np.float64]
_FEATURES = Path(__file__).with_name("giveaway.sql")
_TABLES = (
    "accounts",
    "payment_methods",
    "payments",
    "sessions",
    "exchanges",
    "enforcement",
    "labels",
    "ip_ranges",
)
_FOLDS = 5
#: Innocents kept for one member: the figures do not depend on more.
_INNOCENTS = 30


@dataclass(frozen=True)
class GiveAway:
    """How well single accounts tell rings.

    `auc`: a gradient-boosted tree, cross-validated over accounts; `auc_by_ring`: no ring in both training and
    test, so that nothing is learnt from a ring's own habits; `average_precision` goes with `auc`, beside the
    `base_rate`. `best_feature` is the one with the best area (either direction) by itself, `best_rule` the best
    F1 of a tree of two questions, cross-validated, and `base_f1` that of flagging everybody.
    """

    accounts: int
    members: int
    auc: float
    auc_by_ring: float
    average_precision: float
    base_rate: float
    best_feature: str
    best_feature_auc: float
    best_rule: float
    base_f1: float


def features(world: Path) -> pd.DataFrame:
    """One row an account (victims left out): `ring` (empty for innocents) and numbers about it alone."""
    with duckdb.connect(config={"threads": 2}) as connection:
        for table in _TABLES:
            found = [*world.glob(f"{table}.parquet"), *world.glob(f"{table}/*.parquet")]
            names = ", ".join(f"'{path}'" for path in found)
            connection.execute(f"CREATE VIEW {table} AS FROM read_parquet([{names}])")
        return connection.execute(_FEATURES.read_text(encoding="utf-8")).df()


def giveaway(world: Path, seed: int = 1) -> GiveAway:
    """Trains and tests on the world; ValueError where it has fewer rings than folds."""
    table = features(world)
    member = table["ring"].ne("")
    kept = _sample(member.to_numpy(), seed)
    table, member = table.iloc[kept].reset_index(drop=True), member.iloc[kept].to_numpy()
    if table.loc[member, "ring"].nunique() < _FOLDS:
        raise ValueError(f"{world}: too few rings for {_FOLDS} folds")
    numbers = table.drop(columns=["account_id", "ring"]).astype(np.float64)
    values = numbers.to_numpy()
    scores = _tree_scores(
        values, member, StratifiedKFold(_FOLDS, shuffle=True, random_state=seed), None, seed
    )
    groups = np.where(member, table["ring"], table["account_id"])
    by_ring = _tree_scores(
        values, member, StratifiedGroupKFold(_FOLDS, shuffle=True, random_state=seed), groups, seed
    )
    alone = {name: _either(member, numbers[name].fillna(-1).to_numpy()) for name in numbers}
    best = max(alone, key=lambda name: alone[name])
    share = float(member.mean())
    return GiveAway(
        accounts=len(table),
        members=int(member.sum()),
        auc=round(float(roc_auc_score(member, scores)), 4),
        auc_by_ring=round(float(roc_auc_score(member, by_ring)), 4),
        average_precision=round(float(average_precision_score(member, scores)), 4),
        base_rate=round(share, 4),
        best_feature=best,
        best_feature_auc=round(alone[best], 4),
        best_rule=round(_best_rule(np.nan_to_num(values, nan=-1.0), member, seed), 4),
        base_f1=round(2 * share / (1 + share), 4),
    )


def _sample(member: npt.NDArray[np.bool_], seed: int) -> npt.NDArray[np.intp]:
    """All members and a random part of the innocents."""
    rng = np.random.default_rng(seed)
    innocents = np.flatnonzero(~member)
    wanted = min(len(innocents), _INNOCENTS * int(member.sum()))
    return np.sort(np.concatenate([np.flatnonzero(member), rng.choice(innocents, wanted, replace=False)]))


def _tree_scores(
    values: Floats,
    member: npt.NDArray[np.bool_],
    folds: StratifiedKFold | StratifiedGroupKFold,
    groups: npt.NDArray[np.str_] | None,
    seed: int,
) -> Floats:
    """Out-of-fold scores of a gradient-boosted tree."""
    model = HistGradientBoostingClassifier(
        max_iter=100, learning_rate=0.06, max_leaf_nodes=15, min_samples_leaf=20, random_state=seed
    )
    # Threads that wait for each other cost more than they give on a machine that others use too.
    with threadpool_limits(limits=1):
        scores = cross_val_predict(model, values, member, cv=folds, groups=groups, method="predict_proba")
    return np.asarray(scores[:, 1])


def _either(member: npt.NDArray[np.bool_], values: Floats) -> float:
    area = float(roc_auc_score(member, values))
    return max(area, 1 - area)


def _best_rule(values: Floats, member: npt.NDArray[np.bool_], seed: int) -> float:
    """F1 of a tree of two questions; its threshold is the one that suits the test best."""
    model = DecisionTreeClassifier(max_depth=2, class_weight="balanced", random_state=seed)
    folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=seed)
    scores = cross_val_predict(model, values, member, cv=folds, method="predict_proba")[:, 1]
    return max(float(f1_score(member, scores >= level)) for level in np.unique(scores))


def main() -> None:
    """Every world that is named."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.giveaway", description=__doc__)
    parser.add_argument("worlds", type=Path, nargs="+", metavar="WORLD")
    parser.add_argument("--json", type=Path, metavar="FILE")
    given = parser.parse_args()
    for world in given.worlds:
        found = json.dumps({"world": world.name, **asdict(giveaway(world))})
        print(found)
        if given.json:
            given.json.write_text(found, encoding="utf-8")


if __name__ == "__main__":
    main()
