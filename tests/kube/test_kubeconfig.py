from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from k9py.kube.kubeconfig import Context, read_entry, read_kubeconfig
from k9py.values.errors import ConfigError

ONE = """
current-context: prod
contexts:
- {name: prod, context: {cluster: seoul, user: admin, namespace: shop}}
- {name: anonymous, context: {cluster: seoul}}
clusters:
- {name: seoul, cluster: {server: "https://seoul:6443", certificate-authority: pki/ca.pem}}
users:
- name: admin
  user:
    client-certificate: pki/admin.pem
    client-key: /etc/admin.key
    exec: {apiVersion: client.authentication.k8s.io/v1, command: bin/login, args: null, env: null}
"""
TWO = """
current-context: dev
contexts:
- {name: dev, context: {cluster: busan, user: me}}
- {name: prod, context: {cluster: busan, user: me}}
clusters:
- {name: busan, cluster: {server: "https://busan:6443"}}
users:
- {name: me, user: {token: t}}
"""


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_reads_contexts_and_the_current_one(tmp_path: Path) -> None:
    path = write(tmp_path, "config", ONE)
    kubeconfig = read_kubeconfig(str(path), {})
    assert kubeconfig.paths == (path,)
    assert kubeconfig.current == "prod"
    assert kubeconfig.contexts == (Context("prod", "seoul", "admin", "shop"), Context("anonymous", "seoul", "", ""))


def test_of_several_files_the_first_wins_and_missing_ones_are_ignored(tmp_path: Path) -> None:
    one, two = write(tmp_path, "one", ONE), write(tmp_path, "two", TWO)
    listed = os.pathsep.join(map(str, [tmp_path / "missing", two, one, two, ""]))
    kubeconfig = read_kubeconfig(None, {"KUBECONFIG": listed})
    assert kubeconfig.paths == (two, one)
    assert kubeconfig.current == "dev"
    assert [(context.name, context.cluster) for context in kubeconfig.contexts] == [
        ("dev", "busan"),
        ("prod", "busan"),
        ("anonymous", "seoul"),
    ]


def test_falls_back_to_the_home_folder(tmp_path: Path) -> None:
    path = write(tmp_path, ".kube/config", ONE)
    assert read_kubeconfig(None, {"HOME": str(tmp_path), "KUBECONFIG": ""}).paths == (path,)


def test_the_named_file_beats_the_environment(tmp_path: Path) -> None:
    one, two = write(tmp_path, "one", ONE), write(tmp_path, "two", TWO)
    assert read_kubeconfig(str(one), {"KUBECONFIG": str(two)}).current == "prod"


def test_a_file_without_current_context_still_lists_its_contexts(tmp_path: Path) -> None:
    kubeconfig = read_kubeconfig(str(write(tmp_path, "config", ONE.replace("current-context", "other"))), {})
    assert kubeconfig.current == ""
    assert len(kubeconfig.contexts) == 2
    with pytest.raises(ConfigError, match="no current-context") as caught:
        read_entry(kubeconfig, kubeconfig.current)
    assert "prod, anonymous" in caught.value.cure


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no contexts in"),
        ("{}", "no contexts in"),
        ("contexts: null\nusers: null\n", "no contexts in"),
        ("just words", "holds no mapping"),
        ("contexts:\n  - name: a\n bad", "line 3, column"),
        ("contexts:\n\t- name: a", "line 2, column 1"),
        ("contexts: 7", r"Expected `array`, got `int` - at `\$.contexts`"),
        ("contexts: [{name: 7, context: {}}]", r"at `\$\.contexts\[\.\.\.\]\.name`|at `\$\.contexts\[0\]\.name`"),
        ("a\x00b", "is not YAML|line 1"),
    ],
)
def test_says_what_is_wrong_with_a_file(tmp_path: Path, text: str, message: str) -> None:
    path = write(tmp_path, "config", text)
    with pytest.raises(ConfigError, match=message) as caught:
        read_kubeconfig(str(path), {})
    assert str(path) in caught.value.message
    assert caught.value.cure


def test_says_which_file_is_missing(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no kubeconfig: .*nowhere not there"):
        read_kubeconfig(str(tmp_path / "nowhere"), {})
    with pytest.raises(ConfigError, match=r"no kubeconfig: .*/a, .*/b not there"):
        read_kubeconfig(None, {"KUBECONFIG": os.pathsep.join([str(tmp_path / "a"), str(tmp_path / "b")])})


def test_a_folder_is_no_kubeconfig(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"cannot read .*: Is a directory"):
        read_kubeconfig(str(tmp_path), {})


def test_paths_are_those_of_the_file_that_names_them(tmp_path: Path) -> None:
    first, second = write(tmp_path, "a/config", TWO), write(tmp_path, "b/config", ONE)
    kubeconfig = read_kubeconfig(None, {"KUBECONFIG": f"{second}{os.pathsep}{first}"})
    entry = read_entry(kubeconfig, "prod")
    assert entry.cluster.certificate_authority == str(tmp_path / "b/pki/ca.pem")
    assert entry.user.client_certificate == str(tmp_path / "b/pki/admin.pem")
    assert entry.user.client_key == "/etc/admin.key"
    assert entry.user.exec_plugin is not None
    assert entry.user.exec_plugin.command == str(tmp_path / "b/bin/login")


def test_a_context_without_user_is_anonymous(tmp_path: Path) -> None:
    entry = read_entry(read_kubeconfig(str(write(tmp_path, "config", ONE)), {}), "anonymous")
    assert entry.user.token == ""
    assert entry.user.exec_plugin is None


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("cluster: seoul, user", "cluster: tokyo, user", "names the cluster 'tokyo'"),
        ("user: admin,", "user: root,", "names the user 'root'"),
        ('server: "https://seoul:6443", ', "", "cluster seoul has no server"),
    ],
)
def test_says_what_a_context_lacks(tmp_path: Path, old: str, new: str, message: str) -> None:
    kubeconfig = read_kubeconfig(str(write(tmp_path, "config", ONE.replace(old, new))), {})
    with pytest.raises(ConfigError, match=message):
        read_entry(kubeconfig, "prod")


def test_suggests_the_context_that_was_meant(tmp_path: Path) -> None:
    kubeconfig = read_kubeconfig(str(write(tmp_path, "config", ONE)), {})
    with pytest.raises(ConfigError, match="no context 'prd'") as caught:
        read_entry(kubeconfig, "prd")
    assert caught.value.cure == "there is: prod"


def test_listing_contexts_imports_neither_the_client_nor_aiohttp() -> None:
    code = "import sys, k9py.kube.kubeconfig; print(sorted({'kubernetes', 'aiohttp', 'ssl'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"
