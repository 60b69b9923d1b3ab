"""Field validation (KEP-2885): what an object has that its kind does not, what stands twice, what has another type."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from k9py.demo.api.crds import version_of
from k9py.demo.api.crds_values import take_unknown
from k9py.demo.api.openapi import metadata_node, node_of
from k9py.demo.api.schema_walk import Doubled, Place, Unfit, Walk
from k9py.demo.cluster import Cluster
from k9py.demo.core.catalog import Served
from k9py.demo.core.status import bad_request
from k9py.demo.core.store import Obj


def check_fields(cluster: Cluster, served: Served, obj: Obj, mode: str, warnings: list[str], body: bytes = b"") -> None:
    """Field validation, in place: types always; unknown fields, which are dropped, and doubled ones as `mode` says.

    `mode` is the fieldValidation parameter: Ignore, Warn (the default) or Strict. `body` is what obj was read from, so
    that doubled fields can be seen; empty for the outcome of a patch. StatusError (400) for what does not fit.
    """
    try:
        decode_fields(cluster, served, obj, mode, warnings, body)
    except Unfit as error:
        where = f'{served.kind} in version "{served.gvr.version}" cannot be handled as a {served.kind}'
        raise bad_request(f"{where}: {error}") from None


def decode_fields(cluster: Cluster, served: Served, obj: Obj, mode: str, warnings: list[str], body: bytes) -> None:
    """The same for who words its refusal otherwise, as patches are refused: raises Unfit with the reason alone."""
    node = node_of(cluster, served)
    if node is None:
        return
    shadow = _shadow(body)
    if served.custom:
        problems = _decode_custom(cluster, served, obj, shadow)
    else:
        walk = Walk()
        found = walk.fields(obj, node, Place(), served.kind, shadow)
        obj.clear()
        obj.update(found)
        obj.setdefault("metadata", {})
        problems = walk.problems
    _report(problems, "Ignore" if "field-validation" in cluster.off else mode, warnings)


def _report(problems: Sequence[str], mode: str, warnings: list[str]) -> None:
    """Unfit in the mode Strict, warnings in the mode Warn."""
    if not problems or mode == "Ignore":
        return
    if mode == "Strict":
        raise Unfit(f"strict decoding error: {', '.join(problems)}")
    warnings.extend(problems)


def _decode_custom(cluster: Cluster, served: Served, obj: Obj, shadow: Any) -> list[str]:
    """Of a custom resource only the metadata has Go types; the rest is pruned, and validated later."""
    walk = Walk()
    metadata = walk.value(obj.get("metadata") or {}, _metadata(), Place(), _of(shadow, "metadata"))
    problems = [problem.replace('"', '"metadata.', 1) for problem in walk.problems]
    obj["metadata"] = metadata
    version = version_of(cluster.store, served)
    unknown = take_unknown(obj, version.root) if version else []
    stored = version_of(cluster.store, cluster.catalog.storage(served.storage))
    if stored and stored is not version:
        take_unknown(obj, stored.root)
    return [*problems, *_doubled(shadow, ""), *(f'unknown field "{path}"' for path in unknown)]


def _of(shadow: Any, name: str) -> Any:
    return shadow.get(name) if isinstance(shadow, dict) else None


def _metadata() -> Any:
    node = metadata_node()
    node.definition = node.definition or "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"
    return node


def _doubled(shadow: Any, path: str) -> list[str]:
    """What stands twice outside of the metadata."""
    found = []
    if isinstance(shadow, dict):
        for name, each in shadow.items():
            here = f"{path}.{name}" if path else name
            if isinstance(shadow, Doubled) and name in shadow.again:
                found.append(f'duplicate field "{here}"')
            if here != "metadata":
                found += _doubled(each, here)
    elif isinstance(shadow, list):
        for index, each in enumerate(shadow):
            found += _doubled(each, f"{path}[{index}]")
    return found


def _shadow(body: bytes) -> Any:
    """The body with what stands twice in it; None if nothing does, or it is no JSON."""
    doubled = []

    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        plain = dict(found)
        if len(plain) == len(found):
            return plain
        names = [name for name, _ in found]
        marked = Doubled(plain)
        marked.again = frozenset(name for name in names if names.count(name) > 1)
        doubled.append(marked)
        return marked

    if not body.lstrip().startswith(b"{"):
        return None
    try:
        shadow = json.loads(body, object_pairs_hook=pairs)
    except ValueError:
        return None
    return shadow if doubled else None
