"""A client of the application, in this process: requests as the network would bring them."""

import asyncio
from pathlib import Path
from typing import Any

import httpx

from api.app import create_app
from api.settings import ApiSettings
from linkage.access import AccessStore
from linkage.engine.reader import ReaderSource


class Api:
    """The application over a source of runs, with a key for each role."""

    def __init__(
        self, source: ReaderSource, folder: Path, settings: ApiSettings | None = None, **more: Any
    ) -> None:
        self.access = AccessStore(folder / "access.sqlite")
        self.access.prepare()
        self.tokens = {
            role: self.access.create_key(role, role, scopes=("graphql", "metrics"))[1]
            for role in ("viewer", "investigator", "enforcer", "admin")
        }
        self.app = create_app(source, self.access, settings or ApiSettings(), **more)
        self._loop = asyncio.new_event_loop()
        self._lifespan = self.app.router.lifespan_context(self.app)
        self._loop.run_until_complete(self._lifespan.__aenter__())
        self._client = httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app, raise_app_exceptions=False), base_url="http://localhost"
        )

    def close(self) -> None:
        self._loop.run_until_complete(self._client.aclose())
        self._loop.run_until_complete(self._lifespan.__aexit__(None, None, None))
        self._loop.close()

    def send(self, method: str, path: str, **options: Any) -> httpx.Response:
        return self._loop.run_until_complete(self._client.request(method, path, **options))

    def raw(self, method: str = "POST", path: str = "/graphql", **options: Any) -> httpx.Response:
        """Any request, with the key of an admin."""
        headers = {"authorization": f"Bearer {self.tokens['admin']}"} | options.pop("headers", {})
        return self.send(method, path, headers=headers, **options)

    def many(self, requests: list[dict[str, Any]]) -> list[httpx.Response]:
        """POSTs to /graphql, all at once."""

        async def all_of_them() -> list[httpx.Response]:
            return list(await asyncio.gather(*(self._client.post("/graphql", **one) for one in requests)))

        return self._loop.run_until_complete(all_of_them())

    def post(
        self,
        query: str,
        variables: dict[str, Any] | None = None,
        *,
        role: str = "investigator",
        **headers: str,
    ) -> httpx.Response:
        """A GraphQL request as this role; header names with underscores."""
        sent = {"authorization": f"Bearer {self.tokens[role]}"} if role else {}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        body = {"query": query, "variables": variables or {}}
        return self.send("POST", "/graphql", json=body, headers=sent)

    def data(self, query: str, variables: dict[str, Any] | None = None, **options: str) -> dict[str, Any]:
        """The data of a request that must go well."""
        answer = self.post(query, variables, **options)
        assert answer.status_code == 200, answer.text
        assert "errors" not in answer.json(), answer.text
        data: dict[str, Any] = answer.json()["data"]
        return data

    def code(self, query: str, variables: dict[str, Any] | None = None, **options: str) -> tuple[int, str]:
        """Status and code of a request that must not go well."""
        answer = self.post(query, variables, **options)
        return answer.status_code, answer.json()["errors"][0]["extensions"]["code"]
