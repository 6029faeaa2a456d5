"""How many threads the compiled kernels share, which run without the interpreter's lock; and work beside other work."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

CORES = os.cpu_count() or 1

Made = TypeVar("Made")


@contextmanager
def beside(work: Callable[[], Made]) -> Iterator[Future[Made]]:
    """Does `work` on a thread of its own while the body runs, and waits for it at the body's end."""
    with ThreadPoolExecutor(1) as pool:
        yield pool.submit(work)
