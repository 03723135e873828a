"""A claim is a conditional UPDATE on columns of its own row.

With a condition on a joined table Django asks for the rows in a subquery. Whoever waits for the
row on PostgreSQL then looks only at its number again, not at the condition: both get it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.house import python_files

LOOKUPS = {"isnull", "lte", "gte", "lt", "gt", "in", "range", "contains", "startswith", "exact"}


def joined(call: ast.Call) -> list[str]:
    """The conditions of `….filter(…).update(…)` that reach into another table."""
    found = []
    link: ast.expr = call
    while isinstance(link, ast.Call) and isinstance(link.func, ast.Attribute):
        if link.func.attr in {"filter", "exclude"}:
            found += [
                one.arg
                for one in link.keywords
                if one.arg and len([x for x in one.arg.split("__") if x not in LOOKUPS]) > 1
            ]
        link = link.func.value
    return found


def claims(tree: ast.AST) -> Iterator[ast.Call]:
    """Updates whose number of rows somebody looks at."""
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        is_update = (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "update"
        )
        if is_update and id(node) not in told:
            assert isinstance(node, ast.Call)
            yield node


def test_a_claim_asks_only_columns_of_its_own_row() -> None:
    found = {
        (name, call.lineno): conditions
        for name, tree in python_files("lianfang")
        for call in claims(tree)
        if (conditions := joined(call))
    }
    assert found == {}


@pytest.mark.parametrize(
    "code, conditions",
    [
        ("n = B.objects.filter(pk=1, room__is_open=True).update(a=1)", ["room__is_open"]),
        ("n = B.objects.filter(pk=1, taken_at__isnull=True).update(a=1)", []),
        ("if B.objects.exclude(room__name='x').update(a=1) != 1: pass", ["room__name"]),
    ],
)
def test_the_check_sees_a_planted_one(code: str, conditions: list[str]) -> None:
    [call] = claims(ast.parse(code))
    assert joined(call) == conditions
