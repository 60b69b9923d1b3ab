"""The parts of the cluster lab and of the terminal driver that can be tested without root and without a cluster."""

from __future__ import annotations

import base64
import io
import json
import os
import signal
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from tests.cluster.kubectl import wait_until
from tests.cluster.lab import LabError, build, cgroups, cleanup, images, metrics, pki, proof, versions
from tests.cluster.lab.programs import MARK, Programs, Record, Spec, kill_all, marked, open_at
from tests.terminal import Emulator, Terminal

_VERSION = versions.VERSIONS["1.36"]


def test_go_mod_replaces_exactly_the_unreleased_modules() -> None:
    theirs = "require (\n\tk8s.io/api v0.0.0\n\tk8s.io/utils v0.0.0-2026-abc\n\tk8s.io/kubelet v0.0.0 // indirect\n)\n"
    assert build.unreleased(theirs) == ["k8s.io/api", "k8s.io/kubelet"]
    text = build.go_mod(_VERSION, build.unreleased(theirs))
    assert "\tgo.etcd.io/etcd/server/v3 v3.6.8\n\tk8s.io/kubernetes v1.36.3\n" in text
    assert "replace (\n\tk8s.io/api => k8s.io/api v0.36.3\n\tk8s.io/kubelet => k8s.io/kubelet v0.36.3\n)\n" in text


