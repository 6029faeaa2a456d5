"""The folder of a store: runs, the pointer to the published one, and the lock."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from linkage.engine.records import record_of, record_text
from linkage.errors import LockedError, StoreError
from linkage.model import RunRecord

_RUN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@contextlib.contextmanager
def writing(store: Path) -> Iterator[None]:
    """Turns a failure to write into one clear line."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StoreError(f"no room left for the store {store}") from error
        raise StoreError(f"the store {store} cannot be written: {error.strerror or error}") from error


class StoreFolder:
    """One store: `runs/<id>/` for each run, `current` names the published one, `lock` is held by who writes."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._lock: int | None = None

    def run_folder(self, run_id: str) -> Path:
        """Where a run keeps its files; StoreError for a name that is none of a run."""
        if not _RUN_ID.fullmatch(run_id):
            raise StoreError(f"{run_id!r} cannot be the id of a run")
        return self.root / "runs" / run_id

    def has(self, run_id: str) -> bool:
        """Whether there is a record of this run."""
        return bool(_RUN_ID.fullmatch(run_id)) and (self.run_folder(run_id) / "run.json").is_file()

    def lock(self) -> None:
        """Takes the store for one writer; LockedError while another holds it, StoreError when it is read-only."""
        with writing(self.root):
            (self.root / "runs").mkdir(parents=True, exist_ok=True)
            handle = os.open(self.root / "lock", os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(handle)
            raise LockedError(f"another run holds the store {self.root}") from error
        self._lock = handle

    def unlock(self) -> None:
        """Gives the store back."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    @property
    def locked(self) -> bool:
        """Whether this process holds the store."""
        return self._lock is not None

    def current(self) -> str | None:
        """The id of the published run."""
        try:
            return (self.root / "current").read_text(encoding="utf-8").strip() or None
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StoreError(f"the store {self.root} cannot be read: {error.strerror}") from error

    def point_to(self, run_id: str) -> None:
        """Publishes a run: one rename, which readers see before or after and never in between."""
        self._replace(self.root / "current", run_id + "\n")

    def write_record(self, run: RunRecord) -> None:
        """Writes a run's entry in the ledger."""
        folder = self.run_folder(run.run_id)
        with writing(self.root):
            folder.mkdir(parents=True, exist_ok=True)
        self._replace(folder / "run.json", record_text(run) + "\n")

    def read_record(self, run_id: str) -> RunRecord:
        """A run's entry in the ledger; StoreError when it is missing or broken."""
        path = self.run_folder(run_id) / "run.json"
        try:
            return record_of(path.read_text(encoding="utf-8"))
        except FileNotFoundError as error:
            raise StoreError(f"the store {self.root} has no run {run_id}") from error
        except (OSError, ValueError, TypeError, AttributeError) as error:
            raise StoreError(f"the record of run {run_id} cannot be read: {path}") from error

    def run_ids(self) -> list[str]:
        """All runs that have a record, in the order of their ids."""
        folder = self.root / "runs"
        if not folder.is_dir():
            return []
        return sorted(path.name for path in folder.iterdir() if (path / "run.json").is_file())

    def write_table(self, run_id: str, name: str, table: pa.Table) -> None:
        """Writes one table of a run."""
        with writing(self.root):
            pq.write_table(table, self.run_folder(run_id) / f"{name}.parquet", compression="zstd")

    def read_table(self, run_id: str, name: str) -> pa.Table:
        """Reads one table of a run; StoreError when it is missing or broken."""
        path = self.run_folder(run_id) / f"{name}.parquet"
        try:
            return pq.read_table(path)
        except (OSError, pa.ArrowException) as error:
            raise StoreError(f"run {run_id} cannot be read: {path}") from error

    def remove_run(self, run_id: str) -> None:
        """Removes a run and all its files."""
        with writing(self.root):
            shutil.rmtree(self.run_folder(run_id))

    def _replace(self, path: Path, text: str) -> None:
        """Writes a small file so that readers see the old text or the new, also after a power cut."""
        fresh = path.with_suffix(".new")
        with writing(self.root):
            with fresh.open("w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(path)
            folder = os.open(path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
