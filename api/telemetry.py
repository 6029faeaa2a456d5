"""Metrics and log lines of requests: who asked what, how long it took, never what was read."""

from __future__ import annotations

import json
import logging
import sys
import time
from datetime import UTC, datetime
from typing import Any

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)

from api.errors import RefusedError
from api.execute import Asked, where

_LOG = logging.getLogger("linkage.api.access")
_EXTRA = (
    "request_id", "principal", "role", "operation", "document", "run", "outcome", "status", "milliseconds", "cost",
    "statements", "personal", "cause", "where",
)  # fmt: skip


class Telemetry:
    """The metrics of one application."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "linkage_api_requests",
            "Requests by outcome and role.",
            ["outcome", "role"],
            registry=self.registry,
        )
        self._seconds = Histogram(
            "linkage_api_seconds",
            "Seconds from a request to its answer.",
            buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
            registry=self.registry,
        )
        self._cost = Counter("linkage_api_cost", "Estimated rows asked for.", registry=self.registry)
        self._statements = Counter("linkage_api_statements", "Statements run.", registry=self.registry)
        self._personal = Counter(
            "linkage_api_personal_reads", "Objects of personal data read.", registry=self.registry
        )
        self.running = Gauge("linkage_api_running", "Requests under way.", registry=self.registry)
        self.age = Gauge("linkage_run_age_seconds", "Age of the published run.", registry=self.registry)

    def text(self) -> tuple[bytes, str]:
        """The metrics and their media type."""
        return generate_latest(self.registry), CONTENT_TYPE_LATEST

    def finished(self, asked: Asked, status: int) -> None:
        """Counts and logs one request."""
        seconds = time.monotonic() - asked.began
        role = str(asked.principal.role)
        self._requests.labels(asked.outcome, role).inc()
        self._seconds.observe(seconds)
        self._cost.inc(asked.cost)
        self._statements.inc(asked.statements)
        self._personal.inc(asked.personal)
        _LOG.info(
            "request",
            extra={
                "request_id": asked.request_id,
                "principal": asked.principal.name,
                "role": role,
                "operation": asked.operation,
                "document": asked.document[:16],
                "run": asked.run_id,
                "outcome": asked.outcome,
                "status": status,
                "milliseconds": round(seconds * 1000, 1),
                "cost": asked.cost,
                "statements": asked.statements,
                "personal": asked.personal,
            },
        )

    def refused(self, error: RefusedError, request_id: str) -> None:
        """Counts and logs a request of nobody known."""
        self._requests.labels(error.code, "none").inc()
        _LOG.info(
            "request",
            extra={"request_id": request_id, "role": "none", "outcome": error.code, "status": error.status},
        )


class JsonLines(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """The record without the text of exceptions, which may hold values."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
        }
        line |= {name: getattr(record, name) for name in _EXTRA if hasattr(record, name)}
        if record.exc_info and record.exc_info[1]:
            line |= {"cause": type(record.exc_info[1]).__name__, "where": where(record.exc_info[1])}
        return json.dumps(line, ensure_ascii=False)


def log_to_stderr() -> None:
    """JSON lines of this package on stderr, and of the web server what goes wrong, without its tracebacks."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    for name, level in (("linkage.api", logging.INFO), ("uvicorn", logging.WARNING)):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [handler], False
        logger.setLevel(level)
