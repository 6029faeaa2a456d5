"""Reads `linkage.toml` into `Settings`: an unknown key or a value out of range is a one-line UsageError."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, cast

from linkage.errors import UsageError
from linkage.identifiers.base import Family
from linkage.settings.model import NAMED_SECTIONS, PLAIN_SECTIONS, Settings, SourceSettings


def load_settings(path: Path | None = None, overrides: Mapping[str, object] | None = None) -> Settings:
    """The settings of a TOML file (None: the defaults), with `overrides` on top.

    `overrides` names keys by their dotted path, `{"run.threads": 2}`; a value of None is not given. Raises
    UsageError in one line for a file that cannot be read, an unknown section or key, a value out of range.
    """
    document = _parse(path) if path is not None else {}
    for dotted, value in (overrides or {}).items():
        if value is not None:
            _place(document, dotted, value)
    return _settings(document, str(path) if path is not None else "settings")


def _parse(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: is not UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path}: is not TOML: {error}") from error


def _place(document: dict[str, Any], dotted: str, value: object) -> None:
    *parents, last = dotted.split(".")
    for name in parents:
        document = document.setdefault(name, {})
        if not isinstance(document, dict):
            raise UsageError(f"override {dotted}: {name} is not a section")
    document[last] = value


def _settings(document: Mapping[str, Any], where: str) -> Settings:
    known = [*PLAIN_SECTIONS, *NAMED_SECTIONS]
    for name, section in document.items():
        if name not in known:
            raise UsageError(f"{where}: unknown section [{name}]{_nearest(name, known)}")
        if not isinstance(section, dict):
            raise UsageError(f"{where}: {name} must be a section, [{name}]")
    plain = {
        name: _section(kind, document.get(name, {}), f"{where}: {name}")
        for name, kind in PLAIN_SECTIONS.items()
    }
    for name in document.get("families", {}):
        if name not in {str(family) for family in Family}:
            raise UsageError(
                f"{where}: unknown family {name}{_nearest(name, [str(item) for item in Family])}"
            )
    return Settings(
        sources=tuple(_sources(document.get("sources", {}), where)),
        kinds=_named("kinds", document, where),
        families=_named("families", document, where),
        **plain,
    )


def _named(name: str, document: Mapping[str, Any], where: str) -> dict[str, Any]:
    kind = NAMED_SECTIONS[name]
    return {
        item: _section(kind, table, f"{where}: {name}.{item}", name=item)
        for item, table in document.get(name, {}).items()
    }


def _sources(section: Mapping[str, Any], where: str) -> Iterable[SourceSettings]:
    for name, given in section.items():
        tables = given if isinstance(given, list) else [given]
        for place, table in enumerate(tables):
            label = name if len(tables) == 1 else f"{name}[{place + 1}]"
            here = f"{where}: sources.{label}"
            source = cast(SourceSettings, _section(SourceSettings, table, here, name=label))
            if source.file is not None and source.query is not None:
                raise UsageError(f"{here}: either file or query, not both")
            if source.query is not None and source.format is not None:
                raise UsageError(f"{here}: format belongs to a file, not to a query")
            yield _with_table(source, name)


def _with_table(source: SourceSettings, name: str) -> SourceSettings:
    if source.table:
        return source
    values = {item.name: getattr(source, item.name) for item in fields(source)}
    return SourceSettings(**{**values, "table": name})


def _section(kind: type[Any], table: object, where: str, **given: str) -> Any:
    """Builds one section's dataclass from a TOML table; its fields say how each key is read."""
    if not isinstance(table, dict):
        raise UsageError(f"{where}: must be a section, not a single value")
    readers = {item.name: item.metadata["reader"] for item in fields(kind) if "reader" in item.metadata}
    values: dict[str, Any] = dict(given)
    for name, value in table.items():
        if name not in readers:
            raise UsageError(f"{where}: unknown key {name}{_nearest(name, readers)}")
        try:
            values[name] = readers[name](value)
        except ValueError as error:
            raise UsageError(f"{where}.{name} = {_shown(value)}: {error}") from error
    return kind(**values)


def _shown(value: object) -> str:
    text = repr(value).replace("\n", " ")
    return text if len(text) <= 60 else text[:57] + "..."


def _nearest(name: str, known: Iterable[str]) -> str:
    names = list(known)
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    return f" (did you mean {near[0]}?)" if near else f" (known: {', '.join(sorted(names))})"
