from __future__ import annotations

import asyncio
import base64
import gzip
import json
import os
import ssl
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp import web

from k9py import __version__
from k9py.kube.kubeconfig import override
from k9py.kube.overrides import Overrides
from k9py.kube.transport import ConnectOptions, Transport
from k9py.values.errors import ApiError, ConfigError, Unreachable
from k9py.values.request import MERGE_PATCH, Request
from tests.kube.pki import Pair, Pki
from tests.kube.stub import always, answer_version, connect, serve_stub, stubbed, write_kubeconfig

VERSION = Request("GET", "/version")


def inline(path: Path) -> str:
    return base64.b64encode(path.read_bytes()).decode()


async def test_sends_what_the_request_says(tmp_path: Path) -> None:
    bodies = []

    async def handler(request: web.BaseRequest) -> web.StreamResponse:
        bodies.append(await request.json())
        return web.json_response({"kind": "Pod"}, status=201)

    async with serve_stub(handler) as stub:
        kubeconfig = write_kubeconfig(tmp_path / "config", f"{stub.url}/k8s/clusters/c-1/", user={"token": "secret\n"})
        async with connect(kubeconfig) as transport:
            request = Request("PATCH", "/api/v1/pods/a%3Ab", {"dryRun": "All"}, {"spec": {}}, MERGE_PATCH)
            response = await transport.send(request)
    assert (response.status, response.body) == (201, b'{"kind": "Pod"}')
    assert bodies == [{"spec": {}}]
    assert stub.requests[0].method == "PATCH"
    assert stub.requests[0].raw_path == "/k8s/clusters/c-1/api/v1/pods/a%3Ab?dryRun=All"
    assert stub.headers["Content-Type"] == MERGE_PATCH
    assert stub.headers["Authorization"] == "Bearer secret"
    assert stub.headers["User-Agent"] == f"k9py/{__version__}"
    assert stub.headers["Accept-Encoding"] == "identity"


async def test_knows_its_context_server_and_user(tmp_path: Path) -> None:
    async with connect(write_kubeconfig(tmp_path / "config", "https://nowhere:6443/")) as transport:
        assert transport.context.namespace == "shop"
        assert transport.server == "https://nowhere:6443"
        assert transport.user == "u"


@pytest.mark.parametrize(
    ("cluster", "server"),
    [({}, "http://seoul:6443"), ({"insecure-skip-tls-verify": True}, "https://seoul:6443")],
)
async def test_a_server_without_scheme(tmp_path: Path, cluster: dict[str, bool], server: str) -> None:
    async with connect(write_kubeconfig(tmp_path / "config", "seoul:6443", cluster)) as transport:
        assert transport.server == server


async def test_asks_for_gzip_only_over_a_distance_and_reads_it(tmp_path: Path) -> None:
    packed = gzip.compress(b"{}" * 1000)
    handler = always(body=packed, headers={"Content-Encoding": "gzip", "Content-Type": "application/json"})
    async with serve_stub(handler) as stub:
        kubeconfig = write_kubeconfig(tmp_path / "config", "http://cluster.example", {"proxy-url": stub.url})
        async with connect(kubeconfig) as transport:
            response = await transport.send(VERSION)
    assert response.body == b"{}" * 1000
    assert stub.headers["Accept-Encoding"] == "gzip"
    assert stub.headers["Host"] == "cluster.example"


async def test_gives_the_warnings_of_the_server(tmp_path: Path) -> None:
    headers = {"Warning": '299 - "v1beta1 is \\"old\\"", 299 kube "second"'}
    async with stubbed(tmp_path, always(text="{}", headers=headers)) as (_, transport):
        response = await transport.send(VERSION)
    assert response.warnings == ('v1beta1 is "old"', "second")


async def test_gives_the_server_s_time(tmp_path: Path) -> None:
    async def handler(request: web.BaseRequest) -> web.StreamResponse:
        return web.Response(text="ok", headers={"Date": request.query["date"]})

    async with stubbed(tmp_path, handler) as (_, transport):
        dated = await transport.send(Request("GET", "/livez", {"date": "Thu, 26 Nov 2026 00:04:16 GMT"}))
        undated = await transport.send(Request("GET", "/livez", {"date": "just now"}))
    assert dated.date == datetime(2026, 11, 26, 0, 4, 16, tzinfo=UTC).timestamp()
    assert undated.date is None


