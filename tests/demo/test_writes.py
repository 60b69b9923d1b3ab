"""Patches, applies and other writes over HTTP get the answers that a real server gave to the same requests.

The requests and its answers are in data/writes/ (python -m tests.cluster.record_writes records them).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.demo.asking import asking, make_cluster
from tests.demo.plain import plain

FOLDER = Path(__file__).parent / "data" / "writes"
STORIES = {path.stem: json.loads(path.read_text()) for path in sorted(FOLDER.glob("*.json"))}


@pytest.mark.parametrize("name", STORIES)
async def test_every_answer_is_that_of_the_real_server(name: str) -> None:
    story = STORIES[name]
    differing: list[tuple[Any, ...]] = []
    async with asking(make_cluster()) as client:
        for one in story["setup"]:
            made = await client.ask("POST", one["path"], one["body"])
            assert made.status == 201, made
            client.cluster.clock.advance(1)
        for step in story["steps"]:
            client.cluster.clock.advance(1)
            found = await client.ask(step["method"], step["path"], step["body"], Content_Type=step["type"])
            if (found.status, plain(found.body)) != (step["status"], step["answer"]):
                differing.append((step, found.status, plain(found.body)))
    assert not differing


async def test_a_server_of_old_takes_patches_of_kinds_in_their_older_version() -> None:
    job = {"template": {"spec": {"restartPolicy": "Never", "containers": [{"name": "c", "image": "tick:1"}]}}}
    body = {"metadata": {"name": "tick"}, "spec": {"schedule": "* * * * *", "jobTemplate": {"spec": job}}}
    change = {"spec": {"jobTemplate": {"spec": {"template": {"spec": {"containers": [{"name": "c", "tty": True}]}}}}}}
    kind, url = "application/strategic-merge-patch+json", "/apis/batch/v1beta1/namespaces/shop/cronjobs"
    async with asking(make_cluster(frozenset({"cronjob-v1"}))) as client:
        made = await client.ask("POST", url, {"apiVersion": "batch/v1beta1", "kind": "CronJob", **body})
        assert made.status == 201, made
        found = await client.ask("PATCH", f"{url}/tick?fieldManager=old", change, Content_Type=kind)
    pod = found.body["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    assert [(one["image"], one["tty"]) for one in pod["containers"]] == [("tick:1", True)]
    owner = found.body["metadata"]["managedFields"][-1]
    assert (owner["manager"], owner["apiVersion"]) == ("old", "batch/v1beta1")


async def test_a_deletion_takes_its_options_from_the_body_and_from_the_query_only_without_one() -> None:
    url, config = "/api/v1/namespaces/shop/configmaps", {"apiVersion": "v1", "kind": "ConfigMap"}
    async with asking(make_cluster()) as client:
        for name in ("dry", "body", "real"):
            await client.ask("POST", url, {**config, "metadata": {"name": name}})
        await client.ask("DELETE", f"{url}/dry?dryRun=All")
        await client.ask("DELETE", f"{url}/body", {"dryRun": ["All"]})
        await client.ask("DELETE", f"{url}/real?dryRun=All", {"propagationPolicy": "Background"})
        left = {one["metadata"]["name"] for one in (await client.ask("GET", url)).body["items"]}
    assert left & {"dry", "body", "real"} == {"dry", "body"}
