"""Which controllers there are: every class of this package that has a name."""

from __future__ import annotations

from importlib import import_module
from operator import attrgetter
from pkgutil import iter_modules

from k9py.demo.cluster import Cluster
from k9py.demo.controllers.controller import Controller


def start_controllers(cluster: Cluster) -> None:
    """Make all controllers, then start them, in the order of their names: the same world each time."""
    controllers = [make(cluster) for make in found_controllers()]
    for controller in controllers:
        controller.start()


def found_controllers() -> list[type[Controller]]:
    """The classes, in the order of their names."""
    import k9py.demo.controllers as package

    modules = (import_module(found.name) for found in iter_modules(package.__path__, f"{package.__name__}."))
    classes = {one for module in modules for one in vars(module).values() if isinstance(one, type)}
    named = (one for one in classes if issubclass(one, Controller) and hasattr(one, "name"))
    return sorted(named, key=attrgetter("name"))
