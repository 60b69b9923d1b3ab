from __future__ import annotations

import asyncio
import json
import os
import pty
import re
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from k9py.kube.credentials import TOKEN_FILE_PERIOD
from k9py.kube.exec_plugin import run_plugin
from k9py.kube.kubeconfig import read_kubeconfig
from k9py.kube.kubeconfig_file import Cluster, ExecPlugin
from k9py.kube.transport import REFUSED_PAUSE, Transport
from k9py.values.errors import ApiError, ConfigError, LoginFailed
from k9py.values.request import Request
from tests.kube.pki import Pair, Pki
from tests.kube.stub import Handler, answer_version, connect, serve_stub, stubbed, write_kubeconfig

V1 = "client.authentication.k8s.io/v1"
VERSION = Request("GET", "/version")

COUNTING = """
import json, pathlib, sys
runs = pathlib.Path(sys.argv[1])
number = len(runs.read_text()) + 1 if runs.exists() else 1
runs.write_text("x" * number)
status = {"token": f"token-{number}"} | json.loads(sys.argv[2])
print(json.dumps({"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": status}))
"""


def plugin(code: str, *args: str, **more: Any) -> dict[str, Any]:
    return {"apiVersion": V1, "command": sys.executable, "args": ["-c", code, *args], **more}


def counting(folder: Path, **status: Any) -> dict[str, Any]:
    """A plugin that gives token-1, token-2, … and leaves a file as long as it has been run times."""
    return plugin(COUNTING, str(folder / "runs"), json.dumps(status))


def runs(folder: Path) -> int:
    return len((folder / "runs").read_text())


def accept(*tokens: str) -> Handler:
    async def handler(request: web.BaseRequest) -> web.StreamResponse:
        allowed = request.headers.get("Authorization", "").removeprefix("Bearer ") in tokens
        return await answer_version(request) if allowed else web.Response(status=401)

    return handler


async def login_error(folder: Path, user: Mapping[str, Any], *, interactive: bool = False) -> LoginFailed:
    kubeconfig = write_kubeconfig(folder / "config", "https://nowhere:6443", user=user)
    with pytest.raises(LoginFailed) as caught:
        async with connect(kubeconfig, interactive=interactive):
            pass
    return caught.value


async def test_a_plugin_logs_in_once(tmp_path: Path) -> None:
    async with stubbed(tmp_path, answer_version, user={"exec": counting(tmp_path)}) as (stub, transport):
        await asyncio.gather(*(transport.send(VERSION) for _ in range(5)))
    assert stub.headers["Authorization"] == "Bearer token-1"
    assert runs(tmp_path) == 1


async def test_a_token_that_has_run_out_is_had_anew_once_for_all(tmp_path: Path) -> None:
    user = {"exec": counting(tmp_path, expirationTimestamp="2020-01-01T00:00:00Z")}
    async with stubbed(tmp_path, answer_version, user=user) as (stub, transport):
        await asyncio.gather(*(transport.send(VERSION) for _ in range(5)))
    assert {request.headers["Authorization"] for request in stub.requests} == {"Bearer token-2"}
    assert runs(tmp_path) == 2


async def test_a_refused_token_is_replaced_by_force_and_tried_once_more(tmp_path: Path) -> None:
    async with stubbed(tmp_path, accept("token-2"), user={"exec": counting(tmp_path)}) as (stub, transport):
        answers = await asyncio.gather(*(transport.send(VERSION) for _ in range(3)))
        async with transport.stream(VERSION) as chunks:
            assert [chunk async for chunk in chunks]
    assert [answer.status for answer in answers] == [200, 200, 200]
    assert runs(tmp_path) == 2
    assert len(stub.requests) == 7


