"""What tests through the command line share."""

from pathlib import Path

import pytest
from helpers.spoilt import SpoiltNight


@pytest.fixture
def night(tmp_path: Path) -> SpoiltNight:
    """An empty source folder and no store yet."""
    (tmp_path / "source").mkdir()
    return SpoiltNight(tmp_path)
