"""What the command line says instead of the kubeconfig: for one context, and one server."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from k9py.kube.kubeconfig import Kubeconfig, override, read_entry, read_kubeconfig
from k9py.kube.overrides import Overrides
from k9py.values.errors import ConfigError
from k9py.values.request import Request
from tests.kube.stub import answer_version, connect, serve_stub, write_kubeconfig

TWO = """
current-context: one
contexts:
- {name: one, context: {cluster: seoul, user: cert, namespace: shop}}
- {name: two, context: {cluster: busan, user: token}}
- {name: robot, context: {cluster: seoul, user: robot}}
clusters:
- {name: seoul, cluster: {server: "https://seoul", tls-server-name: inside}}
- {name: busan, cluster: {server: "https://busan"}}
users:
- {name: cert, user: {client-certificate: c.pem, client-key: k.pem}}
- {name: token, user: {token: t}}
- {name: robot, user: {token: r, as: helper, as-uid: "7", as-groups: [ops], as-user-extra: {why: [test]}}}
"""


@pytest.fixture
def kubeconfig(tmp_path: Path) -> Kubeconfig:
    (tmp_path / "config").write_text(TWO)
    return read_kubeconfig(str(tmp_path / "config"), {})


def test_another_context_is_as_its_kubeconfig_says(kubeconfig: Kubeconfig) -> None:
    plain = read_entry(kubeconfig, "two")
    everything = Overrides("one", "busan", "token", "https://x", "secret", "kim", "1", ("a",), insecure=True)
    assert read_entry(override(kubeconfig, everything), "two") == plain


def test_other_entries_of_the_kubeconfig(kubeconfig: Kubeconfig) -> None:
    entry = read_entry(override(kubeconfig, Overrides("one", cluster="busan", user="token")), "one")
    assert (entry.cluster.server, entry.user.token, entry.context.namespace) == ("https://busan", "t", "shop")
    with pytest.raises(ConfigError, match="names the user 'nobody'"):
        read_entry(override(kubeconfig, Overrides("one", user="nobody")), "one")


def test_another_server_is_not_called_by_the_name_of_the_first(kubeconfig: Kubeconfig) -> None:
    cluster = read_entry(override(kubeconfig, Overrides("one", server="https://10.0.0.1")), "one").cluster
    assert (cluster.server, cluster.tls_server_name) == ("https://10.0.0.1", "")


def test_a_token_counts_alone(kubeconfig: Kubeconfig) -> None:
    given = Overrides("one", token="secret")
    user = read_entry(override(kubeconfig, given), "one").user
    assert (user.token, user.client_certificate) == ("secret", "")
    assert "secret" not in repr(given)


def test_a_token_does_not_follow_the_context_to_another_server(tmp_path: Path, kubeconfig: Kubeconfig) -> None:
    given = override(kubeconfig, Overrides("one", token="secret"))
    (tmp_path / "config").write_text(TWO.replace("https://seoul", "https://evil"))
    with pytest.raises(ConfigError, match="leads to https://evil now, and --token was given for https://seoul"):
        read_entry(given, "one")
    assert read_entry(override(kubeconfig, Overrides("one", impersonate="kim")), "one").cluster.server == "https://evil"


def test_acting_as_somebody_else_replaces_whom_the_kubeconfig_names(kubeconfig: Kubeconfig) -> None:
    user = read_entry(override(kubeconfig, Overrides("robot", impersonate="kim")), "robot").user
    assert (user.impersonate, user.impersonate_uid, user.impersonate_groups, user.impersonate_extra) == (
        "kim",
        "",
        [],
        {},
    )
    assert user.token == "r"


def test_groups_are_added_to_whom_the_kubeconfig_acts_as(kubeconfig: Kubeconfig) -> None:
    given = Overrides("robot", impersonate_groups=("dev", "qa"))
    user = read_entry(override(kubeconfig, given), "robot").user
    assert (user.impersonate, user.impersonate_uid, user.impersonate_groups) == ("helper", "7", ["dev", "qa"])
    with pytest.raises(ConfigError, match="need a user to act as"):
        read_entry(override(kubeconfig, replace(given, context="one")), "one")


async def test_what_is_sent(tmp_path: Path) -> None:
    async with serve_stub(answer_version) as stub:
        kubeconfig = write_kubeconfig(tmp_path / "config", stub.url, user={"username": "a", "password": "b"})
        given = Overrides("it", token="secret", impersonate="kim", impersonate_groups=("dev", "qa"))
        async with connect(override(kubeconfig, given)) as transport:
            await transport.send(Request("GET", "/version"))
    (request,) = stub.requests
    assert request.headers.getall("Authorization") == ["Bearer secret"]
    assert request.headers.getall("Impersonate-User") == ["kim"]
    assert request.headers.getall("Impersonate-Group") == ["dev", "qa"]
