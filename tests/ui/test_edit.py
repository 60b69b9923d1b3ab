"""Edit by keys: in an editor of the person's own, and what becomes of what they write."""

from __future__ import annotations

import asyncio
import errno
import os
import tempfile
from pathlib import Path

import pytest

from k9py.ui import editors, saving
from k9py.ui.saving import write_private
from k9py.ui.screens.editor_page import EditorPage
from k9py.values.settings import Settings
from tests.kube.scripted import refuse
from tests.kube.scripted.faults import cut
from tests.ui.editing import Script, kept, rescued, says_kept, seen, to_confirmation, web
from tests.ui.pages.objects import DEPLOYMENTS, SECRETS
from tests.ui.pages.show import Shown, show
from tests.ui.test_changes import WEB, confirmation, to_deployments


async def test_what_was_changed_is_shown_confirmed_and_sent(tmp_path: Path, editor: Script) -> None:
    editor("text = text.replace('replicas: 3', 'replicas: 5', 1)")
    async with show(tmp_path) as shown:
        await to_deployments(shown)
        version = web(shown)["metadata"]["resourceVersion"]
        await shown.press("e")
        await confirmation(shown)
        await shown.sees(
            "Edit deployment shop/web",
            "shop/web  spec.replicas",
            "- replicas: 3",
            "+ replicas: 5",
        )
        await shown.press("c")
        command = """kubectl patch deployment/web --type=merge -p '{"spec": {"replicas": 5}}' -n shop --context lab"""
        await shown.until(lambda: shown.app.clipboard == command)
        assert shown.server.changes == []
        await shown.press("y")
        await shown.sees("Edit deployment shop/web: spec.replicas, sent")
        (change,) = shown.server.changes
        metadata = {"uid": web(shown)["metadata"]["uid"], "resourceVersion": version}
        assert (change.method, change.path, change.content_type) == ("PATCH", WEB, "application/merge-patch+json")
        assert change.body == {"metadata": metadata, "spec": {"replicas": 5}}
        assert change.query == {"fieldManager": "kubectl-edit", "fieldValidation": "Strict"}
        assert web(shown)["spec"]["replicas"] == 5
        assert kept(tmp_path) == []
    assert "managedFields" not in seen(tmp_path)
    assert seen(tmp_path).startswith("# Change the object below")


@pytest.mark.parametrize("lines", ["pass", "text = ''", "text = '# nothing\\n\\n'"])
async def test_what_was_not_changed_or_emptied_changes_nothing(tmp_path: Path, editor: Script, lines: str) -> None:
    editor(lines)
    async with show(tmp_path) as shown:
        await to_deployments(shown)
        await shown.press("e")
        await shown.sees("Edit deployment shop/web: nothing to change")
        assert shown.app.screen is shown.page
        assert kept(tmp_path) == []


async def test_no_in_the_confirmation_keeps_the_text(tmp_path: Path, editor: Script) -> None:
    editor("text = text.replace('replicas: 3', 'replicas: 5', 1)")
    async with show(tmp_path) as shown:
        await to_confirmation(shown)
        await shown.press("n")
        await says_kept(shown, tmp_path, "not sent", "replicas: 5")
        assert shown.server.changes == []


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ("path.write_text(text + 'x: y'); sys.exit(3)", "ended with exit code 3"),
        ("path.write_text(text + 'x: y'); os.kill(os.getpid(), 9)", "was ended by SIGKILL"),
        ("path.write_bytes(b'x: y \\xff'); sys.exit()", "what the editor has left is no UTF-8"),
    ],
)
async def test_an_editor_that_fails_loses_nothing(tmp_path: Path, editor: Script, lines: str, why: str) -> None:
    editor(lines)
    async with show(tmp_path) as shown:
        await to_deployments(shown)
        await shown.press("e")
        await shown.sees(why, "what you wrote is kept in")
        (path,) = kept(tmp_path)
        assert b"x: y" in path.read_bytes()


