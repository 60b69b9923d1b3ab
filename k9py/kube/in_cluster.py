"""The kubeconfig that a pod does not need: its service account is mounted, the environment says where the server is.

https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from k9py.kube.kubeconfig_file import (
    Cluster,
    ContextEntry,
    KubeconfigFile,
    NamedCluster,
    NamedContext,
    NamedUser,
    User,
)

NAME = "in-cluster"
SERVICE_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")


def read_service_account(environ: Mapping[str, str], folder: Path = SERVICE_ACCOUNT) -> KubeconfigFile | None:
    """One context with the pod's own cluster, token and namespace; None outside of a pod, or with none mounted."""
    host, port = environ.get("KUBERNETES_SERVICE_HOST", ""), environ.get("KUBERNETES_SERVICE_PORT", "")
    token, authority, namespace = folder / "token", folder / "ca.crt", folder / "namespace"
    if not host or not port or not token.is_file():
        return None
    address = f"[{host}]" if ":" in host else host
    cluster = Cluster(server=f"https://{address}:{port}", certificate_authority=str(authority))
    own = namespace.read_text(encoding="utf-8").strip() if namespace.is_file() else ""
    return KubeconfigFile(
        [NamedCluster(NAME, cluster)],
        [NamedUser(NAME, User(token_file=str(token)))],  # read again each minute: kubelets renew it
        [NamedContext(NAME, ContextEntry(NAME, NAME, own))],
        NAME,
    )
