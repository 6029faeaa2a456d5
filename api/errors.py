"""Errors that clients may see; whatever else goes wrong is masked."""

from __future__ import annotations

from graphql import GraphQLError


class ApiError(GraphQLError):
    """An error with a code for programs, in `extensions.code`."""

    def __init__(self, code: str, message: str, **details: object) -> None:
        super().__init__(message, extensions={"code": code, **details})


class RefusedError(Exception):
    """A request that is not run at all: an HTTP status, a code, a message for people."""

    def __init__(self, status: int, code: str, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers or {}