async def test_basic_auth(tmp_path: Path) -> None:
    async with serve_stub(answer_version) as stub:
        user = {"username": "kim", "password": "s3cret"}
        async with connect(write_kubeconfig(tmp_path / "config", stub.url, user=user)) as transport:
            await transport.send(VERSION)
    assert stub.headers["Authorization"] == "Basic " + base64.b64encode(b"kim:s3cret").decode()


async def test_impersonates(tmp_path: Path) -> None:
    user = {"as": "jane", "as-uid": "7", "as-groups": ["dev", "ops"], "as-user-extra": {"Team/x": ["a", "b"]}}
    async with stubbed(tmp_path, answer_version, user=user) as (stub, transport):
        await transport.send(VERSION)
    headers = stub.requests[0].headers
    assert headers["Impersonate-User"] == "jane"
    assert headers["Impersonate-Uid"] == "7"
    assert headers.getall("Impersonate-Group") == ["dev", "ops"]
    assert headers.getall("Impersonate-Extra-team%2Fx") == ["a", "b"]


async def test_a_netrc_and_a_proxy_for_others_do_not_interfere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    async with stubbed(tmp_path, answer_version, user={"token": "t"}) as (stub, transport):
        await transport.send(VERSION)
    assert stub.headers["Authorization"] == "Bearer t"


async def test_goes_through_the_proxy_of_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with serve_stub(answer_version) as stub:
        monkeypatch.setenv("HTTP_PROXY", stub.url.replace("http://", "http://user:pass@"))
        async with connect(write_kubeconfig(tmp_path / "config", "http://cluster.example")) as transport:
            await transport.send(VERSION)
    assert stub.headers["Proxy-Authorization"].startswith("Basic ")


async def test_client_certificates_in_files_and_inline(
    tmp_path: Path, pki: Pki, server_pair: Pair, client_pair: Pair
) -> None:
    in_files = (
        {"certificate-authority": str(pki.ca.certificate)},
        {"client-certificate": str(client_pair.certificate), "client-key": str(client_pair.key)},
    )
    inlined = (
        {"certificate-authority-data": inline(pki.ca.certificate)},
        {"client-certificate-data": inline(client_pair.certificate), "client-key-data": inline(client_pair.key)},
    )
    async with serve_stub(answer_version, pki.server_context(server_pair, wants_client=True)) as stub:
        for cluster, user in (in_files, inlined):
            async with connect(write_kubeconfig(tmp_path / "config", stub.url, cluster, user)) as transport:
                assert (await transport.send(VERSION)).status == 200


async def test_inline_keys_leave_no_files_behind(
    tmp_path: Path, client_pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "runtime").mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "runtime"))
    user = {"client-certificate-data": inline(client_pair.certificate), "client-key-data": inline(client_pair.key)}
    for _ in range(2):
        async with connect(write_kubeconfig(tmp_path / "config", "https://nowhere", user=user)):
            assert os.listdir(tmp_path / "runtime") == []


async def test_a_server_name_of_its_own(tmp_path: Path, pki: Pki) -> None:
    pair = pki.sign("named", "DNS:kubernetes.example")
    cluster = {"certificate-authority": str(pki.ca.certificate), "tls-server-name": "kubernetes.example"}
    async with stubbed(tmp_path, answer_version, pki.server_context(pair), cluster=cluster) as (_, transport):
        assert (await transport.send(VERSION)).status == 200


@pytest.mark.parametrize("by_option", [True, False])
async def test_insecure_skips_all_checks(tmp_path: Path, pki: Pki, by_option: bool) -> None:
    pair = pki.sign("stale-elsewhere", "DNS:elsewhere", days=-1)
    cluster = {} if by_option else {"insecure-skip-tls-verify": True}
    async with serve_stub(answer_version, pki.server_context(pair)) as stub:
        kubeconfig = write_kubeconfig(tmp_path / "config", stub.url, cluster)
        given = override(kubeconfig, Overrides("it", insecure=by_option))
        async with connect(given) as transport:
            assert (await transport.send(VERSION)).status == 200