def test_the_cache_has_a_folder_for_each_version(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("K9PY_CACHE", str(tmp_path))
    folders = {build.folder_of(version) for version in versions.VERSIONS.values()}
    assert len(folders) == 3
    assert {folder.parent for folder in folders} == {tmp_path / "lab"}


def test_what_is_built_is_not_built_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("K9PY_CACHE", str(tmp_path))
    monkeypatch.setenv("PATH", "")
    build.folder_of(_VERSION).mkdir(parents=True)
    assert build.build(_VERSION) == build.folder_of(_VERSION)


def test_a_missing_go_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("K9PY_CACHE", str(tmp_path))
    monkeypatch.setenv("PATH", "")
    with pytest.raises(LabError, match=r"needs Go 1\.26"):
        build.build(_VERSION)


def test_the_environment_picks_the_version(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBERNETES", "1.34")
    assert versions.chosen().kubernetes == "v1.34.4"
    monkeypatch.setenv("KUBERNETES", "1.12")
    with pytest.raises(LabError, match=r"1\.34, 1\.36, 1\.37"):
        versions.chosen()


def test_a_state_folder_too_long_for_sockets_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("K9PY_LAB_DIR", "/" + "x" * 80)
    with pytest.raises(LabError, match="K9PY_LAB_DIR"):
        versions.state_folder()


def test_an_image_is_a_docker_archive() -> None:
    content = images.layer(b"program", ["sh", "ls"])
    with tarfile.open(fileobj=io.BytesIO(images.archive("registry.local/x:1", ["sh"], content))) as tar:
        files = {name: member.read() for name in tar.getnames() if (member := tar.extractfile(name))}
    [manifest] = json.loads(files["manifest.json"])
    assert manifest["RepoTags"] == ["registry.local/x:1"]
    assert manifest["Layers"] == ["layer.tar"]
    assert json.loads(files[manifest["Config"]])["config"]["Cmd"] == ["sh"]
    with tarfile.open(fileobj=io.BytesIO(files["layer.tar"])) as tar:
        assert tar.getmember("bin/busybox").mode == 0o755
        assert tar.getmember("bin/ls").linkname == "busybox"
        assert tar.getmember("tmp").mode == 0o1777


def test_a_kubeconfig_holds_everything() -> None:
    text = pki.kubeconfig("jane", "https://10.99.0.1:6443", b"ca", b"crt", b"key")
    assert "    server: https://10.99.0.1:6443\n" in text
    assert f"    client-key-data: {base64.b64encode(b'key').decode()}\n" in text
    assert "    user: jane\n" in text


def test_extensions_name_a_server_only_when_there_is_one() -> None:
    assert "subjectAltName = DNS:a\n" in pki.extensions("DNS:a")
    assert "subjectAltName" not in pki.extensions("")


def test_a_record_knows_its_own_process_only() -> None:
    own = Record.of(os.getpid())
    assert own.alive()
    assert Record.parse(own.text()) == own
    assert not Record(own.pid, "1", own.boot).alive()
    assert not Record(own.pid, own.start, "another boot").alive()
    assert Record.parse(f"{own.pid} 12") is None


def test_programs_outlive_their_starter_and_are_found_by_their_mark(tmp_path: Path) -> None:
    programs = Programs(tmp_path)
    programs.spawn(Spec("sleeper", ("/bin/sh", "-c", "echo said; sleep 60 & wait"), tmp_path / "socket"))
    try:
        assert programs.recorded() == ["sleeper"]
        assert Programs(tmp_path).alive("sleeper")
        assert programs.record("sleeper") in marked(tmp_path)
        assert not marked(tmp_path / "other")
        wait_until(lambda: programs.last_words("sleeper") == "said", "what it says")
        programs.end("sleeper", signal.SIGKILL)
        assert not programs.alive("sleeper")
        assert programs.recorded() == []
        assert programs.last_words("sleeper") == "said"
    finally:
        kill_all(marked(tmp_path))
    assert not marked(tmp_path)


def test_a_process_that_only_names_the_folder_is_not_ours(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import sys; sys.stdin.read()", str(tmp_path)]
    with subprocess.Popen(command, env={f"NOT_{MARK}": str(tmp_path)}, stdin=subprocess.PIPE) as other:
        assert not marked(tmp_path)
        other.communicate(b"")


def test_nothing_listens_at_a_socket_that_is_not_there(tmp_path: Path) -> None:
    assert not open_at(tmp_path / "socket")


def test_mount_points_come_deepest_first_and_only_from_the_folder() -> None:
    text = "a /lab/x t\nb /lab/x/y t\nc /lab2/z t\nd /lab/with\\040blank t\n"
    assert cleanup.mount_points(text, Path("/lab")) == ["/lab/x/y", "/lab/x", "/lab/with blank"]


def test_only_a_labs_own_folder_is_cleared(tmp_path: Path) -> None:
    lab, other = tmp_path / "lab", tmp_path / "other"
    other.mkdir()
    (other / "letter").touch()
    with pytest.raises(LabError, match="not a lab's"):
        cleanup.claim(other)
    cleanup.clear_programs_only(other)
    assert (other / "letter").exists()
    cleanup.claim(lab)
    for name in ("logs", "etcd"):
        (lab / name).mkdir()
    cleanup.clear_programs_only(lab)
    assert sorted(path.name for path in lab.iterdir()) == [".lab", "logs"]
    cleanup.claim(lab)


def test_both_versions_of_cgroups_are_found() -> None:
    first = "cgroup /sys/fs/cgroup/cpu cgroup rw\ncgroup2 /sys/fs/cgroup/unified cgroup2 rw\nx /mnt/cgroup cgroup rw\n"
    assert [path.name for path in cgroups.trees(first)] == ["cpu", "unified"]
    assert cgroups.trees("cgroup2 /sys/fs/cgroup cgroup2 rw\n") == [Path("/sys/fs/cgroup")]


def test_a_whole_log_is_counted_and_a_gap_is_named() -> None:
    assert proof.whole("line 1\nline 2\nline 3\n", "node1") == 3
    with pytest.raises(LabError, match="'line 3' where line 2 belongs"):
        proof.whole("line 1\nline 3\n", "node1")
    with pytest.raises(LabError, match="empty"):
        proof.whole("", "node1")


def test_the_metrics_service_leads_to_the_server() -> None:
    slices = metrics.objects("10.99.0.1", 4443)["/apis/discovery.k8s.io/v1/namespaces/kube-system/endpointslices"]
    assert slices["endpoints"] == [{"addresses": ["10.99.0.1"], "conditions": {"ready": True}}]
    assert slices["ports"] == [{"port": 4443, "protocol": "TCP"}]


def test_wide_characters_are_shown_once() -> None:
    emulator = Emulator(20, 2)
    emulator.feed("日本語|x\r\n日本\x1b[1Gx".encode())
    assert emulator.lines() == ["日本語|x", "x 本"]


def test_queries_are_answered_even_when_they_come_in_pieces() -> None:
    emulator = Emulator(20, 4)
    assert emulator.feed(b"ab\r\nc\x1b[6") == b""
    assert emulator.feed(b"n\x1b[?2026$p\x1b[?u") == b"\x1b[2;2R\x1b[?2026;2$y"
    assert emulator.lines()[:2] == ["ab", "c"]


def test_the_second_screen_goes_and_the_first_is_as_it_was() -> None:
    emulator = Emulator(20, 2)
    emulator.feed(b"shell$ \x1b[?1049h\x1b[Hfull\x1b[?1000;1006h")
    assert emulator.lines()[0] == "full"
    assert emulator.modes == {1049, 1000, 1006}
    emulator.feed(b"\x1b[?1000;1006l\x1b[?1049l")
    assert emulator.lines()[0] == "shell$"
    assert emulator.modes == set()


def test_a_program_in_a_terminal_reads_keys_and_hears_of_resizes() -> None:
    script = "stty size; trap 'stty size' WINCH; read word; echo got $word; while :; do sleep 0.1; done"
    with Terminal(["sh", "-c", script], size=(60, 12)) as terminal:
        terminal.wait("^12 60$")
        terminal.type("hello")
        terminal.send("enter")
        terminal.wait("^got hello$")
        terminal.resize(70, 14)
        terminal.wait("^14 70$")
        terminal.send("ctrl-c")
        assert terminal.wait_exit() == -signal.SIGINT


def test_a_wait_that_fails_shows_the_screen() -> None:
    with Terminal(["sh", "-c", "echo this is here; sleep 60"]) as terminal:
        terminal.wait("here")
        with pytest.raises(TimeoutError, match=r"(?s)no 'that'.*this is here"):
            terminal.wait("that", timeout=0.1)
        with pytest.raises(ValueError, match="no key is called 'entre'"):
            terminal.send("entre")
    assert not terminal.alive
