"""Subresources that are more than a part of an object. A file here has ROUTES: (method, collection, subresource).

A collection `*` means all that have such a subresource; the empty subresource stands for the object itself, so that a
resource which is only a question (a SelfSubjectAccessReview) has its handler here too.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from k9py.demo.http.call import Handler

Route = tuple[str, str, str]


def load() -> dict[Route, Handler]:
    """All routes of the files in this folder."""
    found: dict[Route, Handler] = {}
    for module in iter_modules(__path__, f"{__name__}."):
        found.update(import_module(module.name).ROUTES)
    return found
