"""Executes plain fields quickly: those that only read an attribute of a row.

A page of a hundred rows has hundreds of them, and graphql-core spends ten microseconds on what each could need and has
not: arguments, a path, a record of where it stands. Whatever is not plain, and whatever goes wrong, is executed as
graphql-core does it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from typing import Any, NamedTuple

from graphql import GraphQLNonNull, GraphQLObjectType, GraphQLSchema, Undefined, is_leaf_type
from graphql.execution.executor_throwing_on_incremental import ExecutorThrowingOnIncremental
from graphql.pyutils import Path
from strawberry.types.field import StrawberryField

# Of other values graphql-core knows more: lists, errors, what must be awaited.
_SIMPLE = frozenset((str, int, float, bool, datetime))
_UNKNOWN = object()


class _Plain(NamedTuple):
    """A field that is an attribute: its name, how its value is written, whether it may be null."""

    attribute: str
    write: Callable[[Any], Any]
    nullable: bool

    def of(self, source: object) -> Any:
        """The field as the response has it; _UNKNOWN where graphql-core has to look."""
        try:
            value = getattr(source, self.attribute)
            if value is None:
                return None if self.nullable else _UNKNOWN
            if type(value) not in _SIMPLE:
                return _UNKNOWN
            written = self.write(value)
        except Exception:
            return _UNKNOWN
        return _UNKNOWN if written is None or written is Undefined else written


class _Plan(NamedTuple):
    """What a selection asks of each object of a type. `fields` is the selection itself, `rest` its other fields."""

    fields: Any
    plain: list[tuple[str, _Plain]]
    rest: dict[str, Any]


class PlainExecutor(ExecutorThrowingOnIncremental):
    """graphql-core's executor, with a short way for plain fields."""

    def execute_fields(
        self,
        parent_type: GraphQLObjectType,
        source_value: Any,
        path: Path | None,
        grouped_field_set: Any,
        position_context: None,
    ) -> Any:
        """The fields of one object, in their order; those of all objects of a list are planned once."""
        plans: dict[int, _Plan] = self.__dict__.setdefault("_plans", {})
        plan = plans.get(id(grouped_field_set))
        if plan is None:
            # The plan keeps the selection, so that no other one gets its number.
            plan = plans[id(grouped_field_set)] = _planned(self.schema, parent_type, grouped_field_set)
        results: dict[str, Any] = {}
        for name, field in plan.plain:
            value = field.of(source_value)
            if value is _UNKNOWN:
                return super().execute_fields(
                    parent_type, source_value, path, grouped_field_set, position_context
                )
            results[name] = value
        if not plan.rest:
            return results
        others = super().execute_fields(parent_type, source_value, path, plan.rest, position_context)
        if not results:
            return others
        if isinstance(others, dict):
            return _in_order(grouped_field_set, results | others)
        return _joined(grouped_field_set, results, others)


def _in_order(names: Iterable[str], values: dict[str, Any]) -> dict[str, Any]:
    return {name: values[name] for name in names if name in values}


async def _joined(
    names: Iterable[str], known: dict[str, Any], others: Awaitable[dict[str, Any]]
) -> dict[str, Any]:
    return _in_order(names, known | await others)


def _planned(schema: GraphQLSchema, parent_type: GraphQLObjectType, fields: Any) -> _Plan:
    plan = _Plan(fields, [], {})
    for name, details in fields.items():
        field = _plain(schema, parent_type, details[0].node.name.value)
        if field is None or details[0].node.arguments:
            plan.rest[name] = details
        else:
            plan.plain.append((name, field))
    return plan


def _plain(schema: GraphQLSchema, parent_type: GraphQLObjectType, name: str) -> _Plain | None:
    """The field where it is an attribute with a scalar or an enum; None for all others."""
    field = schema.get_field(parent_type, name)
    if field is None or field.args or not getattr(field.resolve, "_is_default", False):
        return None
    defined = field.extensions.get("strawberry-definition")
    kind = field.type.of_type if isinstance(field.type, GraphQLNonNull) else field.type
    if not isinstance(defined, StrawberryField) or not defined.is_basic_field or not is_leaf_type(kind):
        return None
    if defined.default_resolver is not getattr:
        return None
    return _Plain(defined.python_name, kind.coerce_output_value, not isinstance(field.type, GraphQLNonNull))