async def test_a_refusal_that_stays_is_told_and_not_retried_at_once(tmp_path: Path) -> None:
    now = 1000.0
    async with serve_stub(accept()) as stub:
        kubeconfig = write_kubeconfig(tmp_path / "config", stub.url, user={"exec": counting(tmp_path)})
        context = kubeconfig.contexts[0]
        transport = Transport(kubeconfig, context, clock=lambda: now)
        for expected_runs, later in [(2, 0), (2, 1), (3, REFUSED_PAUSE)]:
            now += later
            with pytest.raises(ApiError, match="HTTP 401") as caught:
                await transport.send(VERSION)
            assert caught.value.unauthorized
            assert "log in again" in caught.value.cure
            assert runs(tmp_path) == expected_runs
        await transport.close()


async def test_another_login_beside_k9py_is_picked_up(tmp_path: Path) -> None:
    async with stubbed(tmp_path, accept("new"), user={"token": "old"}) as (stub, transport):
        write_kubeconfig(tmp_path / "config", stub.url, user={"token": "new"})
        assert (await transport.send(VERSION)).status == 200


async def test_a_stream_outlives_the_credential_it_began_with(tmp_path: Path) -> None:
    go_on = asyncio.Event()

    async def handler(request: web.BaseRequest) -> web.StreamResponse:
        if request.path != "/watch":
            return await accept("new")(request)
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"one")
        await go_on.wait()
        await response.write(b"two")
        return response

    async with (
        stubbed(tmp_path, handler, user={"token": "old"}) as (stub, transport),
        transport.stream(Request("GET", "/watch")) as chunks,
    ):
        assert await anext(chunks) == b"one"
        write_kubeconfig(tmp_path / "config", stub.url, user={"token": "new"})
        await transport.send(VERSION)
        go_on.set()
        assert [chunk async for chunk in chunks] == [b"two"]


async def test_certificates_from_a_plugin_are_shown_and_replaced(tmp_path: Path, pki: Pki, server_pair: Pair) -> None:
    seen = []

    async def handler(request: web.BaseRequest) -> web.StreamResponse:
        assert request.transport is not None
        subject = request.transport.get_extra_info("peercert")["subject"]
        seen.append(subject[0][0][1])
        return await answer_version(request)

    pairs = [pki.sign("first"), pki.sign("second")]
    code = """
import json, pathlib, sys
runs = pathlib.Path(sys.argv[1])
number = len(runs.read_text()) if runs.exists() else 0
runs.write_text("x" * (number + 1))
certificate, key = sys.argv[2 + 2 * number : 4 + 2 * number]
status = {"clientCertificateData": pathlib.Path(certificate).read_text(),
          "clientKeyData": pathlib.Path(key).read_text(),
          "expirationTimestamp": "2020-01-01T00:00:00Z" if number == 0 else "2100-01-01T00:00:00Z"}
print(json.dumps({"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": status}))
"""
    files = [str(path) for pair in pairs for path in (pair.certificate, pair.key)]
    user = {"exec": plugin(code, str(tmp_path / "runs"), *files)}
    cluster = {"certificate-authority": str(pki.ca.certificate)}
    context = pki.server_context(server_pair, wants_client=True)
    async with stubbed(tmp_path, handler, context, cluster=cluster, user=user) as (_, transport):
        await transport.send(VERSION)
    assert seen == ["second"]


async def test_the_plugin_is_told_what_the_kubeconfig_allows(tmp_path: Path, pki: Pki) -> None:
    code = """
import json, os, sys
info = json.loads(os.environ["KUBERNETES_EXEC_INFO"])
open(sys.argv[1], "w").write(json.dumps([info, os.environ["REGION"], sys.stdin.read()]))
print(json.dumps({"apiVersion": info["apiVersion"], "kind": "ExecCredential", "status": {"token": "t"}}))
"""
    exec_plugin = plugin(
        code, str(tmp_path / "told"), provideClusterInfo=True, env=[{"name": "REGION", "value": "seoul"}]
    )
    cluster = {
        "certificate-authority": str(pki.ca.certificate),
        "extensions": [{"name": "client.authentication.k8s.io/exec", "extension": {"audience": "a"}}],
    }
    kubeconfig = write_kubeconfig(tmp_path / "config", "https://nowhere:6443", cluster, {"exec": exec_plugin})
    async with connect(kubeconfig, interactive=True):
        pass
    info, region, stdin = json.loads((tmp_path / "told").read_text())
    assert (region, stdin) == ("seoul", "")
    assert info["spec"]["interactive"] is False  # the tests' stdin is no terminal
    assert info["spec"]["cluster"]["server"] == "https://nowhere:6443"
    assert info["spec"]["cluster"]["certificate-authority-data"]
    assert info["spec"]["cluster"]["config"] == {"audience": "a"}


