"""CustomResourceDefinitions."""

from __future__ import annotations

from k9py.demo.api.crds import CLEANUP, COLLECTION
from k9py.demo.api.crds_formats import unknown_formats
from k9py.demo.api.crds_rules import check_definition
from k9py.demo.api.registry import Intent, Registry
from k9py.demo.api.strategy import Strategy
from k9py.demo.core.store import Obj


def default(obj: Obj) -> None:
    """Names that follow from the kind; no conversion."""
    spec = obj.setdefault("spec", {})
    names = spec.setdefault("names", {})
    kind = names.get("kind", "")
    if kind:
        names.setdefault("singular", kind.lower())
        names.setdefault("listKind", f"{kind}List")
    spec.setdefault("conversion", {"strategy": "None"})


def prepare(obj: Obj, old: Obj | None, registry: Registry) -> None:
    """Every version in which objects have been stored is remembered."""
    status = obj.setdefault("status", {})
    if old is None:
        status.setdefault("conditions", None)
        status.setdefault("acceptedNames", {"plural": "", "kind": ""})
    stored = [one.get("name") for one in obj["spec"].get("versions") or () if one.get("storage")][:1]
    known = list(status.get("storedVersions") or ())
    listed = known + [one for one in stored if one not in known]
    status["storedVersions"] = listed or None


def admit(obj: Obj, old: Obj | None, registry: Registry, intent: Intent) -> None:
    """Warn of formats that nobody checks."""
    for version in obj["spec"].get("versions") or ():
        schema = (version.get("schema") or {}).get("openAPIV3Schema") or {}
        intent.warnings.extend(f'unrecognized format "{one}"' for one in unknown_formats(schema))


def hold(obj: Obj, asked: int | None) -> int:
    """A deletion first takes its objects away."""
    finalizers = obj["metadata"].setdefault("finalizers", [])
    if CLEANUP not in finalizers:
        finalizers.append(CLEANUP)
    return 0


STRATEGIES = (
    Strategy(COLLECTION, default=default, admit=admit, prepare=prepare, validate=check_definition, grace=hold),
)
