"""Which object is meant by a reference: its group, kind, namespace and name. References name no version that counts."""

from __future__ import annotations

from typing import NamedTuple


class Identity(NamedTuple):
    """An object as references name it. The namespace is empty of what has none."""

    group: str
    kind: str
    namespace: str
    name: str

    @classmethod
    def of(cls, api_version: str, kind: str, namespace: str, name: str) -> Identity:
        """From the apiVersion that stands in a reference."""
        group, slash, _ = api_version.rpartition("/")
        return cls(group if slash else "", kind, namespace, name)

    @property
    def word(self) -> str:
        """The kind, as a catalog finds it: `pod`, `deployment.apps`."""
        return f"{self.kind}.{self.group}".rstrip(".").lower()

    @property
    def label(self) -> str:
        """What a person calls it: `deployment web`."""
        return f"{self.kind.lower()} {self.name}"
