"""Resource quotas and limit ranges."""

from __future__ import annotations

from collections.abc import Iterator

from k9py.demo.api.quantities import amount, settle
from k9py.demo.api.strategy import Strategy
from k9py.demo.api.validation.resources import CONTAINER, QUOTA, check_amount, check_name, check_standard, huge
from k9py.demo.api.validation.words import invalid, unchanged
from k9py.demo.core.status import Cause, duplicate_value, forbidden_value
from k9py.demo.core.store import Obj

_SCOPES = ("Terminating", "NotTerminating", "BestEffort", "NotBestEffort", "PriorityClass", "CrossNamespacePodAffinity")

_BEST_EFFORT = ("pods",)
_OF_PODS = ("pods", *CONTAINER, *(f"{kind}.{name}" for kind in ("requests", "limits") for name in sorted(CONTAINER)))


def _check_quota(obj: Obj, old: Obj | None) -> Iterator[Cause]:
    spec = obj["spec"]
    for name, value in sorted((spec.get("hard") or {}).items()):
        path = f"spec.hard[{name}]"
        yield from check_name(path, name)
        if "/" not in name and name not in QUOTA and not huge(name.removeprefix("requests.")):
            yield invalid(path, name, "must be a standard resource for quota")
        yield from check_amount(path, value, name)
    yield from _check_scopes(spec)
    if old is not None:
        yield from unchanged("spec.scopes", spec.get("scopes"), old["spec"].get("scopes"))


def _check_scopes(spec: Obj) -> Iterator[Cause]:
    """Each scope is of use for some resources only, and excludes its contrary."""
    scopes, path = spec.get("scopes") or [], "spec.scopes"
    for scope in scopes:
        if scope not in _SCOPES:
            yield invalid(path, scopes, "unsupported scope")
        allowed = _BEST_EFFORT if scope == "BestEffort" else _OF_PODS
        for name in sorted(spec.get("hard") or {}):
            if scope in _SCOPES and name not in allowed:
                yield invalid(path, scopes, "unsupported scope applied to resource")
    for one, other in (("BestEffort", "NotBestEffort"), ("Terminating", "NotTerminating")):
        if one in scopes and other in scopes:
            yield invalid(path, scopes, "conflicting scopes")


def _check_limit_range(obj: Obj, old: Obj | None) -> Iterator[Cause]:
    seen: set[str] = set()
    for index, item in enumerate(obj["spec"].get("limits") or ()):
        path, kind = f"spec.limits[{index}]", item.get("type", "")
        if kind in seen:
            yield duplicate_value(f"{path}.type", f'"{kind}"')
        seen.add(kind)
        names = ("max", "min", "default", "defaultRequest", "maxLimitRequestRatio")
        for name in names:
            for resource in sorted(item.get(name) or {}):
                at = f"{path}.{name}[{resource}]"
                yield from check_name(at, resource)
                if kind in ("Pod", "Container"):
                    yield from check_standard(at, resource)
        if kind == "Pod":
            for name in ("default", "defaultRequest"):
                if item.get(name):
                    yield forbidden_value(f"{path}.{name}", "may not be specified when `type` is 'Pod'")
            continue
        for resource in sorted({one for name in names for one in item.get(name) or {}}):
            yield from _check_order(path, item, resource)


def _check_order(path: str, item: Obj, resource: str) -> Iterator[Cause]:
    least, most, request, limit = (
        (item.get(name) or {}).get(resource) for name in ("min", "max", "defaultRequest", "default")
    )
    for low, high, field, value, words in (
        (least, most, "min", least, ("min value", "max value")),
        (least, request, "defaultRequest", request, ("min value", "default request value")),
        (request, most, "defaultRequest", request, ("default request value", "max value")),
        (request, limit, "defaultRequest", request, ("default request value", "default limit value")),
        (least, limit, "default", least, ("min value", "default value")),
        (limit, most, "default", limit, ("default value", "max value")),
    ):
        if low is not None and high is not None and amount(str(low)) > amount(str(high)):
            yield invalid(f"{path}.{field}[{resource}]", value, f"{words[0]} {low} is greater than {words[1]} {high}")


def default_quota(obj: Obj) -> None:
    """Quantities in their canonical form."""
    settle(obj.setdefault("spec", {}), "hard")


def default_limits(obj: Obj) -> None:
    """The default is the most, and what is requested by default is the limit, or else the least."""
    for item in obj.setdefault("spec", {}).get("limits") or ():
        for name in ("max", "min", "default", "defaultRequest", "maxLimitRequestRatio"):
            settle(item, name)
        if item.get("type") == "Container":
            default = {**(item.get("max") or {}), **(item.get("default") or {})}
            request = {**(item.get("min") or {}), **default, **(item.get("defaultRequest") or {})}
            item.update({name: value for name, value in (("default", default), ("defaultRequest", request)) if value})


STRATEGIES = (
    Strategy("resourcequotas", default_quota, validate=_check_quota, status=dict[str, object], generation=False),
    Strategy("limitranges", default_limits, validate=_check_limit_range, generation=False),
)
