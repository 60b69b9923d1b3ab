from __future__ import annotations

import base64
import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest
import yaml
from aiohttp import web

from k9py.kube.kubeconfig import read_kubeconfig
from k9py.values.errors import LoginFailed, Unreachable
from k9py.values.request import Request
from tests.kube.pki import Pair, Pki
from tests.kube.proxies import Proxy, socks_proxy
from tests.kube.stub import Handler, Stub, answer_version, connect, serve_stub, stubbed, write_kubeconfig

VERSION = Request("GET", "/version")
FAR = 4_000_000_000


def jwt(exp: float, name: str = "kim") -> str:
    claims = base64.urlsafe_b64encode(json.dumps({"exp": exp, "sub": name}).encode()).decode().rstrip("=")
    return f"e30.{claims}.c2ln"


def user(**config: str) -> dict[str, Any]:
    return {"auth-provider": {"name": "oidc", "config": {"client-id": "k8s", "client-secret": "s", **config}}}


def provider(asked: list[Any], **tokens: str) -> tuple[Handler, Stub]:
    """An OpenID provider, and the stub to tell it where it is."""
    at = Stub("")

    async def handler(request: web.BaseRequest) -> web.StreamResponse:
        if request.path == "/.well-known/openid-configuration":
            return web.json_response({"token_endpoint": f"{at.url}/token"})
        asked.append((dict(await request.post()), request.headers["Authorization"]))
        return web.json_response(tokens) if tokens else web.Response(status=400, text='{"error": "invalid_grant"}')

    return handler, at


async def test_a_token_that_holds_is_sent_as_it_is(tmp_path: Path) -> None:
    token = jwt(FAR)
    async with stubbed(tmp_path, answer_version, user=user(**{"id-token": token})) as (stub, transport):
        await transport.send(VERSION)
    assert stub.headers["Authorization"] == f"Bearer {token}"


async def test_an_expired_token_is_renewed_and_written_down(tmp_path: Path, pki: Pki, server_pair: Pair) -> None:
    asked: list[Any] = []
    handler, at = provider(asked, id_token=jwt(FAR), refresh_token="next")
    async with serve_stub(handler, pki.server_context(server_pair)) as idp, serve_stub(answer_version) as stub:
        at.url = idp.url
        (tmp_path / "ca.pem").write_bytes(pki.ca.certificate.read_bytes())
        config = {
            "id-token": jwt(1),
            "refresh-token": "first",
            "idp-issuer-url": idp.url,
            "idp-certificate-authority": "ca.pem",
        }
        kubeconfig = write_kubeconfig(tmp_path / "config", stub.url, user=user(**config))
        (tmp_path / "config").chmod(0o600)
        async with connect(kubeconfig) as transport:
            await transport.send(VERSION)
    assert stub.headers["Authorization"] == f"Bearer {jwt(FAR)}"
    basic = "Basic " + base64.b64encode(b"k8s:s").decode()
    assert asked == [({"grant_type": "refresh_token", "refresh_token": "first"}, basic)]
    written = yaml.safe_load((tmp_path / "config").read_text())
    assert written["users"][0]["user"]["auth-provider"]["config"] == config | {
        "client-id": "k8s",
        "client-secret": "s",
        "id-token": jwt(FAR),
        "refresh-token": "next",
    }
    assert stat.S_IMODE((tmp_path / "config").stat().st_mode) == 0o600
    assert read_kubeconfig(str(tmp_path / "config"), {}) == kubeconfig
    assert sorted(os.listdir(tmp_path)) == ["ca.pem", "config"]


async def test_the_provider_may_be_behind_the_proxy_of_the_environment(
    tmp_path: Path, pki: Pki, monkeypatch: pytest.MonkeyPatch
) -> None:
    handler, at = provider([], id_token=jwt(FAR))
    pair = pki.sign("idp", "DNS:idp.example")
    proxy = Proxy(names={"idp.example": "127.0.0.1"})
    async with (
        serve_stub(handler, pki.server_context(pair)) as idp,
        socks_proxy(proxy),
        serve_stub(answer_version) as stub,
    ):
        at.url = idp.url.replace("127.0.0.1", "idp.example")
        monkeypatch.setenv("HTTPS_PROXY", f"socks5://127.0.0.1:{proxy.port}")
        authority = base64.b64encode(pki.ca.certificate.read_bytes()).decode()
        config = {"refresh-token": "r", "idp-issuer-url": at.url, "idp-certificate-authority-data": authority}
        async with connect(write_kubeconfig(tmp_path / "config", stub.url, user=user(**config))) as transport:
            await transport.send(VERSION)
    assert stub.headers["Authorization"] == f"Bearer {jwt(FAR)}"
    assert {host for host, _ in proxy.asked} == {"idp.example"}


async def test_the_provider_s_certificate_is_checked(tmp_path: Path, pki: Pki, server_pair: Pair) -> None:
    handler, _ = provider([])
    async with serve_stub(handler, pki.server_context(server_pair)) as idp:
        config = {"id-token": "", "refresh-token": "r", "idp-issuer-url": idp.url}
        kubeconfig = write_kubeconfig(tmp_path / "config", "https://a", user=user(**config))
        with pytest.raises(Unreachable, match="signed by an unknown authority"):
            async with connect(kubeconfig):
                pass


@pytest.mark.parametrize(
    ("config", "tokens", "message"),
    [
        ({"id-token": jwt(1)}, {}, "has expired, and there is no refresh-token"),
        ({"id-token": "not.a"}, {}, "has expired, and there is no refresh-token"),
        ({"refresh-token": "old"}, {}, "does not renew the login: .*invalid_grant"),
        ({"refresh-token": "old"}, {"access_token": "a"}, "gave no ID token"),
    ],
)
async def test_logins_that_are_over(
    tmp_path: Path, config: dict[str, str], tokens: dict[str, str], message: str
) -> None:
    handler, at = provider([], **tokens)
    async with serve_stub(handler) as idp:
        at.url = idp.url
        kubeconfig = write_kubeconfig(
            tmp_path / "config", "https://a", user=user(**{"idp-issuer-url": idp.url, **config})
        )
        with pytest.raises(LoginFailed, match=message) as caught:
            async with connect(kubeconfig):
                pass
    assert caught.value.cure.startswith("log in again")


async def test_a_locked_kubeconfig_is_said_to_be(tmp_path: Path) -> None:
    handler, at = provider([], id_token=jwt(FAR))
    (tmp_path / "config.lock").touch()
    async with serve_stub(handler) as idp:
        at.url = idp.url
        config = {"refresh-token": "r", "idp-issuer-url": idp.url}
        kubeconfig = write_kubeconfig(tmp_path / "config", "https://a", user=user(**config))
        with pytest.raises(LoginFailed, match="cannot save the new login") as caught:
            async with connect(kubeconfig):
                pass
    assert "config.lock" in caught.value.cure
