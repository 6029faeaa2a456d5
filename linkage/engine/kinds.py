"""What a stored run says of its kinds and its rule, as the kernels read it."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from linkage.links.rarity import KindArrays, LinkRule
from linkage.model import RunRecord


def read_rule(run: RunRecord) -> LinkRule:
    """The rule that the run linked by."""
    parameters = run.parameters
    return LinkRule(
        prior=parameters["prior"],
        threshold=parameters["threshold"],
        min_families=parameters["min_families"],
        discount=np.array(parameters["discount"]),
    )


def read_kinds(table: pa.Table) -> KindArrays:
    """The kinds of a run as the kernels read them, from its `kinds` table."""
    return KindArrays(
        m=table["m"].to_numpy().astype(np.float64),
        cap=table["cap"].to_numpy().astype(np.float64),
        window=table["window"].to_numpy().astype(np.int32),
        half_life=table["half_life"].to_numpy().astype(np.float64),
        family=table["family"].to_numpy().astype(np.uint8),
        near_proof=np.array(table["near_proof"].to_pylist(), dtype=np.bool_),
        support=np.array(table["support"].to_pylist(), dtype=np.bool_),
        commonness=np.array(table["commonness"].to_pylist(), dtype=np.bool_),
    )
