"""Volumes of pods, and where containers mount them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from k9py.demo.api.quantities import amount
from k9py.demo.api.validation.names import label, subdomain
from k9py.demo.api.validation.words import broken, invalid, needed, not_found, one_of
from k9py.demo.core.status import Cause, duplicate_value, forbidden_value, required
from k9py.demo.core.store import Obj

Check = Callable[[str, Obj], Iterator[Cause]]


def check_volumes(path: str, volumes: Any) -> tuple[dict[str, Obj], list[Cause]]:
    """Those that are fine, by their names, and what is wrong with the others."""
    fine: dict[str, Obj] = {}
    causes: list[Cause] = []
    for index, volume in enumerate(volumes or ()):
        at, name = f"{path}[{index}]", volume.get("name", "")
        found = [*_check_sources(at, volume), *needed(f"{at}.name", name, label)]
        if name in fine:
            found.append(duplicate_value(f"{at}.name", f'"{name}"'))
        if not found:
            fine[name] = volume
        causes += found
    return fine, causes


def _check_sources(path: str, volume: Obj) -> Iterator[Cause]:
    kinds = [kind for kind in SOURCES if kind in volume]
    for index, kind in enumerate(kinds):
        if index:
            yield forbidden_value(f"{path}.{kind}", "may not specify more than 1 volume type")
        else:
            yield from SOURCES[kind](f"{path}.{kind}", volume[kind] or {})
    if not kinds and not set(volume) - {"name"}:
        yield required(path, "must specify a volume type")


def _fine(path: str, source: Obj) -> Iterator[Cause]:
    return iter(())


def _needs(*names: str) -> Check:
    def check(path: str, source: Obj) -> Iterator[Cause]:
        for name in names:
            if not source.get(name):
                yield required(f"{path}.{name}")

    return check


def _check_empty_dir(path: str, source: Obj) -> Iterator[Cause]:
    limit = source.get("sizeLimit")
    if limit is not None and amount(str(limit)) < 0:
        yield forbidden_value(f"{path}.sizeLimit", "SizeLimit field must be a valid resource quantity")


_HOST_TYPES = ("", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket")


def _check_host_path(path: str, source: Obj) -> Iterator[Cause]:
    text = source.get("path", "")
    if not text:
        yield required(f"{path}.path")
        return
    if ".." in text.split("/"):
        yield invalid(f"{path}.path", text, "must not contain '..'")
    yield from one_of(f"{path}.type", source.get("type") or "", _HOST_TYPES)


def _check_keyed(name: str) -> Check:
    """A config map or a secret as a volume."""

    def check(path: str, source: Obj) -> Iterator[Cause]:
        if not source.get(name):
            yield required(f"{path}.{name}")
        yield from _check_mode(f"{path}.defaultMode", source.get("defaultMode"))
        for index, item in enumerate(source.get("items") or ()):
            at = f"{path}.items[{index}]"
            if not item.get("key"):
                yield required(f"{at}.key")
            yield from _check_item_path(f"{at}.path", item.get("path", ""))
            yield from _check_mode(f"{at}.mode", item.get("mode"))

    return check


def _check_mode(path: str, mode: int | None) -> Iterator[Cause]:
    if mode is not None and not 0 <= mode <= 0o777:
        yield invalid(path, mode, "must be a number between 0 and 0777 (octal), both inclusive")


def _check_item_path(path: str, text: str) -> Iterator[Cause]:
    if not text:
        yield required(path)
        return
    yield from _check_descending(path, text)
    if text.startswith("..") and not text.startswith("../"):
        yield invalid(path, text, "must not start with '..'")


def _check_descending(path: str, text: str) -> Iterator[Cause]:
    if text.startswith("/"):
        yield invalid(path, text, "must be a relative path")
    if ".." in text.split("/"):
        yield invalid(path, text, "must not contain '..'")


def _check_projected(path: str, source: Obj) -> Iterator[Cause]:
    yield from _check_mode(f"{path}.defaultMode", source.get("defaultMode"))
    for index, one in enumerate(source.get("sources") or ()):
        at = f"{path}.sources[{index}]"
        kinds = [kind for kind in _PROJECTED if kind in one]
        if len(kinds) > 1:
            yield forbidden_value(f"{at}.{kinds[1]}", "may not specify more than 1 volume type")
        for kind in kinds:
            for name in _PROJECTED[kind]:
                if not (one[kind] or {}).get(name):
                    yield required(f"{at}.{kind}.{name}")


_PROJECTED: Mapping[str, tuple[str, ...]] = {
    "secret": ("name",),
    "configMap": ("name",),
    "downwardAPI": (),
    "serviceAccountToken": ("path",),
    "clusterTrustBundle": (),
    "podCertificate": (),
}


def _check_claim(path: str, source: Obj) -> Iterator[Cause]:
    name = source.get("claimName", "")
    if not name:
        yield required(f"{path}.claimName")
    else:
        yield from broken(f"{path}.claimName", name, subdomain)


def _check_nfs(path: str, source: Obj) -> Iterator[Cause]:
    yield from _needs("server", "path")(path, source)
    if source.get("path") and not str(source["path"]).startswith("/"):
        yield invalid(f"{path}.path", source["path"], "must be an absolute path")


SOURCES: Mapping[str, Check] = {
    "emptyDir": _check_empty_dir,
    "hostPath": _check_host_path,
    "gcePersistentDisk": _needs("pdName"),
    "awsElasticBlockStore": _needs("volumeID"),
    "secret": _check_keyed("secretName"),
    "nfs": _check_nfs,
    "iscsi": _needs("targetPortal", "iqn"),
    "glusterfs": _needs("endpoints", "path"),
    "persistentVolumeClaim": _check_claim,
    "rbd": _needs("monitors", "image"),
    "cephfs": _needs("monitors"),
    "downwardAPI": _fine,
    "fc": _fine,
    "azureFile": _needs("secretName", "shareName"),
    "configMap": _check_keyed("name"),
    "projected": _check_projected,
    "csi": _needs("driver"),
    "ephemeral": _needs("volumeClaimTemplate"),
    "image": _fine,
}
"""By the field of the source, in the order in which the server looks at them."""


def check_mounts(path: str, mounts: Any, volumes: Mapping[str, Obj]) -> Iterator[Cause]:
    """VolumeMounts of a container."""
    seen: set[str] = set()
    for index, mount in enumerate(mounts or ()):
        at, name, where = f"{path}[{index}]", mount.get("name", ""), mount.get("mountPath", "")
        if not name:
            yield required(f"{at}.name")
        if name not in volumes:
            yield not_found(f"{at}.name", name)
        if not where:
            yield required(f"{at}.mountPath")
        if where in seen:
            yield invalid(f"{at}.mountPath", where, "must be unique")
        seen.add(where)
        for field in ("subPath", "subPathExpr"):
            if mount.get(field):
                yield from _check_descending(f"{path}.{field}", mount[field])
