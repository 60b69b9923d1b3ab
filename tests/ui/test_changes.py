"""Scale and restart by keys: the question, the confirmation, what is sent, and what is said of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Input

from k9py.ui.screens.confirm import Confirm
from k9py.ui.screens.dialogs import Ask, Outcomes
from tests.kube.scripted import ScriptedServer, refuse
from tests.kube.scripted.server import Change
from tests.ui.pages.objects import DEPLOYMENTS, fill, put_deployment
from tests.ui.pages.show import Shown, show

WEB = "/apis/apps/v1/namespaces/shop/deployments/web"
REPLACED = "it was replaced by another of that name; nothing was changed"


async def to_deployments(shown: Shown, *marked: str, cursor: str = "web") -> None:
    """The table of the shop's deployments, some of them marked, the cursor on one."""
    await shown.command("deploy shop")
    await shown.lists("deployments")
    for name in marked:
        await shown.press("g", *["j"] * shown.names().index(name), "space")
    await shown.press("g", *["j"] * shown.names().index(cursor))
    await shown.until(lambda: shown.under_cursor() == cursor)


async def confirmation(shown: Shown) -> None:
    """Until it is there, with what the server says of it."""
    await shown.until(lambda: isinstance(shown.app.screen, Confirm) and shown.app.screen.focused is not None)
    await shown.settles()


async def ask(shown: Shown, answer: str) -> None:
    """`s`, an answer, and on to the confirmation."""
    await shown.press("s")
    await shown.until(lambda: isinstance(shown.app.screen, Ask), "the question")
    await shown.type(answer)
    await shown.press("enter")
    await confirmation(shown)


async def restart(shown: Shown) -> None:
    await shown.press("r")
    await confirmation(shown)


def greyed(shown: Shown) -> dict[str, str]:
    """The keys of the row that do nothing, with the reason."""
    return {hint.title: hint.greyed for hint in shown.page.hints() if hint.greyed}


