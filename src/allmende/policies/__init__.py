"""Policies that come with the package; each is a plug-in, found by name.

from allmende.policies import Foundation

Foundation(donations=2, start=12)
"""


def __getattr__(name: str) -> object:
    from allmende.plugins import find

    for plugin in find("policy").values():
        if getattr(plugin, "levers", None) is not None and plugin.levers.__name__ == name:  # type: ignore[attr-defined]
            return plugin
    raise AttributeError(f"module 'allmende.policies' has no policy '{name}'")