async def test_certificates_that_cannot_be_used_are_named(tmp_path: Path, pki: Pki, client_pair: Pair) -> None:
    encrypted = pki.encrypt(client_pair)
    broken = tmp_path / "broken.pem"
    broken.write_text("no certificate")
    cases = [
        ({"certificate-authority": str(tmp_path / "gone.pem")}, {}, r"gone\.pem"),
        ({"certificate-authority": str(broken)}, {}, "context it cannot be used"),
        ({"certificate-authority-data": "!!!"}, {}, "context it cannot be used"),
        ({}, {"client-certificate-data": "abc"}, "context it cannot be used: "),
        ({}, {"client-certificate": str(encrypted.certificate), "client-key": str(encrypted.key)}, "is encrypted"),
        (
            {},
            {"client-certificate": str(client_pair.certificate), "client-key": str(pki.ca.key)},
            r"KEY_VALUES_MISMATCH",
        ),
    ]
    for cluster, user, message in cases:
        with pytest.raises(ConfigError, match=message) as caught:
            async with connect(write_kubeconfig(tmp_path / "config", "https://a", cluster, user)):
                pass
        assert all(name in caught.value.cure for name in (cluster | user).values() if "/" in name)


async def test_tls_failures_say_what_to_do(tmp_path: Path, pki: Pki, server_pair: Pair) -> None:
    known = {"certificate-authority": str(pki.ca.certificate)}
    expired, elsewhere = pki.sign("expired", days=-1), pki.sign("elsewhere", "DNS:elsewhere")
    cases = [
        (pki.server_context(server_pair), {}, "signed by an unknown authority"),
        (pki.server_context(expired), known, "has expired"),
        (pki.server_context(elsewhere), known, "is for another address"),
    ]
    for context, cluster, message in cases:
        assert message in await failure_of(tmp_path, cluster, context)


async def failure_of(tmp_path: Path, cluster: dict[str, str], context: ssl.SSLContext) -> str:
    async with stubbed(tmp_path, answer_version, context, cluster=cluster) as (_, transport):
        with pytest.raises(Unreachable) as caught:
            await transport.send(VERSION)
    assert caught.value.cure
    return caught.value.message


async def test_a_server_that_does_not_like_the_client_certificate(
    tmp_path: Path, pki: Pki, server_pair: Pair, tmp_path_factory: pytest.TempPathFactory
) -> None:
    cases = [
        (None, "wants a client certificate"),
        (Pki(tmp_path_factory.mktemp("other"), "other").sign("stranger"), "does not know who signed the client"),
        (pki.sign("late", days=-1), "says the client certificate has expired"),
    ]
    async with pki.strict_server(server_pair) as url:
        for pair, message in cases:
            user = {"client-certificate": str(pair.certificate), "client-key": str(pair.key)} if pair else {}
            cluster = {"certificate-authority": str(pki.ca.certificate)}
            async with connect(write_kubeconfig(tmp_path / "config", url, cluster, user)) as transport:
                with pytest.raises(Unreachable, match=message):
                    await transport.send(VERSION)


async def test_tls_to_plain_http_and_the_reverse(tmp_path: Path, pki: Pki, server_pair: Pair) -> None:
    async with serve_stub(answer_version) as stub:
        wrong = stub.url.replace("http:", "https:")
        async with connect(write_kubeconfig(tmp_path / "config", wrong)) as transport:
            with pytest.raises(Unreachable, match=r"speaks no TLS there"):
                await transport.send(VERSION)
    async with serve_stub(answer_version, pki.server_context(server_pair)) as stub:
        wrong = stub.url.replace("https:", "http:")
        async with connect(write_kubeconfig(tmp_path / "config", wrong)) as transport:
            with pytest.raises(Unreachable, match=r"closed the connection|does not answer in HTTP"):
                await transport.send(VERSION)


async def test_nobody_there(tmp_path: Path, unused_tcp_port: int) -> None:
    cases = [
        (f"http://127.0.0.1:{unused_tcp_port}", "refuses connections"),
        ("https://no-such-host.invalid", "the host of https://no-such-host.invalid is not known"),
    ]
    for server, message in cases:
        async with connect(write_kubeconfig(tmp_path / "config", server)) as transport:
            with pytest.raises(Unreachable, match=message):
                await transport.send(VERSION)


async def test_a_proxy_that_is_not_there(tmp_path: Path, unused_tcp_port: int) -> None:
    cluster = {"proxy-url": f"http://127.0.0.1:{unused_tcp_port}"}
    async with connect(write_kubeconfig(tmp_path / "config", "https://a", cluster)) as transport:
        with pytest.raises(Unreachable, match="cannot reach the proxy"):
            await transport.send(VERSION)


async def test_a_proxy_that_refuses(tmp_path: Path) -> None:
    async with serve_stub(always(status=407, reason="Proxy Authentication Required")) as stub:
        kubeconfig = write_kubeconfig(tmp_path / "config", "https://cluster.example", {"proxy-url": stub.url})
        async with connect(kubeconfig) as transport:
            with pytest.raises(Unreachable, match="407 Proxy Authentication Required"):
                await transport.send(VERSION)


