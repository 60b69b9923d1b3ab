"""Volumes, claims and classes of storage."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from k9py.insight.describe.conditions import conditions_of
from k9py.insight.describe.facts import Obj, ago, each, get, join, joined_pairs, pairs, sub, text, texts, truth, when
from k9py.insight.describe.sheet import NONE, UNSET, Cell, Sheet
from k9py.insight.describe.subject import Asks, Describer, Subject, annotations_of, has, head, in_namespace, labels_of
from k9py.insight.describe.template import PODS
from k9py.insight.describe.volumes import short_modes, source_of

_OLD_CLASS = "volume.beta.kubernetes.io/storage-class"
_DEFAULT = ("storageclass.kubernetes.io/is-default-class", "storageclass.beta.kubernetes.io/is-default-class")


def _class_of(found: Obj) -> str:
    """The class that counts: an old annotation wins over the spec."""
    return text(found, "metadata", "annotations", _OLD_CLASS) or text(found, "spec", "storageClassName")


def _write_phase(sheet: Sheet, subject: Subject) -> None:
    found, phase = subject.found, text(subject.found, "status", "phase")
    if has(found, "metadata", "deletionTimestamp"):
        phase = f"Terminating (lasts {ago(subject.now, found, 'metadata', 'deletionTimestamp')})"
    sheet.field("Status", Cell(phase, "bad" if phase in ("Lost", "Failed") else None))


def ask_users(found: Obj) -> Asks:
    """The pods of its namespace: any may use it."""
    return {PODS: in_namespace(found, "/api/v1", "pods")}


def describe_claim(sheet: Sheet, subject: Subject) -> None:
    """What is claimed, what has been got, and who uses it."""
    found, spec = subject.found, sub(subject.found, "spec")
    sheet.field("Name", subject.name)
    sheet.field("Namespace", text(found, "metadata", "namespace"))
    sheet.field("StorageClass", _class_of(found))
    _write_phase(sheet, subject)
    sheet.field("Volume", text(spec, "volumeName"))
    labels_of(sheet, found)
    annotations_of(sheet, found)
    _write_finalizers(sheet, found)
    _write_size(sheet, found, spec)
    _write_data_source(sheet, spec)
    why = subject.why_not(PODS)
    sheet.listing("Used By", [why] if why else [text(pod, "metadata", "name") for pod in _users(subject)])
    conditions_of(sheet, found, "LastProbeTime", "LastTransitionTime")


def _write_finalizers(sheet: Sheet, found: Obj) -> None:
    sheet.field("Finalizers", f"[{' '.join(texts(found, 'metadata', 'finalizers'))}]")


def _write_size(sheet: Sheet, found: Obj, spec: Obj) -> None:
    got = text(found, "status", "capacity", "storage") or ("0" if text(spec, "volumeName") else "")
    sheet.field("Capacity", got)
    sheet.field("Requested", text(spec, "resources", "requests", "storage", none=UNSET))
    got_modes = short_modes(found, "status", "accessModes") if text(spec, "volumeName") else ""
    sheet.field("Access Modes", got_modes)
    sheet.field("VolumeMode", text(spec, "volumeMode"))
    if wanted := text(spec, "volumeAttributesClassName"):
        sheet.field("VolumeAttributesClass", wanted)


def _write_data_source(sheet: Sheet, spec: Obj) -> None:
    source = sub(spec, "dataSource") or sub(spec, "dataSourceRef")
    if source:
        sheet.section("DataSource")
    for label, field in (("APIGroup", "apiGroup"), ("Kind", "kind"), ("Name", "name"), ("Namespace", "namespace")):
        if value := text(source, field):
            sheet.field(label, value, level=1)


def _users(subject: Subject) -> Iterator[Obj]:
    for pod in subject.items(PODS):
        if subject.name in _claims(pod):
            yield pod


def _claims(pod: Obj) -> Iterator[str]:
    """The claims of a pod, those that are made for it among them."""
    for volume in each(pod, "spec", "volumes"):
        if has(volume, "ephemeral"):
            yield f"{text(pod, 'metadata', 'name')}-{text(volume, 'name')}"
        else:
            yield text(volume, "persistentVolumeClaim", "claimName")


def describe_volume(sheet: Sheet, subject: Subject) -> None:
    """Whose it is, how large, where, and what it is made of."""
    found, spec = subject.found, sub(subject.found, "spec")
    head(sheet, found)
    _write_finalizers(sheet, found)
    sheet.field("StorageClass", _class_of(found))
    _write_phase(sheet, subject)
    claim = sub(spec, "claimRef")
    sheet.field("Claim", f"{text(claim, 'namespace')}/{text(claim, 'name')}" if claim else "")
    sheet.field("Reclaim Policy", text(spec, "persistentVolumeReclaimPolicy"))
    sheet.field("Access Modes", short_modes(spec, "accessModes"))
    sheet.field("VolumeMode", text(spec, "volumeMode"))
    sheet.field("Capacity", text(spec, "capacity", "storage", none="0"))
    for label, field in (("VolumeAttributesClass", "volumeAttributesClassName"), ("Mount Options", "mountOptions")):
        if has(spec, field):
            sheet.field(label, text(spec, field))
    _write_affinity(sheet, spec)
    for label in ("Reason", "Message"):
        sheet.field(label, text(found, "status", label.lower()))
    sheet.section("Source")
    source_of(sheet, spec, 1)


def _write_affinity(sheet: Sheet, spec: Obj) -> None:
    if not has(spec, "nodeAffinity", "required"):
        sheet.field("Node Affinity", NONE)
        return
    sheet.section("Node Affinity")
    sheet.section("Required Terms", 1)
    terms = each(spec, "nodeAffinity", "required", "nodeSelectorTerms")
    write_terms(sheet, (each(term, "matchExpressions") for term in terms), 2)


def write_terms(sheet: Sheet, terms: Iterable[list[Obj]], level: int) -> None:
    """Terms of a selector of nodes, each with all that it requires."""
    for number, required in enumerate(terms):
        sheet.listing(f"Term {number}", map(_say_requirement, required), level)


def _say_requirement(found: Obj) -> str:
    values = ", ".join(texts(found, "values"))
    words = f"{text(found, 'key')} {text(found, 'operator', none='In').lower()}"
    return f"{words} [{values}]" if values else words


def describe_class(sheet: Sheet, subject: Subject) -> None:
    """How volumes of a class come to be."""
    found = subject.found
    sheet.field("Name", subject.name)
    marked = any(text(found, "metadata", "annotations", name) == "true" for name in _DEFAULT)
    sheet.field("IsDefaultClass", "Yes" if marked else "No")
    sheet.listing("Annotations", pairs(found, "metadata", "annotations"))
    sheet.field("Provisioner", text(found, "provisioner"))
    sheet.field("Parameters", joined_pairs(found, "parameters"))
    sheet.field("AllowVolumeExpansion", truth(get(found, "allowVolumeExpansion"), UNSET))
    _write_options(sheet, found)
    sheet.field("ReclaimPolicy", text(found, "reclaimPolicy", none=UNSET))
    sheet.field("VolumeBindingMode", text(found, "volumeBindingMode", none=UNSET))
    if topologies := each(found, "allowedTopologies"):
        sheet.section("AllowedTopologies")
        write_terms(sheet, (each(term, "matchLabelExpressions") for term in topologies), 1)


def _write_options(sheet: Sheet, found: Obj) -> None:
    options = texts(found, "mountOptions")
    if options:
        sheet.block("MountOptions", options)
    else:
        sheet.field("MountOptions", NONE)


def describe_attributes(sheet: Sheet, subject: Subject) -> None:
    """What a driver is told about volumes of a class (VolumeAttributesClass)."""
    found = subject.found
    sheet.field("Name", subject.name)
    sheet.listing("Annotations", pairs(found, "metadata", "annotations"))
    sheet.field("DriverName", text(found, "driverName"))
    sheet.field("Parameters", joined_pairs(found, "parameters"))


def describe_csi_node(sheet: Sheet, subject: Subject) -> None:
    """The drivers of a node (CSINode)."""
    head(sheet, subject.found)
    sheet.field("CreationTimestamp", when(subject.found, "metadata", "creationTimestamp"))
    sheet.section("Spec")
    drivers = each(subject.found, "spec", "drivers")
    if drivers:
        sheet.section("Drivers", 1)
    for driver in drivers:
        sheet.section(text(driver, "name"), 2)
        sheet.field("Node ID", text(driver, "nodeID"), level=3)
        if has(driver, "allocatable", "count"):
            sheet.section("Allocatables", 3)
            sheet.field("Count", text(driver, "allocatable", "count"), level=4)
        if keys := texts(driver, "topologyKeys"):
            sheet.field("Topology Keys", f"[{join(keys, ' ')}]", level=3)


DESCRIBERS = (
    Describer(("persistentvolumeclaims",), describe_claim, ask_users),
    Describer(("persistentvolumes",), describe_volume),
    Describer(("storageclasses.storage.k8s.io",), describe_class),
    Describer(("volumeattributesclasses.storage.k8s.io",), describe_attributes),
    Describer(("csinodes.storage.k8s.io",), describe_csi_node),
)
