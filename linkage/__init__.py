"""Finds networks of fraudulent accounts by what they share, and shows why they belong together.

For analysts:

    import linkage

    run = linkage.open("linkage-store")
    rings = run.rings()                 # a pandas DataFrame
    run.explain("account-1", "account-2")
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from linkage.engine.base import View
    from linkage.model import Explanation, RunRecord

# `import linkage` takes milliseconds: what needs DuckDB, pandas or numba is imported where it is used.

__all__ = ["Published", "__version__", "open"]


class Published:
    """One published run, pinned: it stays the same while later runs are published."""

    def __init__(self, view: View) -> None:
        self._view = view

    @property
    def run(self) -> RunRecord:
        """When the run was made, from what, and what it counted."""
        return self._view.run

    def memberships(self) -> pd.DataFrame:
        """A row for each account in any ring: account_id, ring_id, ring_score, verdict, flagged, role, campaign_id."""
        return self._frame("memberships")

    def rings(self) -> pd.DataFrame:
        """A row for each ring, with one column a feature."""
        return self._frame("rings")

    def links(self) -> pd.DataFrame:
        """account_a, account_b, bits, families, evidence (JSON)."""
        return self._frame("links")

    def hubs(self) -> pd.DataFrame:
        """Identifiers that were kept from linking, and why."""
        return self._frame("hubs")

    def changes(self) -> pd.DataFrame:
        """What became of the rings since the run before."""
        return self._frame("changes")

    def explanations(self) -> pd.DataFrame:
        """A row for each ring, as JSON: reasons, stories, shared, defence."""
        return self._frame("explanations")

    def campaigns(self) -> pd.DataFrame:
        """A row for each campaign: a behaviour that can run over several rings."""
        return self._frame("campaigns")

    def campaign_rings(self) -> pd.DataFrame:
        """The overlap of campaigns and rings."""
        return self._frame("campaign_rings")

    def campaign_accounts(self) -> pd.DataFrame:
        """Who takes part in which campaign."""
        return self._frame("campaign_accounts")

    def review(self) -> pd.DataFrame:
        """The rings that the run drew for people to decide on, with some accounts of each as a JSON list."""
        from linkage.engine.review import review_queue

        queue: pd.DataFrame = review_queue(self._view).to_pandas()
        return queue

    def explain_ring(self, ring_id: str) -> dict[str, Any]:
        """What a ring rests on, why it was judged so, and what would change that; UsageError for an unknown ring."""
        from linkage.engine.ringview import explain_ring

        return explain_ring(self._view, ring_id)

    def explain(self, account_a: str, account_b: str) -> Explanation:
        """Why two accounts are, or are not, linked."""
        return self._view.explain(account_a, account_b)

    def __repr__(self) -> str:
        return f"<linkage run {self._view.run.run_id}>"

    def _frame(self, table: str) -> pd.DataFrame:
        frame: pd.DataFrame = getattr(self._view, table)().to_pandas()
        return frame


def open(store: str | Path, run: str | None = None) -> Published:
    """The run that is published in this store now, or another one by its id."""
    from linkage.cli.options import open_engine

    return Published(open_engine(store).view(run))


def __getattr__(name: str) -> str:
    if name == "__version__":
        from importlib.metadata import PackageNotFoundError, version

        try:
            return version("linkage")
        except PackageNotFoundError:  # run from a checkout
            return "0+unknown"
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
