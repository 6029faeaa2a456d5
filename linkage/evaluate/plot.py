"""The precision-recall curve as a picture; the only importer of matplotlib (extra `report`)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from linkage.errors import StoreError, UsageError
from linkage.evaluate.curve import Curve

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_FORMATS = (".png", ".svg")


def draw_curve(curve: Curve, path: Path, *, title: str, flagged: tuple[float, float] | None = None) -> None:
    """Writes the curve by account and by pair to a `.png` or `.svg`; the same curve gives the same bytes.

    `flagged` is the (recall, precision) by account of what the run flagged. UsageError without matplotlib or
    for another format, StoreError where the file cannot be written.
    """
    if path.suffix.lower() not in _FORMATS:
        raise UsageError(f"{path}: a curve is drawn as .png or .svg")
    try:
        import matplotlib
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError as error:
        raise UsageError("drawing needs matplotlib: pip install 'linkage[report]'") from error
    # Element ids of an SVG are random otherwise; times and versions stay out of both formats.
    with matplotlib.rc_context({"svg.hashsalt": "linkage", "svg.fonttype": "path", "font.size": 10}):
        figure = Figure(figsize=(6, 4.5), dpi=120, layout="constrained")
        FigureCanvasAgg(figure)
        _draw(figure.add_subplot(), curve, title, flagged)
        _save(figure, path)


def _draw(axes: Axes, curve: Curve, title: str, flagged: tuple[float, float] | None) -> None:
    axes.step(curve.recall, curve.precision, where="post", color="#1f4e79", label="accounts", marker=".")
    axes.step(
        curve.pair_recall, curve.pair_precision, where="post", color="#c55a11", label="pairs", linestyle="--"
    )
    if flagged is not None:
        axes.plot(*flagged, marker="o", color="#1f4e79", fillstyle="none", markersize=11, linestyle="none")
        axes.annotate("flagged", flagged, textcoords="offset points", xytext=(8, -14))
    axes.set(xlim=(0, 1.02), ylim=(0, 1.02), xlabel="recall", ylabel="precision", title=title)
    axes.grid(alpha=0.3)
    axes.legend(loc="lower left")


def _save(figure: Figure, path: Path) -> None:
    svg = path.suffix.lower() == ".svg"
    metadata = {"Date": None, "Creator": None} if svg else {"Software": None}
    try:
        figure.savefig(path, format="svg" if svg else "png", metadata=metadata)
    except OSError as error:
        raise StoreError(f"{path}: cannot be written ({error.strerror})") from error
