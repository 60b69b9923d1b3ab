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
FOLDER = "/var/run/secrets/kubernetes.io/serviceaccount"
FOLDER_VARIABLE = "K9PY_SERVICE_ACCOUNT"
"""Names another folder, for a pod that mounts its token elsewhere."""


def read_service_account(environ: Mapping[str, str]) -> KubeconfigFile | None:
    """One context with the pod's own cluster, token and namespace; None outside of a pod, or with none mounted."""
    folder = Path(environ.get(FOLDER_VARIABLE) or FOLDER)
    host, port = environ.get("KUBERNETES_SERVICE_HOST", ""), environ.get("KUBERNETES_SERVICE_PORT", "")
    token, authority = folder / "token", folder / "ca.crt"
    if not host or not port or not token.is_file():
        return None
    address = f"[{host}]" if ":" in host else host
    cluster = Cluster(
        server=f"https://{address}:{port}", certificate_authority=str(authority) if authority.is_file() else ""
    )
    return KubeconfigFile(
        [NamedCluster(NAME, cluster)],
        [NamedUser(NAME, User(token_file=str(token)))],  # read again each minute: kubelets renew it
        [NamedContext(NAME, ContextEntry(NAME, NAME, _namespace(environ, folder / "namespace")))],
        NAME,
    )


def _namespace(environ: Mapping[str, str], file: Path) -> str:
    """The pod's own, as kubectl finds it."""
    told = environ.get("POD_NAMESPACE", "")
    return told or (file.read_text(encoding="utf-8").strip() if file.is_file() else "")
