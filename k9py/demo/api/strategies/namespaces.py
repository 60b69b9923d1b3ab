"""Namespaces."""

from __future__ import annotations

from k9py.demo.api.registry import Registry
from k9py.demo.api.strategy import Side, Strategy
from k9py.demo.api.validation.names import LABEL, label
from k9py.demo.core.status import forbidden
from k9py.demo.core.store import Obj

NAME_LABEL = "kubernetes.io/metadata.name"
SYSTEM = ("default", "kube-system", "kube-public")
"""Those that cannot be deleted."""


def default(obj: Obj) -> None:
    """Its name is a label, too."""
    metadata = obj["metadata"]
    metadata.setdefault("labels", {})[NAME_LABEL] = metadata["name"]


def prepare(obj: Obj, old: Obj | None, registry: Registry) -> None:
    """What holds it until all that is in it is gone. It changes through the subresource `finalize` only."""
    if old is None:
        obj.setdefault("spec", {}).setdefault("finalizers", ["kubernetes"])
        return
    obj["spec"] = old.get("spec", {})


def name(text: str) -> tuple[str, ...]:
    """A label; who writes dots is told so."""
    found = label(text)
    return ("must not contain dots",) if "." in text and found == (LABEL,) else found


def terminate(obj: Obj) -> None:
    """It is on its way. StatusError for one that the cluster needs."""
    if obj["metadata"]["name"] in SYSTEM:
        raise forbidden("", "namespaces", obj["metadata"]["name"], "this namespace may not be deleted")
    obj["metadata"].pop("deletionGracePeriodSeconds", None)
    obj.setdefault("status", {})["phase"] = "Terminating"


def _take_finalizers(old: Obj, new: Obj) -> Obj:
    """All but its status is taken (pkg/registry/core/namespace)."""
    finalizers = (new.get("spec") or {}).get("finalizers")
    return {**old, "metadata": new["metadata"], "spec": {"finalizers": finalizers} if finalizers else {}}


STRATEGIES = (
    Strategy(
        "namespaces",
        default,
        prepare=prepare,
        terminate=terminate,
        sides={"finalize": Side(_take_finalizers)},
        name=name,
        status=lambda: {"phase": "Active"},
        generation=False,
    ),
)
