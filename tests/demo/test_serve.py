"""The embedded cluster as a server: its address, its token, its thread, and that nothing of it stays."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import aiohttp
import pytest

from k9py.demo.plan import Plan
from k9py.demo.serve import Embedded, running

BARE = Plan(empty=True)


async def ask(url: str, **headers: str) -> tuple[int, object]:
    async with aiohttp.ClientSession() as session, session.get(url, headers=headers) as response:
        return response.status, await response.json()


async def test_the_token_stands_in_the_header_or_in_the_path() -> None:
    async with running(BARE) as found:
        bare = found.url.removesuffix(f"/{found.token}")
        status, version = await ask(f"{found.url}/version")
        assert (status, version["gitVersion"][:3]) == (200, "v1.")  # type: ignore[index]
        assert (await ask(f"{bare}/api/v1/nodes", Authorization=f"Bearer {found.token}"))[0] == 200
        assert (await ask(f"{bare}/api/v1/nodes", Authorization="Bearer of bad news"))[0] == 401
        status, refused = await ask(f"{bare}/api/v1/nodes")
        assert status == 403, refused


async def test_it_listens_on_the_loopback_address_only() -> None:
    async with running(BARE) as found:
        server = json.loads(found.kubeconfig)["clusters"][0]["cluster"]["server"]
        assert server == found.url
        assert server.startswith("http://127.0.0.1:")


async def test_in_a_thread_it_stops_with_its_owner() -> None:
    before = threading.active_count()
    embedded = Embedded(BARE)
    kubeconfig = json.loads(await embedded.kubeconfig())
    url = kubeconfig["clusters"][0]["cluster"]["server"]
    assert (await ask(f"{url}/version"))[0] == 200
    await asyncio.to_thread(embedded.close)
    with pytest.raises(aiohttp.ClientConnectorError):
        await ask(f"{url}/version")
    assert threading.active_count() <= before + 1  # the pool's thread that has waited for it


def test_served_it_prints_its_kubeconfig_and_ends_at_a_signal(tmp_path: Path) -> None:
    argv = [sys.executable, "-m", "k9py.cli", "demo", "--serve"]
    environment = {**os.environ, "HOME": str(tmp_path), "TMPDIR": str(tmp_path)}
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline()]
        while lines[-1] != "}\n":
            lines.append(process.stdout.readline())
        assert json.loads("".join(lines))["current-context"] == "k9py-demo"
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