async def test_a_relative_command_is_beside_its_kubeconfig(tmp_path: Path) -> None:
    script = tmp_path / "bin" / "login"
    script.parent.mkdir()
    answer = {"apiVersion": V1, "kind": "ExecCredential", "status": {"token": "beside"}}
    script.write_text(f"#!{sys.executable}\nprint({json.dumps(answer)!r})\n")
    script.chmod(0o700)
    user = {"exec": {"apiVersion": V1, "command": "./bin/login"}}
    async with stubbed(tmp_path, answer_version, user=user) as (stub, transport):
        await transport.send(VERSION)
    assert stub.headers["Authorization"] == "Bearer beside"


@pytest.mark.parametrize(
    ("exec_plugin", "message", "cure"),
    [
        (
            plugin("import sys; sys.stderr.write('SSO session \\x1b[31mexpired\\n'); sys.exit(3)"),
            r"failed \(3\): SSO session \[31mexpired",
            "run it by hand: ",
        ),
        (plugin("pass"), "gave no ExecCredential", "run it by hand"),
        (plugin("print('{}')"), "gave no ExecCredential: Object missing required field", "run it by hand"),
        (plugin('print(\'{"kind": "ExecCredential", "apiVersion": "v0"}\')'), "of v0", f"apiVersion {V1}"),
        (
            plugin(f'print(\'{{"kind": "ExecCredential", "apiVersion": "{V1}"}}\')'),
            "neither a token nor a certificate",
            "run it by hand",
        ),
        (
            plugin(COUNTING, "/dev/null", '{"clientCertificateData": "c"}'),
            "a certificate without its key",
            "run it by hand",
        ),
        (plugin(COUNTING, "/dev/null", '{"token": "a\\nb"}'), "characters that no token has", "log in again"),
        (
            {"apiVersion": V1, "command": "no-such-login-plugin", "installHint": "brew install it"},
            "cannot run no-such-login-plugin to log in: No such file",
            "brew install it",
        ),
        (plugin("pass", interactiveMode="Always"), "must ask at a terminal", "log in there"),
    ],
)
async def test_a_plugin_that_fails_says_why(
    tmp_path: Path, exec_plugin: Mapping[str, Any], message: str, cure: str
) -> None:
    error = await login_error(tmp_path, {"exec": exec_plugin})
    assert re.search(message, error.message)
    assert error.cure.startswith(cure)
    assert "\n" not in error.line


async def test_a_first_login_may_ask_at_the_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code = """
import json, os, sys
assert json.loads(os.environ["KUBERNETES_EXEC_INFO"])["spec"]["interactive"]
sys.stderr.write("code, please: ")
status = {"token": sys.stdin.readline().strip()}
print(json.dumps({"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": status}))
"""
    keyboard, terminal = pty.openpty()
    os.write(keyboard, b"1234\n")
    async with serve_stub(answer_version) as stub:
        user = {"exec": plugin(code, interactiveMode="Always")}
        kubeconfig = write_kubeconfig(tmp_path / "config", stub.url, user=user)
        with os.fdopen(terminal) as stdin:
            monkeypatch.setattr(sys, "stdin", stdin)
            async with connect(kubeconfig, interactive=True) as transport:
                await transport.send(VERSION)
    os.close(keyboard)
    assert stub.headers["Authorization"] == "Bearer 1234"
    assert capsys.readouterr().err == "code, please: "


