from __future__ import annotations

import pytest

from k9py.kube.proxy import find_proxy, is_near
from k9py.values.errors import ConfigError

PROXY = "http://proxy:3128"


@pytest.mark.parametrize(
    ("no_proxy", "server", "exempt"),
    [
        ("", "https://10.1.2.3:6443", False),
        ("*", "https://10.1.2.3:6443", True),
        ("10.0.0.0/8", "https://10.1.2.3:6443", True),
        ("10.0.0.0/8", "https://11.1.2.3:6443", False),
        ("10.0.0.0/99", "https://10.1.2.3:6443", False),
        ("10.1.2.3", "https://10.1.2.3:6443", True),
        ("10.1.2.3:6443", "https://10.1.2.3:6443", True),
        ("10.1.2.3:443", "https://10.1.2.3:6443", False),
        ("2.3", "https://10.1.2.3:6443", False),
        ("fd00::/8", "https://[fd00::1]:6443", True),
        ("[fd00::1]", "https://[fd00::1]:6443", True),
        ("fd00::1", "https://[fd00::1]:6443", True),
        ("[fd00::1]:6443", "https://[fd00::1]:6443", True),
        ("[fd00::1]:443", "https://[fd00::1]:6443", False),
        ("example.com", "https://k8s.example.com", True),
        ("example.com", "https://example.com", True),
        ("example.com", "https://badexample.com", False),
        (".example.com", "https://k8s.example.com", True),
        (".example.com", "https://example.com", False),
        ("*.example.com", "https://k8s.example.com", True),
        (" other , EXAMPLE.com:443 ", "https://k8s.example.com", True),
        ("", "https://localhost:6443", True),
        ("", "https://127.0.0.2:6443", True),
        ("", "https://[::1]:6443", True),
    ],
)
def test_no_proxy(no_proxy: str, server: str, exempt: bool) -> None:
    assert find_proxy(server, "", {"HTTPS_PROXY": PROXY, "NO_PROXY": no_proxy}) == ("" if exempt else PROXY)


@pytest.mark.parametrize(
    ("environ", "server", "expected"),
    [
        ({"https_proxy": PROXY}, "https://a", PROXY),
        ({"HTTPS_PROXY": "proxy:3128"}, "https://a", PROXY),
        ({"HTTP_PROXY": PROXY}, "https://a", ""),
        ({"HTTP_PROXY": PROXY}, "http://a", PROXY),
        ({"ALL_PROXY": PROXY}, "https://a", ""),
        ({"https_proxy": PROXY, "no_proxy": "a"}, "https://a", ""),
    ],
)
def test_environment(environ: dict[str, str], server: str, expected: str) -> None:
    assert find_proxy(server, "", environ) == expected


def test_the_cluster_s_own_proxy_wins_whatever_the_environment_says() -> None:
    environ = {"HTTPS_PROXY": "http://other", "NO_PROXY": "*"}
    assert find_proxy("https://a", PROXY, environ) == PROXY
    assert find_proxy("https://127.0.0.1", PROXY, environ) == PROXY


@pytest.mark.parametrize("proxy", ["socks5://b:1080", "socks5h://b", "https://me:word@b:3128"])
def test_other_proxies(proxy: str) -> None:
    assert find_proxy("https://a", proxy, {}) == proxy
    assert find_proxy("https://a", "", {"HTTPS_PROXY": proxy}) == proxy


@pytest.mark.parametrize("proxy", ["socks4://me:word@b:1080", "ftp://me:word@b", "http://", "socks5://:1080"])
def test_a_proxy_that_cannot_be_used_is_named_without_its_password(proxy: str) -> None:
    with pytest.raises(ConfigError, match=r"the proxy of https://a (is a \w+ proxy, which|has no address)") as caught:
        find_proxy("https://a", proxy, {})
    assert "word" not in caught.value.line
    assert "socks5://" in caught.value.cure


@pytest.mark.parametrize(
    ("server", "near"),
    [
        ("https://localhost:6443", True),
        ("https://127.0.0.1", True),
        ("https://192.168.1.4:6443", True),
        ("https://[fd00::1]", True),
        ("https://34.64.1.1", False),
        ("https://k8s.example.com", False),
    ],
)
def test_near(server: str, near: bool) -> None:
    assert is_near(server) is near
