"""What every object says of itself: the part of its metadata that identities, ages, labels and filters need."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec


class Owner(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """An entry of metadata.ownerReferences."""

    kind: str
    name: str
    uid: str = ""
    api_version: str = ""
    controller: bool | None = None


class Metadata(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """ObjectMeta (meta/v1), slim: times are kept as the server wrote them, and managedFields not at all."""

    name: str
    namespace: str = ""
    uid: str = ""
    resource_version: str = ""
    creation_timestamp: str | None = None
    deletion_timestamp: str | None = None
    labels: Mapping[str, str] | None = None
    owner_references: tuple[Owner, ...] | None = None