async def test_an_editor_that_leaves_no_file_or_is_not_there_is_said(
    tmp_path: Path, editor: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor("path.unlink(); sys.exit()")
    async with show(tmp_path) as shown:
        await to_deployments(shown)
        await shown.press("e")
        await shown.sees("Edit deployment shop/web: the editor has left no file")
        monkeypatch.setenv("KUBE_EDITOR", "/nowhere/vim -x")
        await shown.press("e")
        await shown.sees("/nowhere/vim can't be run: No such file or directory — look at $KUBE_EDITOR or $EDITOR")
        monkeypatch.setenv("KUBE_EDITOR", "vim 'x")
        await shown.press("e")
        await shown.sees("KUBE_EDITOR is no command: No closing quotation")
        assert kept(tmp_path) == []


@pytest.mark.parametrize(
    ("first", "reason"),
    [
        ("text += 'x: [1\\n'", "✖ line"),
        ("text += 'kind: Pod\\n'", "the key kind stands twice"),
        ("text = text.replace('name: web', 'name: other')", "metadata.name must not be changed: it is web"),
        ("text = text.replace('kind: Deployment', 'kind: StatefulSet')", "kind must not be changed: it is Deployment"),
        ("text = '[]'", "it must be a map of fields"),
    ],
)
async def test_a_text_that_will_not_do_is_opened_again_with_the_reason(
    tmp_path: Path, editor: Script, first: str, reason: str
) -> None:
    editor(
        f"if times == 0:\n    original = text; pathlib.Path(str(count) + 'x').write_text(text); {first}\n"
        "else: text = pathlib.Path(str(count) + 'x').read_text().replace('replicas: 3', 'replicas: 4', 1)"
    )
    async with show(tmp_path) as shown:
        await to_confirmation(shown)
        await shown.sees("spec.replicas", "+ replicas: 4")
    head = [line for line in seen(tmp_path, 1).splitlines() if line.startswith("# ✖")]
    assert len(head) == 1
    assert reason in head[0]


async def test_a_text_that_stays_wrong_is_kept(tmp_path: Path, editor: Script) -> None:
    editor("text = text if times else text + 'x: [1\\n'")
    async with show(tmp_path) as shown:
        await to_deployments(shown)
        await shown.press("e")
        await says_kept(shown, tmp_path, "it was not changed any more, and will not do as it is", "x: [1")


async def test_what_the_server_refuses_is_opened_again_with_all_its_reasons(tmp_path: Path, editor: Script) -> None:
    editor(
        "if times == 0: text = text.replace('replicas: 3', 'replicas: -3', 1).replace('RollingU', 'RollongU')\n"
        "else: text = text.replace('-3', '4').replace('RollongU', 'RollingU')"
    )
    async with show(tmp_path) as shown:
        await to_confirmation(shown)
        await shown.sees("✖ the server refuses", "spec.replicas")
        await shown.press("e")
        await shown.until(lambda: (tmp_path / "seen-1").exists())
        await shown.until(lambda: shown.says("+ replicas: 4"))
    text = seen(tmp_path, 1).splitlines()
    said = [line for line in text if line.startswith("# ✖")]
    assert len(said) == 2
    for line in said:
        number = int(line.split()[3].rstrip(":"))
        field = "replicas: -3" if "spec.replicas" in line else "strategy:"
        assert field in text[number - 1]


@pytest.mark.parametrize(
    ("status", "reason", "message"),
    [(403, "Forbidden", "you may not"), (500, "InternalError", "etcd is gone")],
)
async def test_a_change_that_fails_when_it_is_sent_is_kept(
    tmp_path: Path, editor: Script, status: int, reason: str, message: str
) -> None:
    editor("text = text.replace('replicas: 3', 'replicas: 5', 1)")
    async with show(tmp_path) as shown:
        shown.server.fault(WEB, "change", refuse(status, reason, message))
        await to_confirmation(shown)
        await shown.press("y")
        await shown.sees(message, "what you wrote is kept in")
        assert "replicas: 5" in kept(tmp_path)[0].read_text()


async def test_an_object_that_is_gone_meanwhile_is_said_and_the_text_kept(tmp_path: Path, editor: Script) -> None:
    editor("text = text.replace('replicas: 3', 'replicas: 5', 1)")
    async with show(tmp_path) as shown:
        await to_confirmation(shown)
        shown.server.store.delete(DEPLOYMENTS, "web", "shop")
        await shown.press("y")
        await says_kept(shown, tmp_path, "it is gone; nothing was changed", "replicas: 5")


async def test_a_secret_is_edited_decoded_after_a_question(tmp_path: Path, editor: Script) -> None:
    editor("text = text.replace('hunter2', 'hunter3')")
    async with show(tmp_path) as shown:
        shown.server.store.put(
            SECRETS, "login", "shop", type="Opaque", data={"password": "aHVudGVyMg==", "key": "/w=="}
        )
        await shown.command("secrets shop")
        await shown.lists("secrets")
        await shown.until(lambda: shown.under_cursor() == "login")
        await shown.press("e")
        await shown.sees("with its values decoded", "with its values in base64")
        await shown.press("enter")
        await confirmation(shown)
        assert "hunter" not in shown.text
        await shown.sees("••• 7 bytes, changed")
        await shown.press("y")
        await shown.sees("sent")
        found = shown.server.store.get(SECRETS, "login", "shop")
        assert found
        assert found["data"] == {"password": "aHVudGVyMw==", "key": "/w=="}
        assert "aHVudGVy" not in (tmp_path / "audit.jsonl").read_text()
    assert "password: hunter2" in seen(tmp_path)


async def test_the_status_is_edited_by_itself(tmp_path: Path, editor: Script) -> None:
    editor("text = text.replace('updatedReplicas: 3', 'updatedReplicas: 2')")
    async with show(tmp_path) as shown:
        await to_deployments(shown)
        await shown.press("e")
        await shown.sees("▲ the status stays as it is: it is edited by itself, with ctrl-e", "it is so already")
        await shown.press("n")
        await shown.sees("not sent")
        await shown.press("escape")
        await shown.clicks_away()
        await shown.press("ctrl+e")
        await shown.sees("its status", "its scale")
        await shown.press("enter")
        await confirmation(shown)
        await shown.sees("- updatedReplicas: 3", "+ updatedReplicas: 2", "--subresource=status")
        await shown.press("y")
        await shown.sees("status.updatedReplicas, sent")
        assert shown.server.changes[-1].path == f"{WEB}/status"
        assert web(shown)["status"]["updatedReplicas"] == 2


async def test_the_scale_is_edited_by_itself_and_taken_back(tmp_path: Path, editor: Script) -> None:
    editor("text = text.replace('replicas: 3', 'replicas: 4', 1)")
    async with show(tmp_path) as shown:
        await to_deployments(shown)
        await shown.press("ctrl+e")
        await shown.sees("its status", "its scale")
        await shown.press("down", "enter")
        await confirmation(shown)
        await shown.sees("- replicas: 3", "+ replicas: 4")
        await shown.press("y")
        await shown.sees("spec.replicas, sent")
        assert web(shown)["spec"]["replicas"] == 4
        (job,) = shown.app.hub.ledger.jobs
        shown.app.undo(job)
        await confirmation(shown)
        await shown.sees("+ replicas: 3")
        await shown.press("y")
        await shown.until(lambda: web(shown)["spec"]["replicas"] == 3)
    assert "kind: Scale" in seen(tmp_path)


def fill_disk(monkeypatch: pytest.MonkeyPatch, *full: Path) -> None:
    """No file can be written below these folders."""

    def write(path: Path, text: str) -> None:
        if any(path.is_relative_to(folder) for folder in full):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        write_private(path, text)

    monkeypatch.setattr(saving, "write_private", write)
    monkeypatch.setattr(editors, "write_private", write)


async def test_a_full_disk_is_got_round(
    tmp_path: Path, editor: Script, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    editor("text = text.replace('replicas: 3', 'replicas: 5', 1)")
    home, temp = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("temp")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setattr(tempfile, "tempdir", str(temp))
    fill_disk(monkeypatch, temp, tmp_path)
    async with show(tmp_path) as shown:
        await to_confirmation(shown)
        await shown.press("n")
        await shown.sees("not sent", "what you wrote is kept in ~/lab/deployments.apps_shop_web")
        assert [path.name[:20] for path in home.rglob("*.yaml")] == ["deployments.apps_sho"]
    assert list(home.glob("k9py-edit-*")) == list(temp.glob("k9py-edit-*")) == []


async def test_where_no_file_can_be_written_the_text_stays_on_the_screen(
    tmp_path: Path, editor: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor("text = 'never run'")
    fill_disk(monkeypatch, Path("/"))
    async with show(tmp_path) as shown:
        await to_deployments(shown)
        await shown.press("e")
        await shown.sees("no folder takes a file for the editor: No space left on device: this is k9py's own editor")
        shown.send("x")
        await shown.press("escape")
        await shown.sees("leave, and keep what I wrote in a file")
        await shown.press("down", "enter")
        await shown.sees("can't be kept: not saved, No space left on device", "xapiVersion")
        await shown.press("escape")
        await shown.sees("leave, and keep what I wrote in a file")
        monkeypatch.setattr(saving, "write_private", write_private)
        await shown.press("down", "enter")
        await says_kept(shown, tmp_path, "not sent", "xapiVersion")


async def test_an_edit_under_way_is_kept_when_k9py_is_left(tmp_path: Path, editor: Script) -> None:
    editor("text = text.replace('replicas: 3', 'replicas: 5', 1)")
    async with show(tmp_path) as shown:
        await to_confirmation(shown)
        shown.app.home()
        await shown.until(lambda: bool(kept(tmp_path)))
        assert "it was left" in kept(tmp_path)[0].read_text()


async def test_a_connection_that_is_lost_keeps_the_text(tmp_path: Path, editor: Script) -> None:
    editor("text = text.replace('replicas: 3', 'replicas: 5', 1)")
    async with show(tmp_path) as shown:
        shown.server.fault(WEB, "change", cut())
        await to_confirmation(shown)
        await shown.press("y")
        await shown.sees("what you wrote is kept in")
        assert "replicas: 5" in kept(tmp_path)[0].read_text()


async def built_in(shown: Shown, text: str) -> None:
    """Open the editor that is built in, and write something."""
    await to_deployments(shown)
    await shown.press("e")
    await shown.until(lambda: isinstance(shown.app.screen, EditorPage), "the editor")
    shown.send(text)


async def test_what_is_in_the_editor_is_kept_when_k9py_goes_elsewhere(tmp_path: Path) -> None:
    async with show(tmp_path, settings=Settings(editor="built-in")) as shown:
        await built_in(shown, "x")
        await shown.sees("xapiVersion")
        shown.app.home()
        await shown.until(lambda: bool(kept(tmp_path)))
        assert "xapiVersion" in kept(tmp_path)[0].read_text()


async def test_a_slow_command_does_not_take_the_editor_away(tmp_path: Path) -> None:
    async with show(tmp_path, settings=Settings(editor="built-in")) as shown:
        await to_deployments(shown)
        shown.app.run_worker(asyncio.Event().wait(), group="go")
        await shown.pilot.pause(0.6)
        await built_in(shown, "x")
        assert not [worker for worker in shown.app.workers if worker.group == "go" and worker.is_running]


async def test_what_an_editor_has_rescued_stays(
    tmp_path: Path, editor: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    editor("path.with_name('rescued.save').write_text(text + '# mine'); os.kill(os.getpid(), 15)")
    async with show(tmp_path) as shown:
        await to_deployments(shown)
        await shown.press("e")
        await shown.sees("what it has rescued of the text is in")
    (found,) = rescued(tmp_path)
    assert found.read_text().endswith("# mine")


async def test_who_may_change_nothing_is_told_so_for_the_status_too(tmp_path: Path) -> None:
    async with show(tmp_path, readonly=True) as shown:
        await to_deployments(shown)
        await shown.press("ctrl+e")
        await shown.sees("✖ Edit status deployment shop/web: k9py runs read-only")