async def test_a_request_times_out(tmp_path: Path) -> None:
    async def never(request: web.BaseRequest) -> web.StreamResponse:
        await asyncio.Event().wait()
        raise AssertionError

    async with serve_stub(never) as stub:
        kubeconfig = write_kubeconfig(tmp_path / "config", stub.url)
        async with connect(kubeconfig, ConnectOptions(request_timeout=0.05)) as transport:
            with pytest.raises(Unreachable, match="does not answer"):
                await transport.send(VERSION)
        async with connect(kubeconfig) as transport:
            with pytest.raises(Unreachable, match="does not answer"):
                await transport.send(VERSION, timeout=0.05)


async def test_what_was_never_connected_was_not_sent(tmp_path: Path) -> None:
    """Also where the time of a request is shorter than that to connect."""

    async def never(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async with await asyncio.start_server(never, "127.0.0.1") as server:
        place = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        for scheme, sent in (("https", False), ("http", True)):  # the TLS handshake is not answered, or the request
            kubeconfig = write_kubeconfig(
                tmp_path / "config", f"{scheme}://{place}", {"insecure-skip-tls-verify": True}
            )
            async with connect(kubeconfig, ConnectOptions(request_timeout=0.2)) as transport:
                with pytest.raises(Unreachable) as caught:
                    await transport.send(VERSION)
            assert caught.value.sent is sent


async def test_an_error_is_the_status_that_the_server_sent(tmp_path: Path) -> None:
    status = {"kind": "Status", "code": 403, "reason": "Forbidden", "message": 'pods is forbidden: User "kim" cannot'}
    async with stubbed(tmp_path, always(status=403, text=json.dumps(status, indent=2))) as (_, transport):
        with pytest.raises(ApiError, match='User "kim" cannot') as caught:
            await transport.send(VERSION)
        with pytest.raises(ApiError, match='User "kim" cannot'):
            async with transport.stream(VERSION):
                pass
    assert caught.value.denied


async def test_a_login_page_is_no_kubernetes(tmp_path: Path) -> None:
    page = "<html><head><title>Sign in</title></head><body>…</body></html>"
    async with stubbed(tmp_path, always(text=page, content_type="text/html")) as (_, transport):
        with pytest.raises(ApiError, match="a web page came instead of the Kubernetes API: Sign in"):
            await transport.send(VERSION)


async def test_streams_chunks_as_they_come(tmp_path: Path) -> None:
    go_on = asyncio.Event()

    async def handler(request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"one\n")
        await go_on.wait()
        await response.write(b"two\n")
        return response

    async with stubbed(tmp_path, handler) as (_, transport), transport.stream(VERSION) as chunks:
        assert await anext(chunks) == b"one\n"
        go_on.set()
        assert [chunk async for chunk in chunks] == [b"two\n"]


async def test_a_stream_that_falls_silent_or_is_cut(tmp_path: Path) -> None:
    async def handler(request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"one\n")
        if request.query["then"] == "cut":
            assert request.transport is not None
            request.transport.abort()
            return response
        await asyncio.Event().wait()
        return response

    async with stubbed(tmp_path, handler) as (_, transport):
        for then, message in {"cut": "closed the connection", "silent": "has been silent for 0.05 s"}.items():
            with pytest.raises(Unreachable, match=message):
                await drain(transport, Request("GET", "/x", {"then": then}))


async def drain(transport: Transport, request: Request) -> None:
    async with transport.stream(request, silence=0.05) as chunks:
        async for _ in chunks:
            pass


async def test_an_error_of_the_reader_passes_through_a_stream(tmp_path: Path) -> None:
    async with stubbed(tmp_path, answer_version) as (_, transport):
        with pytest.raises(TimeoutError, match="mine"):
            async with transport.stream(VERSION):
                raise TimeoutError("mine")


async def test_nothing_is_sent_after_the_end(tmp_path: Path) -> None:
    async with stubbed(tmp_path, answer_version) as (stub, transport):
        await transport.close()
        with pytest.raises(Unreachable, match="is closed"):
            await transport.send(VERSION)
    assert not stub.requests


async def test_a_connection_is_used_again(tmp_path: Path) -> None:
    async with stubbed(tmp_path, answer_version) as (stub, transport):
        for _ in range(3):
            await transport.send(VERSION)
    assert len({request.transport for request in stub.requests}) == 1
