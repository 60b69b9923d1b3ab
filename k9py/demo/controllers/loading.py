"""Which controllers there are: the `CONTROLLER` of every module of this package that has one."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules

from k9py.demo.cluster import Cluster
from k9py.demo.controllers.controller import Controller


def start_controllers(cluster: Cluster) -> None:
    """Make all controllers, then start them, in the order of their names: the same world each time."""
    controllers = [make(cluster) for make in found_controllers()]
    for controller in controllers:
        controller.start()


def found_controllers() -> Iterator[type[Controller]]:
    """The classes, in the order of their names."""
    import k9py.demo.controllers as package

    found: list[type[Controller]] = []
    for module in iter_modules(package.__path__, f"{package.__name__}."):
        controller = getattr(import_module(module.name), "CONTROLLER", None)
        if controller:
            found.append(controller)
    return iter(sorted(found, key=lambda one: one.name))
