"""A tiny client of the Kubernetes API for the lab's own use, on the standard library alone.

The lab cannot use k9py's client: a test bed that leans on what it tests proves nothing.
"""

from __future__ import annotations

import json
import ssl
import urllib.error
import urllib.request
from functools import cached_property
from typing import Any

from tests.cluster.lab.pki import Authority
from tests.cluster.lab.shell import LabError

JsonObject = dict[str, Any]
MERGE_PATCH = "application/merge-patch+json"


class ApiError(LabError):
    """An answer that is not a success, or (status 0) none at all."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(f"API: {status or 'no answer'}: {text}")
        self.status = status


class Api:
    """The API server at an address, as the administrator that the lab's authority knows."""

    def __init__(self, server: str, authority: Authority, timeout: float = 15) -> None:
        self.server = server
        self._authority = authority
        self._timeout = timeout

    @cached_property
    def _opener(self) -> urllib.request.OpenerDirector:
        context = ssl.create_default_context(cafile=self._authority.certificate("ca"))
        context.load_cert_chain(self._authority.certificate("admin"), self._authority.key("admin"))
        no_proxy = urllib.request.ProxyHandler({})
        return urllib.request.build_opener(no_proxy, urllib.request.HTTPSHandler(context=context))

    def request(self, method: str, path: str, body: JsonObject | None = None, kind: str = "application/json") -> str:
        """The text of the answer."""
        data = None if body is None else json.dumps(body).encode()
        ask = urllib.request.Request(self.server + path, data=data, method=method, headers={"Content-Type": kind})
        try:
            with self._opener.open(ask, timeout=self._timeout) as answer:
                text: bytes = answer.read()
        except urllib.error.HTTPError as error:
            with error:
                words = error.read().decode(errors="replace")[:500]
            raise ApiError(error.code, words) from error
        except OSError as error:
            raise ApiError(0, f"{method} {path}: {error}") from error
        return text.decode()

    def get(self, path: str) -> JsonObject:
        answer: JsonObject = json.loads(self.request("GET", path))
        return answer

    def create(self, path: str, body: JsonObject) -> None:
        """Create an object; one that is there already is left as it is."""
        try:
            self.request("POST", path, body)
        except ApiError as error:
            if error.status != 409:
                raise

    def patch(self, path: str, body: JsonObject) -> None:
        self.request("PATCH", path, body, MERGE_PATCH)

    def delete(self, path: str) -> None:
        """Delete an object; one that is gone already is fine."""
        try:
            self.request("DELETE", path)
        except ApiError as error:
            if error.status != 404:
                raise

    def exists(self, path: str) -> bool:
        """Whether the server has an object there (no answer counts as no)."""
        try:
            self.request("GET", path)
        except ApiError:
            return False
        return True

    def ready(self) -> bool:
        """Whether /readyz says exactly ok: before that, roles and priorities are not there yet."""
        try:
            return self.request("GET", "/readyz") == "ok"
        except ApiError:
            return False

    def ready_nodes(self) -> list[str]:
        """The names of the nodes that are Ready; none when there is no answer."""
        try:
            nodes = self.get("/api/v1/nodes")["items"]
        except ApiError:
            return []
        return [node["metadata"]["name"] for node in nodes if is_ready(node)]


def is_ready(thing: JsonObject) -> bool:
    """Whether a node's or a pod's Ready condition is true."""
    conditions = thing.get("status", {}).get("conditions") or []
    return any(c["type"] == "Ready" and c["status"] == "True" for c in conditions)
