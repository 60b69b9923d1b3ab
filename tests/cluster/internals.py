"""Write k9py/demo/data/internal.json: the fields of the server's internal types, in their order.

Messages such as `Invalid value: {"Type":"Foo","RollingUpdate":null}` quote them. `python -m tests.cluster.internals
MODULE`, where MODULE is the folder of the Go module k8s.io/kubernetes.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

DATA = Path(__file__).parents[2] / "k9py" / "demo" / "data" / "internal.json"
GROUPS = ("core", "apps", "batch", "policy", "rbac", "networking", "autoscaling")
ROOTS = (
    "core.PodSpec",
    "core.SecurityContext",
    "core.EphemeralContainer",
    "core.ServicePort",
    "core.PersistentVolumeSource",
    "core.PersistentVolumeClaimSpec",
    "apps.DeploymentStrategy",
    "apps.StatefulSetUpdateStrategy",
    "apps.DaemonSetUpdateStrategy",
    "policy.PodDisruptionBudgetSpec",
    "rbac.RoleRef",
    "rbac.Subject",
    "networking.IngressBackend",
    "networking.HTTPIngressPath",
    "networking.ServiceBackendPort",
    "core.LocalObjectReference",
    "core.TypedLocalObjectReference",
    "core.VolumeNodeAffinity",
    "core.NodeSelectorTerm",
    "core.Taint",
)
_TYPE = re.compile(r"^type (\w+) (.+?)\s*(?://.*)?$")
_FIELD = re.compile(r"^\s+(\w+)\s+([\w.\[\]*]+)")
_EMBEDDED = re.compile(r"^\s+([\w.]+)\s*(?:`.*`)?(?://.*)?$")


def read_types(text: str, group: str) -> dict[str, list[list[str]] | str]:
    """All types of a file: fields of a struct, or what else it is."""
    found: dict[str, list[list[str]] | str] = {}
    fields: list[list[str]] | None = None
    for line in text.splitlines():
        declared = _TYPE.match(line)
        if declared:
            name = f"{group}.{declared[1]}"
            fields = [] if declared[2].startswith("struct") else None
            found[name] = declared[2] if fields is None else fields
        elif line.startswith("}"):
            fields = None
        elif fields is not None and not line.strip().startswith("//"):
            field, embedded = _FIELD.match(line), _EMBEDDED.match(line)
            if field:
                fields.append([field[1], field[2]])
            elif embedded:
                fields.append(["", embedded[1]])
    return found


def qualify(kind: str, group: str) -> str:
    """A type with its group: `[]Container` is `[]core.Container`."""
    prefix, name = re.fullmatch(r"((?:\[\]|\*|map\[[\w.]+\])*)([\w.]+)", kind).groups()  # type: ignore[union-attr]
    if name[0].isupper() and "." not in name:
        name = f"{group}.{name}"
    return re.sub(r"map\[[\w.]+\]", "map", prefix) + name.replace("api.", "core.")


def main(module: str) -> None:
    """Read the types that the roots need, and write them."""
    types: dict[str, list[list[str]] | str] = {}
    for group in GROUPS:
        types.update(read_types((Path(module) / "pkg" / "apis" / group / "types.go").read_text(), group))
    wanted, found = list(ROOTS), dict[str, object]()
    while wanted:
        name = wanted.pop()
        if name in found or name not in types:
            continue
        group, definition = name.split(".")[0], types[name]
        if isinstance(definition, str):
            found[name] = qualify(definition, group)
            inner = [str(found[name])]
        else:
            found[name] = [[field, qualify(kind, group)] for field, kind in definition]
            inner = [qualify(kind, group) for _, kind in definition]
        wanted += [re.sub(r"^(\[\]|\*|map)+", "", kind) for kind in inner]
    lines = ",\n".join(f"{json.dumps(name)}:{json.dumps(found[name], separators=(',', ':'))}" for name in sorted(found))
    DATA.write_text(f"{{\n{lines}\n}}\n")


if __name__ == "__main__":
    main(sys.argv[1])
