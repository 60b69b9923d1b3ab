"""What the command line says instead of the kubeconfig, about the one context that it starts: token, user and the like.

The flags are those of kubectl (clientcmd/overrides.go). Another context that is opened later is as its kubeconfig says.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import msgspec

from k9py.kube.kubeconfig_file import Cluster, User
from k9py.values.errors import ConfigError


class Names(NamedTuple):
    """The entries of the kubeconfig that a context leads to."""

    cluster: str
    user: str


@dataclass(frozen=True, slots=True)
class Overrides:
    """What was given for one context; what is empty was not."""

    context: str = ""
    cluster: str = ""
    user: str = ""
    server: str = ""
    token: str = field(default="", repr=False)
    impersonate: str = ""
    impersonate_uid: str = ""
    impersonate_groups: tuple[str, ...] = ()
    insecure: bool = False
    meant: str = ""
    """The server that all of this was given for: the kubeconfig may lead the context to another one later."""

    def names(self, names: Names) -> Names:
        """Which cluster and user count."""
        return Names(self.cluster or names.cluster, self.user or names.user)

    def applied_to_cluster(self, cluster: Cluster) -> Cluster:
        """Where the server is, and whether it has to prove who it is. ConfigError when it is not the one meant."""
        server = self.server or cluster.server
        if self.token and self.meant and server != self.meant:
            raise ConfigError(
                f"context {self.context} leads to {server} now, and --token was given for {self.meant}",
                "start k9py again",
            )
        insecure = self.insecure or cluster.insecure_skip_tls_verify
        name = "" if self.server else cluster.tls_server_name  # which was that of the kubeconfig's server
        return msgspec.structs.replace(cluster, server=server, tls_server_name=name, insecure_skip_tls_verify=insecure)

    def applied_to_user(self, user: User) -> User:
        """Who asks, and as whom. ConfigError for groups of nobody."""
        return self._impersonating(self._proving(user))

    def _proving(self, user: User) -> User:
        """The user with the token that was given, which counts alone: a server looks at a certificate before it."""
        if not self.token:
            return user
        return User(
            token=self.token,
            impersonate=user.impersonate,
            impersonate_uid=user.impersonate_uid,
            impersonate_groups=user.impersonate_groups,
            impersonate_extra=user.impersonate_extra,
        )

    def _impersonating(self, user: User) -> User:
        """The user acting as somebody else, who replaces whom the kubeconfig names."""
        groups, uid = list(self.impersonate_groups), self.impersonate_uid
        if self.impersonate:
            return msgspec.structs.replace(
                user,
                impersonate=self.impersonate,
                impersonate_uid=uid,
                impersonate_groups=groups,
                impersonate_extra={},
            )
        if not groups and not uid:
            return user
        if not user.impersonate:
            raise ConfigError("--as-group and --as-uid need a user to act as", "name one with --as")
        return msgspec.structs.replace(
            user,
            impersonate_groups=groups or user.impersonate_groups,
            impersonate_uid=uid or user.impersonate_uid,
        )
