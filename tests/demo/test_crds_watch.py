"""A watch of custom resources ends when their definition goes or changes, so that its reader begins anew."""

from __future__ import annotations

import json

from tests.demo.asking import asking, make_cluster
from tests.demo.test_crds import CRDS, WIDGETS, define, widget

DEFINITION = f"{CRDS}/widgets.demo.example.com"


async def test_it_ends_with_the_last_object() -> None:
    async with asking(make_cluster()) as client:
        await define(client)
        await client.ask("POST", WIDGETS, widget())
        async with client.open(f"{WIDGETS}?watch=1") as stream:
            assert json.loads(await stream.readline())["type"] == "ADDED"
            await client.ask("DELETE", DEFINITION)
            client.cluster.clock.advance(10)
            assert [json.loads(line)["type"] for line in (await stream.read()).splitlines()] == ["DELETED"]
        assert (await client.ask("GET", f"{WIDGETS}?watch=1")).status == 404


async def test_it_ends_when_the_definition_changes() -> None:
    async with asking(make_cluster()) as client:
        await define(client)
        await client.ask("POST", WIDGETS, widget())
        async with client.open(f"{WIDGETS}?watch=1") as stream:
            await stream.readline()
            columns = [{"op": "remove", "path": "/spec/versions/0/additionalPrinterColumns"}]
            await client.ask("PATCH", DEFINITION, columns, Content_Type="application/json-patch+json")
            client.cluster.clock.advance(10)
            assert await stream.read() == b""


async def test_it_lives_on_when_only_the_metadata_changes() -> None:
    async with asking(make_cluster()) as client:
        await define(client)
        await client.ask("POST", WIDGETS, widget())
        async with client.open(f"{WIDGETS}?watch=1") as stream:
            await stream.readline()
            label = {"metadata": {"labels": {"team": "shop"}}}
            await client.ask("PATCH", DEFINITION, label, Content_Type="application/merge-patch+json")
            client.cluster.clock.advance(10)
            await client.ask("DELETE", f"{WIDGETS}/w")
            assert json.loads(await stream.readline())["type"] == "DELETED"
