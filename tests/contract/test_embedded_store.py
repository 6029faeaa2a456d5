"""The embedded engine's folder: every write may be the last, and a folder may not take any."""

import contextlib
import json
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from linkage.engine.embedded import EmbeddedEngine
from linkage.engine.files import StoreFolder
from linkage.errors import LinkageError, StoreError


class Died(BaseException):
    """The process ends here and now: nothing after it runs."""


class Fuse:
    """Lets so many writes of a store pass and breaks at the next one, before or after it is done."""

    def __init__(
        self, monkeypatch: pytest.MonkeyPatch, left: int, error: BaseException, *, after: bool
    ) -> None:
        self.left, self.error, self.after, self.burnt = left, error, after, False
        for name in ("write_table", "write_record", "point_to"):
            monkeypatch.setattr(StoreFolder, name, self._wrapped(getattr(StoreFolder, name)))

    def _wrapped(self, write):
        def wrapped(store, *arguments):
            self.left -= 1
            if self.left < 0 and not self.after:
                self.burnt = True
                raise self.error
            result = write(store, *arguments)
            if self.left < 0 and self.after:
                self.burnt = True
                raise self.error
            return result

        return wrapped


def let_go(engine: EmbeddedEngine) -> None:
    """What the system does with the lock of a process that died."""
    engine._store.unlock()


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("error", [Died(), StoreError("no room left")], ids=["dies", "fails"])
def test_whichever_write_is_the_last_readers_see_one_run_and_whole(tmp_path, night, error, after):
    store = tmp_path / "store"
    night.give(EmbeddedEngine(store), "before")
    burnt, step = True, 0
    while burnt:
        run_id = f"run{step:02}"
        engine = EmbeddedEngine(store)
        with pytest.MonkeyPatch.context() as patched:
            fuse = Fuse(patched, step, error, after=after)
            with contextlib.suppress(Died, StoreError):
                night.give(engine, run_id, minute=1)
            burnt = fuse.burnt
        if burnt and isinstance(error, StoreError):
            engine.fail(night.as_run(run_id, minute=1, status="failed"))
        let_go(engine)
        view = EmbeddedEngine(store).view()
        assert view.run.status == "published"
        if burnt and not (after and view.run.run_id == run_id):
            assert view.run.run_id == "before", f"after {step} writes"
        judged = night.judged_as(view.run.run_id)
        assert view.memberships().equals(judged.memberships)
        assert view.rings().equals(judged.rings)
        # The ledger knows no more published runs than readers were ever shown, once the next writer has come.
        successor = EmbeddedEngine(store)
        successor.begin(night.as_run("next", minute=2, status="running"))
        published = [run.run_id for run in successor.runs() if run.status == "published"]
        successor.discard(night.as_run("next"))
        assert published == (["before"] if view.run.run_id == "before" else ["before", run_id]), (
            f"after {step} writes"
        )
        if view.run.run_id != "before":
            break
        step += 1
    assert step > 5


def test_the_pointer_is_replaced_and_never_written_in_place(tmp_path, night):
    store = tmp_path / "store"
    night.give(EmbeddedEngine(store), "one")
    with (store / "current").open() as held:
        night.give(EmbeddedEngine(store), "two", minute=1)
        assert held.read().strip() == "one"
    assert (store / "current").read_text().strip() == "two"
    assert not list(store.rglob("*.new"))


def test_scratch_files_do_not_outlive_the_run(tmp_path, night):
    engine = EmbeddedEngine(tmp_path / "store")
    run = night.as_run("one")
    engine.begin(replace(run, status="running"))
    (engine.folder(run) / "work").mkdir()
    (engine.folder(run) / "work" / "observed.json").write_text("{}")
    engine.load(run, night.graph)
    engine.publish(run, night.judged_as("one"))
    assert not (engine.folder(run) / "work").exists()


def test_what_could_not_be_written_is_never_published(tmp_path, night):
    engine = EmbeddedEngine(tmp_path / "store")
    night.give(engine, "one")
    run = night.as_run("two", minute=1)
    engine.begin(replace(run, status="running"))
    (engine.folder(run) / "evidence.parquet").mkdir()
    engine.load(run, night.graph)
    with pytest.raises(StoreError, match="cannot be written"):
        engine.publish(run, night.judged_as("two"))
    engine.fail(replace(run, status="failed"))
    assert engine.published() == "one"


