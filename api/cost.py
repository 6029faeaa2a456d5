"""What a document will cost before it is run: rows that it may return, and statements that cost more than their rows.

A field costs one, or its own weight; what stands below a list costs as often as the list may be long.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    ArgumentNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    is_list_type,
)
from graphql.type import GraphQLNonNull, GraphQLOutputType

#: Fields whose database work is more than one short statement.
WEIGHTS: Mapping[str, int] = {
    "Query.explain": 100,
    "Query.path": 500,
    "Query.neighbourhood": 100,
    "Query.search": 30,
    "Query.lookup": 10,
    "Query.campaigns": 50,
    "Ring.timeline": 20,
    "Ring.evidenceSubgraph": 50,
}
#: A list that no argument bounds is taken to be so long.
UNBOUNDED = 10
_SIZES = ("first", "limit")
_LISTS = ("values", "ids")
_CEILING = 10**12


@dataclass(frozen=True)
class Measure:
    """`cost` as above; `depth` counts fields from the root."""

    cost: int
    depth: int


class Meter:
    """Measures one document with its variables; it must be valid, which is: without circles."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, Any]) -> None:
        self._schema = schema
        self._fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self._variables = variables
        self._known: dict[str, Measure] = {}

    def measure(self, operation: OperationDefinitionNode) -> Measure:
        """The operation's cost and depth."""
        defaults = {
            node.variable.name.value: node.default_value for node in operation.variable_definitions or ()
        }
        self._defaults = defaults
        root = self._schema.get_root_type(operation.operation)
        return self._selection(operation.selection_set, root)

    def _selection(self, selection: SelectionSetNode | None, parent: Any, above: int = 0) -> Measure:
        cost, depth = 0, 0
        for node in selection.selections if selection else ():
            match node:
                case FieldNode():
                    found = self._field(node, parent, above)
                case InlineFragmentNode():
                    name = node.type_condition.name.value if node.type_condition else ""
                    found = self._selection(
                        node.selection_set, self._schema.get_type(name) if name else parent, above
                    )
                case FragmentSpreadNode():
                    found = self._spread(node.name.value, above)
                case _:
                    continue
            cost = min(cost + found.cost, _CEILING)
            depth = max(depth, found.depth)
        return Measure(cost, depth)

    def _spread(self, name: str, above: int) -> Measure:
        # Once a fragment: spreads of spreads would else take exponential time to count.
        key = f"{name} {above}"
        if key not in self._known:
            fragment = self._fragments[name]
            parent = self._schema.get_type(fragment.type_condition.name.value)
            self._known[key] = self._selection(fragment.selection_set, parent, above)
        return self._known[key]

    def _field(self, node: FieldNode, parent: Any, above: int) -> Measure:
        name = node.name.value
        fields = parent.fields if isinstance(parent, GraphQLObjectType | GraphQLInterfaceType) else {}
        field = fields.get(name)
        if field is None:  # __typename and introspection
            below = self._selection(node.selection_set, None)
            return Measure(1 + below.cost, 1 + below.depth)
        size = self._size(node, field)
        inner = get_named_type(field.type)
        if size is None and _is_list(field.type):
            # `nodes` and `edges` are as long as the connection that they are part of, and so it is with `limit:`.
            size = above or UNBOUNDED
        if _is_list(field.type):
            below = self._selection(node.selection_set, inner)
            times = max(size or 1, 1)
        else:
            # A connection, or an object whose lists are as long as its argument says.
            below = self._selection(node.selection_set, inner, size or 0)
            times = 1
        own = WEIGHTS.get(f"{parent.name}.{name}", 1)
        return Measure(min(own + times * max(below.cost, 1 if times > 1 else 0), _CEILING), 1 + below.depth)

    def _size(self, node: FieldNode, field: GraphQLField) -> int | None:
        for argument in node.arguments or ():
            if argument.name.value in _SIZES and isinstance(size := self._value(argument), int):
                return max(size, 0)
            if argument.name.value in _LISTS:
                values = self._value(argument)
                return len(values) if isinstance(values, list) else 1
        # Who names no size gets the schema's own.
        sizes = (field.args[name].default_value for name in _SIZES if name in field.args)
        return next((size for size in sizes if isinstance(size, int)), None)

    def _value(self, argument: ArgumentNode) -> Any:
        value: Any = argument.value
        if isinstance(value, VariableNode):
            name = value.name.value
            if name in self._variables:
                return self._variables[name]
            value = self._defaults.get(name)
        if isinstance(value, IntValueNode):
            return int(value.value)
        if isinstance(value, ListValueNode):
            return list(value.values)
        return None


def _is_list(type_: GraphQLOutputType) -> bool:
    return is_list_type(type_.of_type if isinstance(type_, GraphQLNonNull) else type_)
