"""Plain: what was found as tables, lists, numbers and texts, for a file that other programs read."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

__all__ = ["plain"]


def plain(value: Any) -> Any:
    """Dataclasses and named tuples as tables by the names of their fields, at any depth; tuples as lists.

    Args:
        value: What was found.

    >>> from typing import NamedTuple
    >>> class End(NamedTuple):
    ...     low: float
    >>> plain({"ends": (End(0.5), End(1.0))})
    {'ends': [{'low': 0.5}, {'low': 1.0}]}
    """
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: plain(getattr(value, each.name)) for each in fields(value)}
    if hasattr(value, "_asdict"):
        return {name: plain(part) for name, part in value._asdict().items()}
    if isinstance(value, Mapping):
        return {name: plain(part) for name, part in value.items()}
    return [plain(part) for part in value] if isinstance(value, tuple) else value
