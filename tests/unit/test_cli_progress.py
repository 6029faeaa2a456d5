"""What a job says on stderr, in each form."""

import io
import json
import logging
from datetime import UTC, datetime

import numpy as np
import pytest

from linkage.progress import JsonLines, Lines, Progress, Silent, Watched, shown


def work(progress: Progress) -> None:
    with progress.stage("ingest"):
        progress.detail("accounts: read")
        progress.note("odd\nrows", rows=np.int64(3), at=datetime(2026, 1, 1, tzinfo=UTC), level="mine")
    with progress.stage("links"):
        pass


def test_json_lines_parse() -> None:
    stream = io.StringIO()
    progress = JsonLines(stream)
    work(progress)
    with pytest.raises(ValueError, match="broken"), progress.stage("publish"):
        raise ValueError("broken")
    events = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [(event["event"], event.get("stage")) for event in events] == [
        ("stage_began", "ingest"),
        ("detail", "ingest"),
        ("note", "ingest"),
        ("stage_ended", "ingest"),
        ("stage_began", "links"),
        ("stage_ended", "links"),
        ("stage_began", "publish"),
        ("stage_failed", "publish"),
    ]
    note = events[2]
    # A field cannot pass for the level.
    assert (note["level"], note["rows"], note["at"]) == ("info", 3, "2026-01-01T00:00:00+00:00")
    assert note["message"] == "odd\nrows"
    assert all(event["ts"].endswith("Z") for event in events)
    assert events[-1]["level"] == "error"


def test_plain_lines() -> None:
    stream = io.StringIO()
    work(Lines(stream))
    lines = [line.split(" ", 1)[1] for line in stream.getvalue().splitlines()]
    assert lines[0].startswith("odd rows rows=3")
    assert [line.split(":")[0] for line in lines[1:]] == ["ingest", "links"]


def test_every_form_measures() -> None:
    for progress in (Silent(), Lines(io.StringIO()), JsonLines(io.StringIO()), Watched()):
        with progress:
            work(progress)
            with progress.stage("links"):
                pass
        assert list(progress.seconds) == ["ingest", "links"]
        assert all(value >= 0 for value in progress.seconds.values())


def test_warnings_of_the_package_are_notes(capsys: pytest.CaptureFixture[str]) -> None:
    with shown("json"):
        logging.getLogger("linkage.sources").warning("labels: columns that nothing uses: %s", "x")
    line = json.loads(capsys.readouterr().err)
    assert line["message"] == "labels: columns that nothing uses: x"
    assert not logging.getLogger("linkage").handlers


def test_a_pipe_gets_plain_lines(capsys: pytest.CaptureFixture[str]) -> None:
    with shown() as progress:
        work(progress)
    captured = capsys.readouterr()
    assert "ingest: done in" in captured.err
    assert captured.out == ""
