"""What a person edits, in an editor of their own and in k9py's, read back with the real kubectl; nothing is lost."""

from __future__ import annotations

import json
import shlex
import sys
from base64 import b64decode
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cluster.conftest import Open
from tests.cluster.kubectl import Kubectl, wait_until
from tests.cluster.screen import K9py
from tests.cluster.workloads import SLEEP, deployment, thing

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(300)]

Script = Callable[[str], Path]
BUILT_IN = r"\^s Go on"


@pytest.fixture(autouse=True)
def no_editor(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("KUBE_EDITOR", "EDITOR", "VISUAL"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Script:
    """Sets what the editor does with the `text` of its file, in lines of Python; answers where what it saw is put.

    It is called for the first time with `times` 0, then 1 …; it says so on the terminal, and is left with enter.
    """
    script, count, seen = tmp_path / "editor.py", tmp_path / "times", tmp_path / "seen"

    def say(lines: str) -> Path:
        script.write_text(
            "import pathlib, sys\n"
            "path = pathlib.Path(sys.argv[-1])\n"
            f"count, seen = pathlib.Path({str(count)!r}), pathlib.Path({str(seen)!r})\n"
            "times = int(count.read_text()) if count.exists() else 0\n"
            "count.write_text(str(times + 1))\n"
            "text = path.read_text()\n"
            "seen.write_text(text)\n"
            "input(f'THE EDITOR {times} ')\n"
            f"{lines}\n"
            "path.write_text(text)\n"
        )
        monkeypatch.setenv("KUBE_EDITOR", shlex.join([sys.executable, str(script)]))
        return seen

    return say


@pytest.fixture
def web(kubectl: Kubectl, namespace: str) -> Iterator[str]:
    """A deployment with three replicas, which changes no more."""
    kubectl.create(deployment("web", 3, SLEEP), namespace=namespace)
    kubectl("rollout", "status", "deployment/web", "-n", namespace, "--timeout=120s")
    yield "web"
    kubectl("delete", "deployment", "web", "-n", namespace, "--ignore-not-found")


def read(kubectl: Kubectl, namespace: str, thing: str = "deployment/web") -> dict[str, Any]:
    found: dict[str, Any] = kubectl.json("get", thing, "-n", namespace)
    return found


def open_table(k9py: Open, namespace: str, command: str, title: str, name: str) -> K9py:
    screen = k9py("-n", namespace, "-c", command)
    screen.point_at(title, name)
    return screen


def edit_outside(screen: K9py, times: int = 0) -> None:
    """`e`, and leave the editor once it has the terminal."""
    screen.send("e")
    leave_editor(screen, times)


def leave_editor(screen: K9py, times: int) -> None:
    screen.wait(f"THE EDITOR {times}")
    screen.send("enter")


def confirm(screen: K9py, *patterns: str, title: str = "^Edit ") -> None:
    """Wait for the confirmation with what it shows, and say yes."""
    screen.wait_dialog(title)
    for pattern in patterns:
        screen.wait(pattern)
    screen.settle(0.15)
    screen.send("y")


def kept_file(tmp_path: Path) -> Path:
    """The one file in which a text was kept."""
    (path,) = (tmp_path / "state" / "k9py" / "log" / "edits").rglob("*.yaml")
    return path


def test_editing(k9py: Open, kubectl: Kubectl, namespace: str, web: str, editor: Script) -> None:
    seen = editor(
        "two = text.replace('  replicas: 3', '  replicas: 2', 1)\n"
        "text = two.replace('    app: web', '    app: web\\n    tier: front', 1)"
    )
    before = read(kubectl, namespace)
    screen = open_table(k9py, namespace, "deploy", "Deployments", web)
    edit_outside(screen)
    screen.wait_dialog(rf"^Edit deployment {namespace}/web$")
    screen.wait(r"- +replicas: 3")
    screen.wait(r"\+ +replicas: 2")
    assert read(kubectl, namespace)["metadata"]["resourceVersion"] == before["metadata"]["resourceVersion"]
    patch = json.dumps({"metadata": {"labels": {"tier": "front"}}, "spec": {"replicas": 2}})
    said = kubectl("patch", "deployment/web", "--type=merge", "-p", patch, "-n", namespace, "--dry-run=server")
    assert "patched" in said
    confirm(screen)
    screen.wait(r"Edit deployment \S+: metadata\.labels\.tier, spec\.replicas, sent")
    found = read(kubectl, namespace)
    assert found["spec"]["replicas"] == 2
    assert found["metadata"]["labels"]["tier"] == "front"
    assert "managedFields" not in seen.read_text()
    assert f"uid: {before['metadata']['uid']}" in seen.read_text()
    screen.command("undo")
    screen.wait(r"Edit deployment")
    screen.send("u")
    confirm(screen, r"\+ +replicas: 3", title="^Undo: Edit ")
    wait_until(lambda: read(kubectl, namespace)["spec"] == before["spec"], "what was changed is taken back")
    assert "tier" not in read(kubectl, namespace)["metadata"]["labels"]


def write_inside(screen: K9py, wanted: str, instead: str) -> None:
    """In the editor that is built in, find a text and type another over it."""
    screen.send("ctrl-f", "ctrl-u")
    screen.type(wanted)
    screen.send("enter")
    screen.type(instead)


def test_editing_in_the_editor_that_is_built_in(k9py: Open, kubectl: Kubectl, namespace: str, web: str) -> None:
    screen = open_table(k9py, namespace, "deploy", "Deployments", web)
    screen.send("e")
    screen.wait(BUILT_IN)
    screen.wait(r"kind: Deployment")
    write_inside(screen, "  replicas: 3", "  replica: 1")
    screen.wait(r"replica: 1 +✖ replica is no field here: replicas\?")
    write_inside(screen, "  replica: 1", "  replicas: 1")
    screen.wait(r"replica is no field", gone=True)
    screen.send("ctrl-s")
    confirm(screen, r"- +replicas: 3", r"\+ +replicas: 1")
    screen.wait(r"spec\.replicas, sent")
    assert read(kubectl, namespace)["spec"]["replicas"] == 1


def test_a_mistake_and_back(k9py: Open, kubectl: Kubectl, namespace: str, web: str, editor: Script) -> None:
    seen = editor(
        "if times == 0: text = text.replace('  replicas: 3', '  replicas: -3', 1).replace(': Always', ': Sometimes')\n"
        "else: text = text.replace('replicas: -3', 'replicas: 2', 1).replace(': Sometimes', ': Always')"
    )
    screen = open_table(k9py, namespace, "deploy", "Deployments", web)
    edit_outside(screen)
    screen.wait_dialog(r"^Edit deployment")
    screen.wait(r"✖ the server refuses: ")
    screen.settle(0.15)
    screen.send("e")
    screen.wait("THE EDITOR 1")
    lines = seen.read_text().splitlines()
    said = [line for line in lines if line.startswith("# ✖ line ")]
    assert len({line.split()[4] for line in said}) == 2, said  # the template's is said twice, by two rules
    for line in said:
        at = lines[int(line.split()[3].rstrip(":")) - 1]
        assert ("replicas: -3" if "spec.replicas" in line else "restartPolicy: Sometimes") in at
    screen.send("enter")
    confirm(screen, r"\+ +replicas: 2")
    screen.wait(r"spec\.replicas, sent")
    assert read(kubectl, namespace)["spec"]["replicas"] == 2


def test_a_conflict_without_a_clash(k9py: Open, kubectl: Kubectl, namespace: str, web: str, editor: Script) -> None:
    editor("text = text.replace('  replicas: 3', '  replicas: 2', 1)")
    screen = open_table(k9py, namespace, "deploy", "Deployments", web)
    edit_outside(screen)
    screen.wait(r"\+ +replicas: 2")
    kubectl("label", "deployment/web", "tier=front", "-n", namespace)
    confirm(screen)
    screen.wait(r"spec\.replicas, sent")
    found = read(kubectl, namespace)
    assert found["spec"]["replicas"] == 2
    assert found["metadata"]["labels"]["tier"] == "front"


def test_two_containers_changed_at_the_same_time(
    k9py: Open, kubectl: Kubectl, namespace: str, web: str, editor: Script
) -> None:
    editor("text = text.replace('        name: main', '        name: main\\n        workingDir: /tmp', 1)")
    screen = open_table(k9py, namespace, "deploy", "Deployments", web)
    screen.send("e")
    screen.wait("THE EDITOR 0")
    kubectl("set", "env", "deployment/web", "WHO=else", "-n", namespace)
    screen.send("enter")
    confirm(screen, r"it has changed meanwhile", r"\+ +workingDir: /tmp")
    screen.wait(r", sent")
    (main,) = read(kubectl, namespace)["spec"]["template"]["spec"]["containers"]
    assert main["workingDir"] == "/tmp"
    assert main["env"] == [{"name": "WHO", "value": "else"}]


def to_clash(screen: K9py, kubectl: Kubectl, namespace: str) -> None:
    edit_outside(screen)
    screen.wait(r"\+ +replicas: 2")
    kubectl("scale", "deployment/web", "--replicas=1", "-n", namespace)
    confirm(screen)
    screen.wait(r"spec\.replicas +\(not decided\)")
    screen.wait(r"yours.*theirs.*before")


def test_a_conflict_with_a_clash(k9py: Open, kubectl: Kubectl, namespace: str, web: str, editor: Script) -> None:
    editor("text = text.replace('  replicas: 3', '  replicas: 2', 1)")
    screen = open_table(k9py, namespace, "deploy", "Deployments", web)
    to_clash(screen, kubectl, namespace)
    assert read(kubectl, namespace)["spec"]["replicas"] == 1, "it was overwritten"
    screen.send("m", "enter")
    confirm(screen, r"- +replicas: 1", r"\+ +replicas: 2")
    screen.wait(r"spec\.replicas, sent")
    assert read(kubectl, namespace)["spec"]["replicas"] == 2


def test_a_clash_that_is_left(
    k9py: Open, kubectl: Kubectl, namespace: str, web: str, editor: Script, tmp_path: Path
) -> None:
    editor("text = text.replace('  replicas: 3', '  replicas: 2', 1)")
    screen = open_table(k9py, namespace, "deploy", "Deployments", web)
    to_clash(screen, kubectl, namespace)
    screen.send("esc")
    screen.wait(r"what you wrote is kept in")
    assert "replicas: 2" in kept_file(tmp_path).read_text()
    assert read(kubectl, namespace)["spec"]["replicas"] == 1


def test_an_object_deleted_meanwhile(
    k9py: Open, kubectl: Kubectl, namespace: str, web: str, editor: Script, tmp_path: Path
) -> None:
    editor("text = text.replace('  replicas: 3', '  replicas: 2', 1)")
    screen = open_table(k9py, namespace, "deploy", "Deployments", web)
    screen.send("e")
    screen.wait("THE EDITOR 0")
    kubectl("delete", "deployment", web, "-n", namespace)
    screen.send("enter")
    screen.wait(r"what you wrote is kept in")
    path = kept_file(tmp_path)
    assert path.name.startswith(f"deployments.apps_{namespace}_web_")
    assert "replicas: 2" in path.read_text()
    assert path.stat().st_mode & 0o777 == 0o600
    screen.send("esc")
    screen.wait(r"what you wrote is kept in", gone=True)
    assert screen.find("Deployments")


def test_an_object_replaced_meanwhile(
    k9py: Open, kubectl: Kubectl, namespace: str, web: str, editor: Script, tmp_path: Path
) -> None:
    editor("text = text.replace('  replicas: 3', '  replicas: 2', 1)")
    screen = open_table(k9py, namespace, "deploy", "Deployments", web)
    edit_outside(screen)
    screen.wait(r"\+ +replicas: 2")
    kubectl("delete", "deployment", web, "-n", namespace)
    kubectl.create(deployment("web", 1, SLEEP), namespace=namespace)
    confirm(screen)
    screen.wait(r"it was replaced by another of that name; nothing was changed")
    assert "replicas: 2" in kept_file(tmp_path).read_text()
    assert read(kubectl, namespace)["spec"]["replicas"] == 1


def test_a_secret_decoded(k9py: Open, kubectl: Kubectl, namespace: str) -> None:
    kubectl.create(thing("Secret", "login", stringData={"password": "hunter2", "other": "stays"}), namespace=namespace)
    screen = open_table(k9py, namespace, "secrets", "Secrets", "login")
    screen.send("e")
    screen.wait(r"with its values decoded")
    screen.send("enter")
    screen.wait(r"password: hunter2")
    write_inside(screen, "hunter2", "비밀 🚀")
    screen.send("ctrl-s")
    screen.wait(r"••• \d+ bytes, changed|•••")
    assert "비밀" not in screen.screen()
    confirm(screen)
    screen.wait(r"data\.password, sent")
    data = read(kubectl, namespace, "secret/login")["data"]
    assert b64decode(data["password"]).decode() == "비밀 🚀"
    assert b64decode(data["other"]).decode() == "stays"


def test_editing_subresources(k9py: Open, kubectl: Kubectl, namespace: str, web: str, editor: Script) -> None:
    seen = editor("text = text.replace('  replicas: 3', '  replicas: 1', 1)")
    screen = open_table(k9py, namespace, "deploy", "Deployments", web)
    screen.send("ctrl-e")
    screen.wait(r"its status")
    screen.send("down", "enter")
    leave_editor(screen, 0)
    confirm(screen, r"- +replicas: 3", r"\+ +replicas: 1")
    screen.wait(r"spec\.replicas, sent")
    assert "kind: Scale" in seen.read_text()
    assert read(kubectl, namespace)["spec"]["replicas"] == 1


def test_a_config_map_of_five_thousand_lines(k9py: Open, kubectl: Kubectl, namespace: str) -> None:
    data = {f"key{number:04}": f"value {number} 결제" for number in range(5_000)}
    kubectl.create(thing("ConfigMap", "large", data=data), namespace=namespace)
    screen = open_table(k9py, namespace, "cm", "ConfigMaps", "large")
    screen.send("e")
    assert screen.wait(r"key0000: value 0") < 5
    write_inside(screen, "value 4999", "changed")
    screen.send("ctrl-s")
    confirm(screen, r"\+ +key4999: changed 결제")
    screen.wait(r"data\.key4999, sent")
    assert read(kubectl, namespace, "configmap/large")["data"] == {**data, "key4999": "changed 결제"}