async def test_a_plugin_that_hangs_or_shouts_is_ended(tmp_path: Path) -> None:
    hanging = ExecPlugin(sys.executable, V1, ["-c", "import time; time.sleep(600)"])
    with pytest.raises(LoginFailed, match=r"has not answered for 0\.2 s"):
        await run_plugin(hanging, Cluster(), interactive=False, timeout=0.2)
    shout = "import sys; sys.stderr.write('x' * 1_000_000 + ' the end'); print('{}'); sys.exit(1)"
    with pytest.raises(LoginFailed, match=r"failed \(1\): …x+ the end"):
        await run_plugin(ExecPlugin(sys.executable, V1, ["-c", shout]), Cluster(), interactive=False)


async def test_a_token_file_is_stripped_read_anew_and_beats_the_token(tmp_path: Path) -> None:
    now = 1000.0
    (tmp_path / "token").write_text("first\n")
    async with serve_stub(answer_version) as stub:
        user = {"tokenFile": "token", "token": "static"}
        kubeconfig = write_kubeconfig(tmp_path / "config", stub.url, user=user)
        transport = Transport(kubeconfig, kubeconfig.contexts[0], clock=lambda: now)
        for later, expected in [(0, "first"), (TOKEN_FILE_PERIOD / 2, "first"), (TOKEN_FILE_PERIOD, "second")]:
            now += later
            await transport.send(VERSION)
            assert stub.headers["Authorization"] == f"Bearer {expected}"
            (tmp_path / "token").write_text("second\n")
        await transport.close()


async def test_token_files_that_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("\n")
    assert "cannot read the token file" in (await login_error(tmp_path, {"tokenFile": "gone"})).message
    assert "is empty" in (await login_error(tmp_path, {"tokenFile": "empty"})).message


async def test_a_token_beats_a_plugin(tmp_path: Path) -> None:
    user = {"token": "mine", "exec": plugin("raise SystemExit(1)")}
    async with stubbed(tmp_path, answer_version, user=user) as (stub, transport):
        await transport.send(VERSION)
    assert stub.headers["Authorization"] == "Bearer mine"


async def test_a_context_without_user_over_tls(tmp_path: Path, pki: Pki, server_pair: Pair) -> None:
    async with serve_stub(answer_version, pki.server_context(server_pair)) as stub:
        content = {
            "contexts": [{"name": "it", "context": {"cluster": "c"}}],
            "clusters": [{"name": "c", "cluster": {"server": stub.url, "insecure-skip-tls-verify": True}}],
        }
        (tmp_path / "config").write_text(json.dumps(content))
        async with connect(read_kubeconfig(str(tmp_path / "config"), {})) as transport:
            await transport.send(VERSION)
    assert "Authorization" not in stub.headers


async def test_an_auth_provider_of_the_past_is_said_to_be_gone(tmp_path: Path) -> None:
    kubeconfig = write_kubeconfig(tmp_path / "config", "https://a", user={"auth-provider": {"name": "gcp"}})
    with pytest.raises(ConfigError, match="auth-provider 'gcp' is not supported"):
        async with connect(kubeconfig):
            pass


async def test_giving_up_on_a_login_leaves_it_to_the_others(tmp_path: Path) -> None:
    kubeconfig = write_kubeconfig(tmp_path / "config", "https://nowhere", user={"exec": counting(tmp_path)})
    transport = Transport(kubeconfig, kubeconfig.contexts[0])
    first = asyncio.create_task(transport._renew())
    second = asyncio.create_task(transport._renew())
    await asyncio.sleep(0)
    first.cancel()
    connection = await second
    assert first.cancelled()
    assert connection.credential.token == "token-1"
    assert runs(tmp_path) == 1
    await transport.close()


async def test_closing_ends_a_login_that_is_under_way(tmp_path: Path) -> None:
    exec_plugin = plugin("import time; time.sleep(600)")
    kubeconfig = write_kubeconfig(tmp_path / "config", "https://nowhere", user={"exec": exec_plugin})
    transport = Transport(kubeconfig, kubeconfig.contexts[0])
    asking = asyncio.create_task(transport.send(VERSION))
    await asyncio.sleep(0)
    started = time.monotonic()
    await transport.close()
    assert time.monotonic() - started < 30
    with pytest.raises(asyncio.CancelledError):
        await asking
