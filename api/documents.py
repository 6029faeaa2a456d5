"""What may be run: documents parsed, bounded, validated and measured before anything is resolved."""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graphql import (
    ArgumentNode,
    DirectiveNode,
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    OperationType,
    StringValueNode,
    VariableDefinitionNode,
    VariableNode,
    Visitor,
    parse,
    validate,
    visit,
)

from api.cost import Measure, Meter
from api.errors import RefusedError
from api.settings import Bounds
from linkage.errors import UsageError

_KEPT = 500


@dataclass(frozen=True)
class Prepared:
    """A document that may be run, and how it may be named in logs."""

    document: DocumentNode
    operation: OperationDefinitionNode
    digest: str
    measure: Measure

    @property
    def name(self) -> str:
        """The operation's name, or a dash."""
        return self.operation.name.value if self.operation.name else "-"


class Documents:
    """Prepares documents; those that were seen before are neither parsed nor validated again."""

    def __init__(
        self,
        schema: GraphQLSchema,
        bounds: Bounds,
        *,
        introspection: bool,
        stored: Mapping[str, str] | None = None,
        stored_only: bool = False,
    ) -> None:
        self._schema = schema
        self._bounds = bounds
        self._introspection = introspection
        self._stored = dict(stored or {})
        self._stored_only = stored_only
        self._kept: OrderedDict[str, DocumentNode] = OrderedDict()

    def text(self, query: object, document_id: object) -> str:
        """The document of a request: its own text, or a stored one by its SHA-256 (`sha256:<hex>` or `<hex>`)."""
        if document_id is not None:
            if not isinstance(document_id, str):
                raise RefusedError(400, "BAD_REQUEST", "documentId must be text")
            stored = self._stored.get(document_id.removeprefix("sha256:"))
            if stored is None:
                raise RefusedError(400, "DOCUMENT_NOT_FOUND", "no document of this id is stored")
            return stored
        if not isinstance(query, str) or not query.strip():
            raise RefusedError(
                400, "BAD_REQUEST", "query must be a GraphQL document, or documentId name a stored one"
            )
        if self._stored_only and _digest(query) not in self._stored:
            raise RefusedError(403, "DOCUMENT_NOT_STORED", "this service runs stored documents only")
        return query

    def prepare(self, text: str, variables: Mapping[str, Any], operation: str | None) -> Prepared:
        """Raises RefusedError with what is wrong, in the terms of the document."""
        if len(text) > self._bounds.characters:
            raise _too("long", "characters", self._bounds.characters)
        digest = _digest(text)
        document = self._kept.get(digest)
        if document is None:
            document = self._checked(text)
            self._kept[digest] = document
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(digest)
        chosen = _operation(document, operation)
        if chosen.operation is OperationType.SUBSCRIPTION:
            raise RefusedError(400, "BAD_REQUEST", "there are no subscriptions")
        measure = Meter(self._schema, document, variables).measure(chosen)
        if measure.depth > self._bounds.depth:
            raise _too("deep", "levels", self._bounds.depth)
        if measure.cost > self._bounds.cost:
            raise RefusedError(
                400,
                "TOO_COSTLY",
                f"the operation may cost {measure.cost:,}, more than {self._bounds.cost:,}: ask for smaller pages",
            )
        return Prepared(document, chosen, digest, measure)

    def _checked(self, text: str) -> DocumentNode:
        try:
            document = parse(text, max_lexical_tokens=self._bounds.tokens, allow_empty_selection_sets=False)
        except GraphQLSyntaxError as error:
            raise _invalid(error) from None
        except RecursionError:
            raise _too("deep", "levels", self._bounds.depth) from None
        try:
            counts = _Counts()
            visit(document, counts)
            for name in ("aliases", "directives", "fields", "operations"):
                if getattr(counts, name) > getattr(self._bounds, name):
                    raise _too("large", name, getattr(self._bounds, name))
            if counts.introspects and not self._introspection:
                raise RefusedError(
                    400, "INTROSPECTION_OFF", "introspection is off: the schema is in the repository"
                )
            errors = validate(self._schema, document, max_errors=5, hide_suggestions=not self._introspection)
        except RecursionError:
            raise _too("deep", "levels", self._bounds.depth) from None
        if errors:
            raise _invalid(errors[0])
        return document


class _Counts(Visitor):
    """Counts what the bounds count."""

    def __init__(self) -> None:
        super().__init__()
        self.aliases = self.directives = self.fields = self.operations = 0
        self.introspects = False

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        """A field, and maybe an alias."""
        self.fields += 1
        self.aliases += node.alias is not None
        self.introspects |= node.name.value in ("__schema", "__type")

    def enter_directive(self, _node: DirectiveNode, *_: Any) -> None:
        """A directive."""
        self.directives += 1

    def enter_operation_definition(self, _node: OperationDefinitionNode, *_: Any) -> None:
        """An operation."""
        self.operations += 1


def arguments(
    document: DocumentNode, names: tuple[str, ...], variables: Mapping[str, Any]
) -> Iterator[tuple[str, str]]:
    """The name and text of all the document's arguments of these names, variables put in."""
    found = _Arguments(names)
    visit(document, found)
    for name, value in found.values:
        if isinstance(value, VariableNode):
            key = value.name.value
            given = variables[key] if key in variables else found.defaults.get(key)
            if isinstance(given, str):
                yield name, given
        elif isinstance(value, StringValueNode):
            yield name, value.value


class _Arguments(Visitor):
    """Collects arguments, and what variables stand for where the request says nothing of them."""

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__()
        self._names = names
        self.values: list[tuple[str, object]] = []
        self.defaults: dict[str, str] = {}

    def enter_argument(self, node: ArgumentNode, *_: Any) -> None:
        """An argument of a field or a directive."""
        if node.name.value in self._names:
            self.values.append((node.name.value, node.value))

    def enter_variable_definition(self, node: VariableDefinitionNode, *_: Any) -> None:
        """A variable with its default."""
        if isinstance(node.default_value, StringValueNode):
            self.defaults[node.variable.name.value] = node.default_value.value


def stored_documents(path: Path) -> dict[str, str]:
    """The documents of a JSON file, a list of texts or an object with texts as its values, by their SHA-256."""
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: cannot be read as JSON") from error
    texts = list(read.values()) if isinstance(read, dict) else read
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise UsageError(f"{path}: must be a list of documents, or an object with documents as its values")
    return {_digest(text): text for text in texts}


def _operation(document: DocumentNode, name: str | None) -> OperationDefinitionNode:
    found = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    if name is not None:
        found = [node for node in found if node.name and node.name.value == name]
    if len(found) != 1:
        raise RefusedError(400, "BAD_REQUEST", "operationName must name one of the document's operations")
    return found[0]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _too(what: str, unit: str, most: int) -> RefusedError:
    return RefusedError(400, "TOO_LARGE", f"the document is too {what}: at most {most:,} {unit}")


def _invalid(error: GraphQLError) -> RefusedError:
    places = error.locations or []
    where = f" (line {places[0].line}, column {places[0].column})" if places else ""
    return RefusedError(400, "INVALID_DOCUMENT", error.message[:300] + where)
