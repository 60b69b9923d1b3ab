"""What a connection rests on: an entry of the kubeconfig, and the files that it names; so that a change is noticed."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from k9py.kube.kubeconfig import Entry, Kubeconfig, read_entry
from k9py.kube.kubeconfig_file import User
from k9py.kube.stamps import Stamps, read_stamps


@dataclass(frozen=True)
class Basis:
    """An entry as it was read, and how the files that it names were then."""

    entry: Entry
    stamps: Stamps

    @classmethod
    def read(cls, kubeconfig: Kubeconfig, context_name: str) -> Basis:
        """As it is now. ConfigError when there is no such context any more, or it cannot be read."""
        entry = read_entry(kubeconfig, context_name)
        # what is written after this look is noticed by the next: it comes before the files are read
        return cls(entry, read_stamps(_files(entry)))

    @property
    def place(self) -> Hashable:
        """Which server it is, and as whom it is asked: what was learnt from it holds as long as this is the same."""
        cluster, user = self.entry.cluster, self.entry.user
        server = (cluster.server, cluster.tls_server_name, cluster.certificate_authority_data, cluster.proxy_url)
        acting_as = (user.impersonate, user.impersonate_uid, tuple(user.impersonate_groups))
        return (*server, self.entry.context.user, user.username, *acting_as)

    def connects_like(self, other: Basis) -> bool:
        """Whether a connection would be the same, given the same credential."""
        ours, theirs = self.entry, other.entry
        same_user = _without_login(ours.user) == _without_login(theirs.user)
        return ours.cluster == theirs.cluster and same_user and self.stamps == other.stamps


def _files(entry: Entry) -> list[Path]:
    named = (
        entry.cluster.certificate_authority,
        entry.user.client_certificate,
        entry.user.client_key,
        entry.user.token_file,
    )
    return [Path(path) for path in named if path]


def _without_login(user: User) -> User:
    """Without what a credential is had by; the credential itself is compared."""
    return msgspec.structs.replace(user, token="", token_file="", auth_provider=None, exec_plugin=None)
