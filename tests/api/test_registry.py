"""Whoever runs the service is told why the published run cannot be opened; who asks is told that there is none."""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor

import pytest

from api.registry import Registry
from linkage.errors import StoreError


class Broken:
    """A store whose published run lacks a file."""

    def published(self) -> str | None:
        return "one"

    def reader(self, run_id: str | None = None):
        raise StoreError(f"run {run_id} cannot be read: campaigns.parquet is missing")

    def runs(self):
        return []


def test_the_log_says_why_the_published_run_cannot_be_opened(caplog):
    async def ask(run_id: str | None) -> None:
        with ThreadPoolExecutor(1) as threads:
            async with Registry(Broken(), threads).lend(run_id):
                raise AssertionError("it was opened")

    with caplog.at_level(logging.WARNING, "linkage.api"), pytest.raises(StoreError):
        asyncio.run(ask(None))
    assert "campaigns.parquet is missing" in caplog.text
    caplog.clear()
    # What a client named is not told there.
    with caplog.at_level(logging.WARNING, "linkage.api"), pytest.raises(StoreError):
        asyncio.run(ask("named by a client"))
    assert caplog.text == ""
