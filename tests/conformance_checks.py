"""A check of a conformance suite: a test that every plug-in of a kind must pass, and that is counted."""

from collections.abc import Callable
from typing import Any

import pytest

from allmende import plugins

CHECKS: dict[str, set[tuple[str, str]]] = {}


def check(kind: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Make a test of one argument `plugin` a check of every plug-in of that kind, and count it.

    `CHECKS` then holds its module and name; `test_count` compares with what was collected.
    """

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        CHECKS.setdefault(kind, set()).add((function.__module__, function.__name__))
        each = [pytest.param(plugin, id=name) for name, plugin in plugins.find(kind).items()]
        mark: Callable[..., Any] = pytest.mark.parametrize("plugin", each)(function)
        return mark

    return register
