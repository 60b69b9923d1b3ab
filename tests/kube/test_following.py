"""A kubeconfig, or a file that it names, is written anew while a transport is in use."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from k9py.kube.stamps import read_stamps
from k9py.kube.transport import Transport
from k9py.values.errors import ConfigError, LoginFailed, Unreachable
from k9py.values.request import Request
from tests.kube.pki import Pki
from tests.kube.stub import answer_version, connect, serve_stub, stubbed, write_kubeconfig
from tests.kube.test_credentials import counting, plugin, runs

VERSION = Request("GET", "/version")


async def rewrite(transport: Transport, folder: Path, url: str, **entry: Mapping[str, Any]) -> bool:
    return await transport.follow(write_kubeconfig(folder / "config", url, **entry))


async def test_another_token_is_sent_from_then_on(tmp_path: Path) -> None:
    async with stubbed(tmp_path, answer_version, user={"token": "old"}) as (stub, transport):
        place = transport.place
        await transport.send(VERSION)
        assert await rewrite(transport, tmp_path, stub.url, user={"token": "new"})
        await transport.send(VERSION)
        assert transport.place == place
    assert [request.headers["Authorization"] for request in stub.requests] == ["Bearer old", "Bearer new"]


async def test_what_is_the_same_changes_nothing(tmp_path: Path) -> None:
    user = {"exec": counting(tmp_path)}
    async with stubbed(tmp_path, answer_version, user=user) as (stub, transport):
        assert not await rewrite(transport, tmp_path, stub.url, user=user)
        await transport.send(VERSION)
    assert runs(tmp_path) == 1


async def test_a_stream_goes_on_when_the_token_is_another(tmp_path: Path) -> None:
    more = asyncio.Event()

    async def stream(request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"one")
        await more.wait()
        await response.write(b"two")
        return response

    async with (
        stubbed(tmp_path, stream, user={"token": "old"}) as (stub, transport),
        transport.stream(VERSION) as chunks,
    ):
        assert await anext(chunks) == b"one"
        await rewrite(transport, tmp_path, stub.url, user={"token": "new"})
        more.set()
        assert await anext(chunks) == b"two"


async def test_another_server_or_user_is_another_place(tmp_path: Path) -> None:
    async with stubbed(tmp_path, answer_version) as (stub, transport), serve_stub(answer_version) as other:
        places = [transport.place]
        for url, user in ((other.url, {}), (other.url, {"as": "kim"}), (stub.url, {"as": "kim"})):
            await rewrite(transport, tmp_path, url, user=user)
            await transport.send(VERSION)
            places.append(transport.place)
    assert len(set(places)) == 4
    assert [request.headers.get("Impersonate-User") for request in other.requests] == [None, "kim"]
    assert len(stub.requests) == 1


async def test_a_context_that_is_gone_ends_all_until_it_is_back(tmp_path: Path) -> None:
    async def stream(request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"one")
        await asyncio.Event().wait()
        return response

    async with stubbed(tmp_path, stream) as (stub, transport):
        kubeconfig = write_kubeconfig(tmp_path / "config", stub.url)
        async with transport.stream(VERSION) as chunks:
            assert await anext(chunks) == b"one"
            (tmp_path / "config").write_text("contexts: [{name: other, context: {}}]")
            with pytest.raises(ConfigError, match="no context 'it'"):
                await transport.follow(kubeconfig)
            with pytest.raises(Unreachable):
                await anext(chunks)
        with pytest.raises(ConfigError, match="no context 'it'"):
            await transport.send(VERSION)
        assert await rewrite(transport, tmp_path, stub.url)
        async with transport.stream(VERSION) as chunks:
            assert await anext(chunks) == b"one"


async def test_a_login_that_fails_leaves_what_there_was(tmp_path: Path) -> None:
    async with stubbed(tmp_path, answer_version, user={"token": "old"}) as (stub, transport):
        with pytest.raises(LoginFailed, match="so sorry"):
            await rewrite(transport, tmp_path, stub.url, user={"exec": plugin("import sys; sys.exit('so sorry')")})
        await transport.send(VERSION)
    assert stub.headers["Authorization"] == "Bearer old"


async def test_rotated_certificate_files_are_shown(tmp_path: Path, pki: Pki) -> None:
    shown: list[str] = []

    async def note(request: web.BaseRequest) -> web.StreamResponse:
        assert request.transport is not None
        subject = request.transport.get_extra_info("peercert")["subject"]
        shown.append(dict(pair for (pair,) in subject)["commonName"])
        return await answer_version(request)

    def put(name: str) -> None:
        pair = pki.sign(name)
        shutil.copy(pair.certificate, tmp_path / "c.pem")
        shutil.copy(pair.key, tmp_path / "k.pem")

    put("kim")
    entry = {
        "cluster": {"certificate-authority": str(pki.ca.certificate)},
        "user": {"client-certificate": "c.pem", "client-key": "k.pem"},
    }
    async with serve_stub(note, pki.server_context(pki.sign("server"), wants_client=True)) as stub:
        kubeconfig = write_kubeconfig(tmp_path / "config", stub.url, **entry)
        async with connect(kubeconfig) as transport:
            assert list(transport.stamps) == [pki.ca.certificate, tmp_path / "c.pem", tmp_path / "k.pem"]
            await transport.send(VERSION)
            before = read_stamps(transport.stamps)
            put("lee")
            assert read_stamps(transport.stamps) != before
            assert await transport.follow(kubeconfig)
            await transport.send(VERSION)
    assert shown == ["kim", "lee"]


async def test_a_server_that_has_moved_is_found_when_it_is_asked(tmp_path: Path, unused_tcp_port: int) -> None:
    kubeconfig = write_kubeconfig(tmp_path / "config", f"http://127.0.0.1:{unused_tcp_port}")
    async with serve_stub(answer_version) as stub, connect(kubeconfig) as transport:
        with pytest.raises(Unreachable):
            await transport.send(VERSION)
        write_kubeconfig(tmp_path / "config", stub.url)
        with pytest.raises(Unreachable):  # a change may have been made: it is not sent twice
            await transport.send(Request("POST", "/x", body={}))
        assert (await transport.send(VERSION)).status == 200
        assert len(stub.requests) == 1


async def test_an_error_of_the_reader_is_not_taken_for_one_of_the_server(tmp_path: Path) -> None:
    async with stubbed(tmp_path, answer_version, user={"token": "t"}) as (stub, transport):
        write_kubeconfig(tmp_path / "config", stub.url, user={"token": "new"})
        with pytest.raises(Unreachable, match="mine"):
            await read_and_fail(transport)
    assert len(stub.requests) == 1


async def read_and_fail(transport: Transport) -> None:
    async with transport.stream(VERSION) as chunks:
        await anext(chunks)
        raise Unreachable("mine")


def test_stamps_follow_links_and_miss_what_is_not_there(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "token").write_text("same")
    (tmp_path / "now").symlink_to("one")
    paths = [tmp_path / "now/token", tmp_path / "gone"]
    before = read_stamps(paths)
    (tmp_path / "new").symlink_to("two")
    (tmp_path / "new").replace(tmp_path / "now")
    after = read_stamps(paths)
    assert before[paths[0]] != after[paths[0]]
    assert before[paths[1]] == after[paths[1]] == ()