async def test_scale_asks_confirms_sends_and_says_what_it_did(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        await to_deployments(shown)
        await shown.press("s")
        await shown.sees("Scale deployment shop/web", "replicas (now 3)")
        assert shown.app.screen.query_one(Input).value == "3"
        await shown.type("5")
        await shown.press("enter")
        await shown.sees(
            "Scale deployment shop/web to 5",
            "shop/web  replicas 3 → 5",
            "kubectl scale deployment/web --replicas=5 -n shop --context lab",
        )
        assert shown.server.changes == []
        uid = shown.server.store.get(DEPLOYMENTS, "web", "shop")["metadata"]["uid"]  # type: ignore[index]
        await confirmation(shown)
        await shown.press("y")
        await shown.until(lambda: bool(shown.server.changes))
        assert shown.server.changes == [
            Change(
                "PATCH",
                f"{WEB}/scale",
                {"fieldManager": "k9py"},
                "application/merge-patch+json",
                {"metadata": {"uid": uid}, "spec": {"replicas": 5}},
            )
        ]
        await shown.sees("Scale deployment shop/web to 5: replicas 3 → 5, sent", "3/5")
        assert shown.pages == ["home", "deployments"]


@pytest.mark.parametrize(
    ("answer", "complaint"),
    [
        ("x", "a whole number, 0 or more"),
        ("-1", "a whole number, 0 or more"),
        ("1.5", "a whole number, 0 or more"),
        ("99999999999", "at most 2147483647"),
    ],
)
async def test_an_answer_that_will_not_do_is_not_taken(tmp_path: Path, answer: str, complaint: str) -> None:
    async with show(tmp_path) as shown:
        await to_deployments(shown)
        await shown.press("s")
        await shown.sees("replicas (now 3)")
        await shown.type(answer)
        await shown.sees(complaint)
        await shown.press("enter")
        await shown.settles()
        assert isinstance(shown.app.screen, Ask)
        await shown.press("ctrl+u")
        await shown.type("4")
        await shown.until(lambda: complaint not in shown.text)
        await shown.press("enter")
        await shown.sees("replicas 3 → 4")


@pytest.mark.parametrize("key", ["escape", "n"])
async def test_nothing_is_sent_unless_it_is_confirmed(tmp_path: Path, key: str) -> None:
    async with show(tmp_path) as shown:
        await to_deployments(shown)
        await shown.press("s")
        await shown.sees("replicas (now 3)")
        await shown.press("escape")
        await shown.clicks_away()
        await ask(shown, "5")
        await shown.press(key)
        await shown.clicks_away()
        await restart(shown)
        await shown.press(key)
        await shown.clicks_away()
        await shown.settles()
        assert shown.server.changes == []


async def test_restart_sets_the_annotation_that_kubectl_sets(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        await to_deployments(shown)
        await restart(shown)
        await shown.sees("kubectl rollout restart deployment/web -n shop --context lab")
        await shown.press("enter")  # yes has the focus
        await shown.sees("Restart deployment shop/web: new pods, sent")
        (change,) = shown.server.changes
        assert (change.method, change.path) == ("PATCH", WEB)
        assert change.query == {"fieldManager": "kubectl-rollout"}
        annotations = change.body["spec"]["template"]["metadata"]["annotations"]
        assert list(annotations) == ["kubectl.kubernetes.io/restartedAt"]


async def test_the_commands_are_copied_with_c(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        await to_deployments(shown, "web", "결제")
        await restart(shown)
        await shown.press("c")
        await shown.until(lambda: bool(shown.app.clipboard))
        assert shown.app.clipboard.splitlines() == [
            "kubectl rollout restart deployment/web -n shop --context lab",
            "kubectl rollout restart 'deployment/결제' -n shop --context lab",
        ]


async def test_several_marked_rows_have_an_outcome_each(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        path = "/apis/apps/v1/namespaces/shop/deployments/결제/scale"
        shown.server.fault(path, "change", refuse(403, "Forbidden", "결제 is not yours"))
        await to_deployments(shown, "web", "결제", "🚀-launch")
        await shown.press("s")
        await shown.sees("Scale 3 deployments", "replicas (now 0 to 3)")
        await shown.type("1")
        await shown.press("enter")
        await shown.sees("shop/web  replicas 3 → 1", "shop/결제  replicas 2 → 1", "shop/🚀-launch  replicas 0 → 1")
        await shown.sees("what changes", "- replicas: 3")
        await shown.press("y")
        await shown.until(lambda: isinstance(shown.app.screen, Outcomes))
        await shown.sees("● shop/web  replicas 3 → 1", "✖ shop/결제  결제 is not yours", "● shop/🚀-launch")
        assert {change.path for change in shown.server.changes} == {
            f"/apis/apps/v1/namespaces/shop/deployments/{name}/scale" for name in ("web", "결제", "🚀-launch")
        }
        await shown.press("escape")
        await shown.clicks_away()
        await shown.sees("Scale 3 deployments to 1: 2 done, 1 not")


async def test_a_paused_deployment_is_left_alone_and_the_others_are_restarted(tmp_path: Path) -> None:
    def paused(server: ScriptedServer) -> None:
        fill(server)
        put_deployment(server, "still", paused=True)

    async with show(tmp_path, content=paused) as shown:
        await to_deployments(shown, "still", "web")
        await restart(shown)
        await shown.sees("✖ shop/still left alone: it is paused; resume the rollout first")
        await shown.press("y")
        await shown.until(lambda: isinstance(shown.app.screen, Outcomes))
        await shown.sees("● shop/web  new pods", "left alone")
        assert [change.path for change in shown.server.changes] == [WEB]


async def test_a_change_that_nothing_is_left_of_says_why(tmp_path: Path) -> None:
    def paused(server: ScriptedServer) -> None:
        fill(server)
        put_deployment(server, "still", paused=True)

    async with show(tmp_path, content=paused) as shown:
        await to_deployments(shown, cursor="still")
        await shown.press("r")
        await shown.sees("✖ Restart deployment shop/still: it is paused; resume the rollout first")


@pytest.mark.parametrize("key", ["s", "r"])
async def test_an_object_that_was_replaced_meanwhile_is_left_alone(tmp_path: Path, key: str) -> None:
    async with show(tmp_path) as shown:
        await to_deployments(shown)
        await (ask(shown, "5") if key == "s" else restart(shown))
        shown.server.store.delete(DEPLOYMENTS, "web", "shop")
        put_deployment(shown.server, "web", replicas=1)
        await shown.press("y")
        await shown.sees(REPLACED)
        new = shown.server.store.get(DEPLOYMENTS, "web", "shop")
        assert new
        assert new["spec"]["replicas"] == 1


async def test_an_object_that_is_gone_meanwhile_is_said(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        await to_deployments(shown)
        await restart(shown)
        shown.server.store.delete(DEPLOYMENTS, "web", "shop")
        await shown.press("y")
        await shown.sees("✖ Restart deployment shop/web: it is gone; nothing was changed")


async def test_what_the_server_warns_of_is_said(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        shown.server.warnings = ["this is going away in v1.40"]
        await to_deployments(shown)
        await restart(shown)
        await shown.press("y")
        await shown.sees("new pods, sent · this is going away in v1.40")


async def test_a_server_that_fails_is_said_and_the_page_stays(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        shown.server.fault(WEB, "change", refuse(500, "InternalError", "etcdserver: request timed out"))
        await to_deployments(shown)
        await restart(shown)
        await shown.press("y")
        await shown.sees("✖ Restart deployment shop/web: etcdserver: request timed out")
        assert shown.pages == ["home", "deployments"]


async def test_read_only_takes_the_keys_away_and_says_why(tmp_path: Path) -> None:
    async with show(tmp_path, readonly=True) as shown:
        assert "read-only" in shown.header
        await to_deployments(shown)
        titles = ("Delete", "Edit", "Edit status", "Scale", "Restart")
        assert greyed(shown) == dict.fromkeys(titles, "k9py runs read-only")
        for key in ("e", "s", "r"):
            await shown.press(key)
            await shown.sees("k9py runs read-only")
            assert shown.app.screen is shown.page
        await shown.press("question_mark")
        await shown.sees("Scale  (k9py runs read-only)")
        assert shown.server.changes == []


async def test_a_missing_right_takes_its_key_away_and_says_why(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        shown.server.rights.denied["patch", "deployments.apps/scale"] = "the shop scales itself"
        await to_deployments(shown)
        await shown.until(lambda: greyed(shown) == {"Scale": "the shop scales itself"})
        await shown.press("s")
        await shown.sees("✖ Scale deployment shop/web: the shop scales itself")
        assert shown.app.screen is shown.page
        await restart(shown)
        await shown.press("y")
        await shown.sees("new pods, sent")


async def test_a_right_without_a_reason_is_said_by_k9py(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        shown.server.rights.denied["patch", "deployments.apps"] = ""
        await to_deployments(shown)
        said = "not allowed to patch deployments.apps in shop"
        await shown.until(lambda: greyed(shown) == {"Edit": said, "Restart": said})


async def test_keys_pressed_while_the_question_is_prepared_are_not_taken_for_others(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        await to_deployments(shown)
        shown.server.rights.denied.clear()
        shown.send("s", "r", "enter", "5")
        await shown.until(lambda: isinstance(shown.app.screen, Ask))
        await shown.settles()
        assert shown.pages == ["home", "deployments"]
        assert shown.title().startswith("home › Deployments 3 · shop")
        assert shown.server.changes == []


async def test_the_keys_change_the_row_of_the_pane_in_focus(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        await shown.press("s", "r")  # on pods: neither means anything
        await shown.settles()
        assert shown.app.screen is shown.page
        await shown.press("shift+tab")
        await restart(shown)
        await shown.sees("Restart deployment kube-system/coredns")
