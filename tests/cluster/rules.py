"""Ask a real API server what it answers to each manifest in tests/demo/rules/.

`python -m tests.cluster.rules KUBECONFIG`: its answers (dry runs, but for the namespace `rules`) go to
tests/demo/rules/*.json, and the embedded cluster is held to them.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import yaml

from k9py.demo.core.catalog import Catalog, load_catalog
from k9py.kube.kubeconfig import read_kubeconfig
from k9py.kube.transport import ConnectOptions, Transport
from k9py.values.errors import ApiError
from k9py.values.request import Request

RULES = Path(__file__).parents[1] / "demo" / "rules"

VARIES = {"uid", "creationTimestamp", "resourceVersion", "managedFields"}


async def ask(transport: Transport, request: Request) -> dict[str, Any]:
    """The answer: its code and its body, without what is another each time."""
    try:
        response = await transport.send(request)
    except ApiError as error:
        return {"code": error.status, "reason": error.reason, "message": error.message, "details": error.details}
    body = msgspec.json.decode(response.body)
    for name in VARIES:
        body.get("metadata", {}).pop(name, None)
    return {"code": response.status, "body": body, "warnings": list(response.warnings)}


def path_of(catalog: Catalog, obj: Mapping[str, Any]) -> str:
    """Where such a manifest is created."""
    served = catalog.of_kind(obj["apiVersion"], obj["kind"])
    assert served, obj["kind"]
    root = f"/apis/{obj['apiVersion']}" if served.group else "/api/v1"
    return f"{root}/namespaces/rules/{served.plural}" if served.namespaced else f"{root}/{served.plural}"


async def capture(transport: Transport, name: str) -> None:
    """Dry runs of all the manifests of a file."""
    catalog, found = load_catalog(), []
    for sent in yaml.safe_load((RULES / f"{name}.yaml").read_text()):
        request = Request("POST", path_of(catalog, sent), {"dryRun": "All", "fieldManager": "rules"}, sent)
        found.append({"sent": sent, **await ask(transport, request)})
    write(name, found)


async def capture_updates(transport: Transport) -> None:
    """Dry runs of merge patches, each of an object that is made for it."""
    catalog, found = load_catalog(), []
    for case in yaml.safe_load((RULES / "updates.yaml").read_text()):
        sent = case["object"]
        path = path_of(catalog, sent)
        name = sent["metadata"]["name"]
        await ask(transport, Request("DELETE", f"{path}/{name}", {"gracePeriodSeconds": "0"}))
        before = await ask(transport, Request("POST", path, {"fieldManager": "rules"}, sent))
        assert "body" in before, before
        for patch in case["patches"]:
            request = Request("PATCH", f"{path}/{name}", {"dryRun": "All"}, patch, "application/merge-patch+json")
            answer = await ask(transport, request)
            if "body" in answer:  # what controllers have written meanwhile is none of the rules
                answer["body"].pop("status", None)
            found.append({"before": before["body"], "patch": patch, **answer})
        await ask(transport, Request("DELETE", f"{path}/{name}", {"gracePeriodSeconds": "0"}))
    write("updates", found)


def write(name: str, found: list[Any]) -> None:
    """One case a line, so that a difference can be read."""
    lines = ",\n".join(msgspec.json.encode(one).decode() for one in found)
    (RULES / f"{name}.json").write_text(f"[\n{lines}\n]\n")


async def main(kubeconfig_path: str) -> None:
    """Ask, and write."""
    kubeconfig = read_kubeconfig(kubeconfig_path, {})
    transport = await Transport.open(kubeconfig, kubeconfig.current, ConnectOptions())
    namespace = {"metadata": {"name": "rules"}}
    try:
        await ask(transport, Request("POST", "/api/v1/namespaces", {}, namespace))
        await asyncio.sleep(2)  # for its service account
        for name in ("creates", "refusals"):
            await capture(transport, name)
        await capture_updates(transport)
        await ask(transport, Request("DELETE", "/api/v1/namespaces/rules"))
    finally:
        await transport.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
