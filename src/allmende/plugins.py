"""Plug-ins: found by folder and by entry point, never by a list somebody edits.

A kind of plug-in is a class of values (`Reader`, `Indicator`, ...). Its plug-ins are the values of
that class at the top of any module in the kind's folder, and of any module that an installed
distribution names under the entry-point group `allmende.<kind>`. A decorated function stays what
it is: it can be imported and called without this module. Code in a study's folder is never loaded.
"""

import importlib
import importlib.metadata
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Protocol, runtime_checkable

from allmende.errors import PluginError, UnknownNameError

__all__ = ["KINDS", "Kind", "Named", "find", "get"]


@runtime_checkable
class Named(Protocol):
    """What every plug-in has: the name under which users ask for it."""

    @property
    def name(self) -> str:
        """The name."""
        ...


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of plug-in: the folder it is found in and the class of its values.

    Args:
        name: The kind as users write it, "indicator".
        folder: The package whose modules are imported, "allmende.indicators".
        noun: Where the class stands, "allmende.indicator:Indicator".
    """

    name: str
    folder: str
    noun: str

    @property
    def plural(self) -> str:
        """The kind as it is said of several.

        >>> Kind("policy", "", "").plural, Kind("reader", "", "").plural
        ('policies', 'readers')
        """
        return f"{self.name[:-1]}ies" if self.name.endswith("y") else f"{self.name}s"

    def type(self) -> type:
        """The class whose instances are plug-ins of this kind."""
        module, _, attribute = self.noun.partition(":")
        found = getattr(importlib.import_module(module), attribute)
        assert isinstance(found, type)
        return found


KINDS = {
    kind.name: kind
    for kind in (
        Kind("reader", "allmende.readers", "allmende.reader:Reader"),
        Kind("indicator", "allmende.indicators", "allmende.indicator:Indicator"),
        Kind("economy", "allmende.economies", "allmende.model.economy:Economy"),
        Kind("policy", "allmende.policies", "allmende.policy:Policy"),
        Kind("claim", "allmende.theory", "allmende.claim:Claim"),
    )
}


@cache
def find(kind: str) -> dict[str, Named]:
    """Every plug-in of a kind, by name, in alphabetical order.

    Raises:
        UnknownNameError: there is no such kind.
        PluginError: two plug-ins have the same name (both files are named), or one cannot be imported.
    """
    if kind not in KINDS:
        raise UnknownNameError("kind of plug-in", kind, KINDS)
    wanted = KINDS[kind].type()
    found: dict[str, tuple[Named, str]] = {}
    for module in _modules(KINDS[kind]):
        for value in vars(module).values():
            if not isinstance(value, wanted) or getattr(value, "module", module.__name__) != module.__name__:
                continue
            assert isinstance(value, Named)
            if value.name in found and found[value.name][0] is not value:
                raise PluginError(
                    f"two plug-ins of kind {kind} are called '{value.name}'",
                    where=f"{found[value.name][1]} and {module.__file__}",
                    next_step="Rename one of them.",
                )
            found[value.name] = (value, str(module.__file__))
    return {name: found[name][0] for name in sorted(found)}


def get(kind: str, name: str) -> Named:
    """The plug-in of that kind and name.

    Raises:
        UnknownNameError: there is none; the nearest name is offered.
    """
    plugins = find(kind)
    if name not in plugins:
        raise UnknownNameError(
            kind,
            name,
            plugins,
            next_step=f"{len(plugins)} are installed; `allmende list {KINDS[kind].plural}` shows them.",
        )
    return plugins[name]


def _modules(kind: Kind) -> Iterator[ModuleType]:
    package = importlib.import_module(kind.folder)
    for info in pkgutil.iter_modules(package.__path__, f"{kind.folder}."):
        yield importlib.import_module(info.name)
    for point in importlib.metadata.entry_points(group=f"allmende.{kind.name}"):
        try:
            yield importlib.import_module(point.module)
        except ImportError as error:
            raise PluginError(
                f"the {kind.name} plug-in '{point.name}' cannot be imported: {error}",
                where=str(point.value),
                next_step="Repair or uninstall the distribution that ships it.",
            ) from error
