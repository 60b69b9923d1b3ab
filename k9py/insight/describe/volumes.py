"""What volumes of pods and persistent volumes are made of, in the words of kubectl."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from k9py.insight.describe.facts import Obj, each, get, pairs, say, sub, text
from k9py.insight.describe.sheet import NONE, UNSET, Sheet
from k9py.insight.describe.subject import annotations_of, labels_of

Field = tuple[str, str] | tuple[str, str, str]
"""A label, the path of what stands there, and what stands there where there is nothing."""


class Source(NamedTuple):
    """A kind of volume: what it is called, and what is told of it."""

    title: str
    fields: Sequence[Field]


_READ_ONLY = ("ReadOnly", "readOnly", "false")
_FS = ("FSType", "fsType")
_SECRET = ("SecretRef", "secretRef.name", NONE)

SOURCES: Mapping[str, Source] = {
    "emptyDir": Source(
        "EmptyDir (a temporary directory that shares a pod's lifetime)",
        (("Medium", "medium"), ("SizeLimit", "sizeLimit", UNSET)),
    ),
    "hostPath": Source("HostPath (bare host directory volume)", (("Path", "path"), ("HostPathType", "type"))),
    "configMap": Source(
        "ConfigMap (a volume populated by a ConfigMap)", (("Name", "name"), ("Optional", "optional", "false"))
    ),
    "secret": Source(
        "Secret (a volume populated by a Secret)", (("SecretName", "secretName"), ("Optional", "optional", "false"))
    ),
    "persistentVolumeClaim": Source(
        "PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)",
        (("ClaimName", "claimName"), _READ_ONLY),
    ),
    "image": Source(
        "Image (a container image or OCI artifact)", (("Reference", "reference"), ("PullPolicy", "pullPolicy"))
    ),
    "nfs": Source(
        "NFS (an NFS mount that lasts the lifetime of a pod)", (("Server", "server"), ("Path", "path"), _READ_ONLY)
    ),
    "local": Source("LocalVolume (a persistent volume backed by local storage on a node)", (("Path", "path"),)),
    "csi": Source("CSI (a Container Storage Interface (CSI) volume source)", (("Driver", "driver"), _FS)),
    "iscsi": Source(
        "ISCSI (an ISCSI Disk resource that is attached to a kubelet's host machine and then exposed to the pod)",
        (
            ("TargetPortal", "targetPortal"),
            ("IQN", "iqn"),
            ("Lun", "lun", "0"),
            ("ISCSIInterface", "iscsiInterface"),
            _FS,
            _READ_ONLY,
            ("Portals", "portals", "[]"),
            ("DiscoveryCHAPAuth", "chapAuthDiscovery", "false"),
            ("SessionCHAPAuth", "chapAuthSession", "false"),
            _SECRET,
            ("InitiatorName", "initiatorName", NONE),
        ),
    ),
    "fc": Source(
        "FC (a Fibre Channel disk)",
        (("TargetWWNs", "targetWWNs", NONE), ("LUN", "lun", NONE), _FS, _READ_ONLY),
    ),
    "flexVolume": Source(
        "FlexVolume (a generic volume resource that is provisioned/attached using an exec based plugin)",
        (("Driver", "driver"), _FS, _SECRET, _READ_ONLY, ("Options", "options", "map[]")),
    ),
    "awsElasticBlockStore": Source(
        "AWSElasticBlockStore (a Persistent Disk resource in AWS)",
        (("VolumeID", "volumeID"), _FS, ("Partition", "partition", "0"), _READ_ONLY),
    ),
    "gcePersistentDisk": Source(
        "GCEPersistentDisk (a Persistent Disk resource in Google Compute Engine)",
        (("PDName", "pdName"), _FS, ("Partition", "partition", "0"), _READ_ONLY),
    ),
    "azureDisk": Source(
        "AzureDisk (an Azure Data Disk mount on the host and bind mount to the pod)",
        (
            ("DiskName", "diskName"),
            ("DiskURI", "diskURI"),
            ("Kind", "kind"),
            _FS,
            ("CachingMode", "cachingMode"),
            _READ_ONLY,
        ),
    ),
    "azureFile": Source(
        "AzureFile (an Azure File Service mount on the host and bind mount to the pod)",
        (
            ("SecretName", "secretName"),
            ("SecretNamespace", "secretNamespace", NONE),
            ("ShareName", "shareName"),
            _READ_ONLY,
        ),
    ),
    "cephfs": Source(
        "CephFS (a CephFS mount on the host that shares a pod's lifetime)",
        (
            ("Monitors", "monitors", "[]"),
            ("Path", "path"),
            ("User", "user"),
            ("SecretFile", "secretFile"),
            _SECRET,
            _READ_ONLY,
        ),
    ),
    "cinder": Source(
        "Cinder (a Persistent Disk resource in OpenStack)", (("VolumeID", "volumeID"), _FS, _READ_ONLY, _SECRET)
    ),
    "glusterfs": Source(
        "Glusterfs (a Glusterfs mount on the host that shares a pod's lifetime)",
        (("EndpointsName", "endpoints"), ("Path", "path"), _READ_ONLY),
    ),
    "rbd": Source(
        "RBD (a Rados Block Device mount on the host that shares a pod's lifetime)",
        (
            ("CephMonitors", "monitors", "[]"),
            ("RBDImage", "image"),
            _FS,
            ("RBDPool", "pool"),
            ("RadosUser", "user"),
            ("Keyring", "keyring"),
            _SECRET,
            _READ_ONLY,
        ),
    ),
    "scaleIO": Source(
        "ScaleIO (a persistent volume backed by a block device in ScaleIO)",
        (
            ("Gateway", "gateway"),
            ("System", "system"),
            ("Protection Domain", "protectionDomain"),
            ("Storage Pool", "storagePool"),
            ("Storage Mode", "storageMode"),
            ("VolumeName", "volumeName"),
            _FS,
            _READ_ONLY,
        ),
    ),
    "vsphereVolume": Source(
        "vSphereVolume (a Persistent Disk resource in vSphere)",
        (("VolumePath", "volumePath"), _FS, ("StoragePolicyName", "storagePolicyName")),
    ),
    "quobyte": Source(
        "Quobyte (a Quobyte mount on the host that shares a pod's lifetime)",
        (("Registry", "registry"), ("Volume", "volume"), _READ_ONLY),
    ),
    "portworxVolume": Source("PortworxVolume (a Portworx Volume resource)", (("VolumeID", "volumeID"),)),
    "storageos": Source(
        "StorageOS (a StorageOS Persistent Disk resource)",
        (("VolumeName", "volumeName"), ("VolumeNamespace", "volumeNamespace"), _FS, _READ_ONLY),
    ),
    "photonPersistentDisk": Source(
        "PhotonPersistentDisk (a Persistent Disk resource in photon platform)", (("PdID", "pdID"), _FS)
    ),
    "gitRepo": Source(
        "GitRepo (a volume that is pulled from git when the pod is created)",
        (("Repository", "repository"), ("Revision", "revision")),
    ),
    "flocker": Source(
        "Flocker (a Flocker volume mounted by the Flocker agent)",
        (("DatasetName", "datasetName"), ("DatasetUUID", "datasetUUID")),
    ),
    "downwardAPI": Source("DownwardAPI (a volume populated by information about the pod)", ()),
    "projected": Source("Projected (a volume that contains injected data from multiple sources)", ()),
    "ephemeral": Source(
        "EphemeralVolume (an inline specification for a volume that gets created and deleted with the pod)", ()
    ),
}


def volumes_of(sheet: Sheet, spec: Obj, level: int = 0) -> None:
    """The volumes of a pod, each with its source."""
    volumes = each(spec, "volumes")
    if not volumes:
        sheet.field("Volumes", NONE, level=level)
        return
    sheet.section("Volumes", level)
    for volume in volumes:
        sheet.section(text(volume, "name"), level + 1)
        source_of(sheet, volume, level + 2)


def source_of(sheet: Sheet, volume: Obj, level: int) -> None:
    """Whatever source a volume or a persistent volume has; of a kind that is not known here, all its fields."""
    for name, found in volume.items():
        if not isinstance(found, Mapping) or name in _NO_SOURCE:
            continue
        source = SOURCES.get(name)
        sheet.field("Type", source.title if source else name, level=level)
        _fields(sheet, found, source.fields if source else [(key, key) for key in sorted(found)], level)
        if more := _MORE.get(name):
            more(sheet, found, level)


_NO_SOURCE = {"claimRef", "nodeAffinity", "capacity"}


def _fields(sheet: Sheet, found: Obj, fields: Sequence[Field], level: int) -> None:
    for label, path, *none in fields:
        value = get(found, *path.split("."))
        written = ", ".join(map(say, value)) if label == "TargetWWNs" and value else ""
        sheet.field(label, written or text(found, *path.split("."), none="".join(none)), level=level)


def _csi(sheet: Sheet, found: Obj, level: int) -> None:
    if handle := text(found, "volumeHandle"):
        sheet.field("VolumeHandle", handle, level=level)
    sheet.field("ReadOnly", text(found, "readOnly", none="false"), level=level)
    sheet.listing("VolumeAttributes", pairs(found, "volumeAttributes"), level)


def _downward(sheet: Sheet, found: Obj, level: int) -> None:
    sheet.section("Items", level)
    for item in each(found, "items"):
        what = text(item, "fieldRef", "fieldPath") or text(item, "resourceFieldRef", "resource")
        sheet.line(f"{what} -> {text(item, 'path')}", level=level + 1)


def _projected(sheet: Sheet, found: Obj, level: int) -> None:
    for source in each(found, "sources"):
        for label, value in _projections(source):
            sheet.field(label, value, level=level)


def _projections(source: Obj) -> Iterator[tuple[str, str]]:
    for name, label in (("secret", "SecretName"), ("configMap", "ConfigMapName")):
        if name in source:
            yield label, text(source, name, "name")
            yield "Optional", text(source, name, "optional", none="false")
    if "downwardAPI" in source:
        yield "DownwardAPI", "true"
    if "serviceAccountToken" in source:
        yield "TokenExpirationSeconds", text(source, "serviceAccountToken", "expirationSeconds", none=UNSET)
    if bundle := sub(source, "clusterTrustBundle"):
        yield "ClusterTrustBundle", f"{text(bundle, 'name') or text(bundle, 'signerName')} -> {text(bundle, 'path')}"
    if certificate := sub(source, "podCertificate"):
        yield "PodCertificate", text(certificate, "signerName")


def _ephemeral(sheet: Sheet, found: Obj, level: int) -> None:
    claim = sub(found, "volumeClaimTemplate")
    sheet.field("StorageClass", text(claim, "spec", "storageClassName"), level=level)
    sheet.field("Volume", text(claim, "spec", "volumeName"), level=level)
    labels_of(sheet, claim, level)
    annotations_of(sheet, claim, level)
    sheet.field("Capacity", text(claim, "spec", "resources", "requests", "storage"), level=level)
    sheet.field("Access Modes", short_modes(claim, "spec", "accessModes"), level=level)
    sheet.field("VolumeMode", text(claim, "spec", "volumeMode"), level=level)


_MORE: Mapping[str, Callable[[Sheet, Obj, int], None]] = {
    "csi": _csi,
    "downwardAPI": _downward,
    "projected": _projected,
    "ephemeral": _ephemeral,
}

_MODES = {"ReadWriteOnce": "RWO", "ReadOnlyMany": "ROX", "ReadWriteMany": "RWX", "ReadWriteOncePod": "RWOP"}


def short_modes(found: Obj, *path: str) -> str:
    """Access modes as kubectl writes them: `RWO,RWX`."""
    modes = get(found, *path)
    given = modes if isinstance(modes, list) else []
    return ",".join(short for mode, short in _MODES.items() if mode in given)
