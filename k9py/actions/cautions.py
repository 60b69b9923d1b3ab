"""What a person should know before they change an object: who else has a say in it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from k9py.actions.action import Fact
from k9py.actions.budgets import breaks_of, read_budgets
from k9py.actions.reading import list_first, remembered
from k9py.values.remake import controller_of
from k9py.values.request import Read
from k9py.values.resource import Gvr, Resource

Obj = Mapping[str, Any]


def _hpas(version: str) -> Resource:
    return Resource(
        Gvr("autoscaling", version, "horizontalpodautoscalers"), "HorizontalPodAutoscaler", "", True, frozenset()
    )


HPAS = (_hpas("v2"), _hpas("v1"))
"""v2 came with 1.23; v1 is as old as the kind, and is still served."""
_ARGO = "argocd.argoproj.io/tracking-id"
_HELM = "meta.helm.sh/release-name"
_MANAGED_BY = "app.kubernetes.io/managed-by"
_FLUX = {
    "kustomize.toolkit.fluxcd.io/name": "the Flux Kustomization",
    "helm.toolkit.fluxcd.io/name": "the Flux HelmRelease",
}
_ARGO_LABEL = "argocd.argoproj.io/instance"
_NEVER_SET_BACK = frozenset(("Pod", "Job", "EndpointSlice", "ControllerRevision", "Scale"))
"""Once made, their controllers leave them as they are."""
_SET_BACK = frozenset((("ReplicaSet", "Deployment"),))
"""Kinds and their owners that set them back for certain."""


@dataclass(frozen=True, slots=True)
class Beside:
    """What was read beside the targets, by namespace."""

    scalers: Mapping[str, Sequence[Obj]]
    budgets: Mapping[str, Sequence[Obj]]


async def caution(
    read: Read,
    facts: Sequence[Fact],
    *,
    replicas: bool = False,
    disrupts: bool = False,
    owners: bool = True,
    objects: Mapping[str, Obj] | None = None,
) -> tuple[Fact, ...]:
    """The facts, each with what there is to be said of its object.

    `replicas` asks for the autoscalers of the namespaces, `disrupts` for the budgets, whose word is kept apart as
    Fact.disruptions: who may not read them is told nothing of them, and the log says so. `owners` says whether it
    matters that a controller sets the object back. `objects` are the targets' objects by uid, where what was found is
    a subresource of them.
    """
    read = remembered(read)
    namespaces = sorted({fact.target.key.namespace for fact in facts if not fact.failed})
    scalers, budgets = await asyncio.gather(
        _read_scalers(read, namespaces if replicas else ()), read_budgets(read, namespaces if disrupts else ())
    )
    known = [(fact, _object_of(fact, objects)) for fact in facts]
    breaks = breaks_of([(fact.target, found) for fact, found in known if found], budgets)
    return tuple(
        fact
        if fact.failed
        else replace(
            fact,
            cautions=(
                *fact.cautions,
                *(managers_of(fact, found) if found else ()),
                *(owners_of(fact, found) if found and owners else ()),
                *scalers_of(fact, scalers.get(fact.target.key.namespace, ())),
            ),
            disruptions=breaks.get(fact.target.uid, ()),
        )
        for fact, found in known
    )


def _object_of(fact: Fact, objects: Mapping[str, Obj] | None) -> Obj | None:
    if fact.failed:
        return None
    found: Obj | None = fact.found if objects is None else objects.get(fact.target.uid)
    return found


def managers_of(fact: Fact, found: Obj | None = None) -> tuple[str, ...]:
    """Who applies the object again: Helm, Argo CD or Flux, by the marks that they leave on it."""
    metadata = (fact.found if found is None else found).get("metadata") or {}
    labels, annotations = metadata.get("labels") or {}, metadata.get("annotations") or {}
    who = [f"{name} {labels[label]}" for label, name in _FLUX.items() if labels.get(label)]
    if application := annotations.get(_ARGO, "").partition(":")[0] or labels.get(_ARGO_LABEL):
        who.append(f"the Argo CD application {application}")
    if not who and annotations.get(_HELM):
        who.append(f"the Helm release {annotations[_HELM]}")
    elif not who and labels.get(_MANAGED_BY) == "Helm":
        who.append("a Helm release")
    name = fact.target.key.label
    return tuple(f"{name} is managed by {each}, which may put it back" for each in who)


def owners_of(fact: Fact, found: Obj) -> tuple[str, ...]:
    """The controller that sets back what is changed by hand."""
    owner, kind = controller_of(found), fact.target.resource.kind
    if owner is None or kind in _NEVER_SET_BACK:
        return ()
    does = "sets it back" if (kind, owner["kind"]) in _SET_BACK else "may set it back"
    return (f"{fact.target.key.label} belongs to the {owner['kind']} {owner['name']}, which {does}",)


def scalers_of(fact: Fact, scalers: Iterable[Obj]) -> tuple[str, ...]:
    """The HorizontalPodAutoscaler that decides on the replicas, and whose it is (KEDA makes one, too)."""
    key, resource = fact.target.key, fact.target.resource
    found = []
    for scaler in scalers:
        ref = scaler["spec"]["scaleTargetRef"]
        group = ref.get("apiVersion", "").rpartition("/")[0]
        if (group, ref.get("kind"), ref.get("name")) == (resource.gvr.group, resource.kind, key.name):
            spec, owner = scaler["spec"], controller_of(scaler)
            span = f"{spec.get('minReplicas', 1)} to {spec.get('maxReplicas')}"
            whose = f" of the {owner['kind']} {owner['name']}" if owner else ""
            found.append(f"{key.label}: the autoscaler {scaler['metadata']['name']}{whose} sets its replicas, {span}")
    return tuple(found)


async def _read_scalers(read: Read, namespaces: Sequence[str]) -> dict[str, Sequence[Obj]]:
    lists = await asyncio.gather(*(list_first(read, HPAS, namespace) for namespace in namespaces))
    return {namespace: found or () for namespace, found in zip(namespaces, lists, strict=True)}