def unwritable(tmp_path: Path) -> list[Path]:
    (tmp_path / "file").write_text("a file")
    return [
        tmp_path / "file" / "store",
        tmp_path / "file",
        Path("/proc/linkage-store"),
        tmp_path / ("x" * 300),
    ]


@pytest.mark.parametrize(
    "case", range(4), ids=["under a file", "a file", "no file system", "a name too long"]
)
def test_a_store_that_cannot_be_written_is_one_clear_error(tmp_path, night, case):
    with pytest.raises(StoreError, match="cannot be written") as caught:
        EmbeddedEngine(unwritable(tmp_path)[case]).begin(night.as_run("one"))
    assert caught.value.exit_code == 73


@pytest.mark.parametrize(
    "case", range(4), ids=["under a file", "a file", "no file system", "a name too long"]
)
def test_reading_a_store_that_is_none_is_one_clear_error(tmp_path, case):
    engine = EmbeddedEngine(unwritable(tmp_path)[case])
    with pytest.raises(LinkageError) as caught:
        engine.view()
    assert caught.value.exit_code == 73


@pytest.mark.parametrize("content", ["{", "[]", "{}", "", '{"run_id": 1}', "\x00\xff"], ids=repr)
def test_a_broken_record_is_one_clear_error(tmp_path, night, content):
    store = tmp_path / "store"
    night.give(EmbeddedEngine(store), "one")
    (store / "runs" / "one" / "run.json").write_bytes(content.encode("latin-1"))
    with pytest.raises(StoreError):
        EmbeddedEngine(store).view()
    with pytest.raises(StoreError):
        EmbeddedEngine(store).runs()


@pytest.mark.parametrize("table", ["memberships", "links", "accounts"])
def test_a_broken_or_missing_table_is_one_clear_error(tmp_path, night, table):
    store = tmp_path / "store"
    night.give(EmbeddedEngine(store), "one")
    path = store / "runs" / "one" / f"{table}.parquet"
    for break_it in (lambda: path.write_bytes(b"PAR1 no"), path.unlink):
        break_it()
        view = EmbeddedEngine(store).view()
        with pytest.raises(StoreError):
            view.memberships() if table == "memberships" else view.links()


def test_a_pointer_to_nowhere_is_one_clear_error(tmp_path, night):
    store = tmp_path / "store"
    night.give(EmbeddedEngine(store), "one")
    (store / "current").write_text("gone\n")
    with pytest.raises(StoreError, match="gone") as caught:
        EmbeddedEngine(store).view()
    assert caught.value.exit_code == 73
    (store / "current").write_text("\n")
    with pytest.raises(StoreError, match="no published run"):
        EmbeddedEngine(store).view()


def test_strange_things_in_the_folder_are_no_runs(tmp_path, night):
    store = tmp_path / "store"
    night.give(EmbeddedEngine(store), "one")
    (store / "runs" / "lost+found").mkdir()
    (store / "runs" / ".DS_Store").write_text("")
    assert [run.run_id for run in EmbeddedEngine(store).runs()] == ["one"]
    night.give(EmbeddedEngine(store), "two", minute=1)
    EmbeddedEngine(store).prune(1)


def test_a_record_of_a_later_version_is_read(tmp_path, night):
    store = tmp_path / "store"
    night.give(EmbeddedEngine(store), "one")
    path = store / "runs" / "one" / "run.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"of_tomorrow": [1]}))
    assert EmbeddedEngine(store).view().run.run_id == "one"


def test_the_record_comes_back_as_it_was_written(tmp_path, night):
    store = tmp_path / "store"
    run = night.give(EmbeddedEngine(store), "one")
    assert EmbeddedEngine(store).runs() == [run]
    folder = store / "runs" / "one"
    assert {path.stem for path in folder.glob("*.parquet")} >= {
        "accounts",
        "identifiers",
        "links",
        "memberships",
    }
    assert pq.read_table(folder / "accounts.parquet").num_rows == night.run.counts["accounts"]
