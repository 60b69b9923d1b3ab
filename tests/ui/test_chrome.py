"""First line, last line, what is said in between; what nobody expected; and texts that mean to do harm."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

import pytest

from k9py.ui import app as app_module
from k9py.ui import navigation
from k9py.ui.app import K9pyApp
from k9py.ui.screens.home import HomePage
from k9py.ui.widgets.table import ResourceTable
from k9py.values.text import clean
from tests.kube.scripted import ScriptedServer, refuse
from tests.kube.scripted.kinds import stop_serving
from tests.kube.scripted.server import dump_kubeconfig
from tests.ui.pages.objects import (
    DEPLOYMENTS,
    PODS,
    fill,
    put_deployment,
    put_pod,
    put_service,
    silence_kubelets,
    write_log,
)
from tests.ui.pages.show import Shown, read_strips, show, squeeze

# ── the first line ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("width", "said", "left_out"),
    [
        (80, ["● lab", "CPU 52%", "MEM 38%", "pods 9", "●6", "✖2", "live"], ["▅"]),
        (120, ["● lab", "▅ 52%", "▄ 38%", "pods 9", "●6", "✖2", "nodes 2/2", "v1.36.3", "tester", "live"], []),
        (200, ["● lab", "▅ 52%", "▄ 38%", "pods 9", "●6", "✖2", "nodes 2/2", "v1.36.3", "tester", "live"], []),
    ],
)
async def test_the_first_line_says_what_it_has_room_for(
    tmp_path: Path, width: int, said: list[str], left_out: list[str]
) -> None:
    async with show(tmp_path, size=(width, 30)) as shown:
        assert [part for part in said if part not in shown.header] == []
        assert [part for part in left_out if part in shown.header] == []
        assert len(shown.header) <= width
        assert shown.header.endswith("live")


async def test_a_long_context_leaves_room_for_the_state(tmp_path: Path) -> None:
    name = "gke_a-project-with-a-long-name_europe-west-1_and-a-cluster-with-a-longer-one-still"
    async with show(tmp_path, size=(80, 24), contexts={}) as shown:
        path = tmp_path / "long"
        path.write_text(dump_kubeconfig({name: shown.server.url}, name))
        session = shown.app.session
        assert session
        object.__setattr__(session.context, "name", name)
        shown.app.paint_chrome()
        await shown.until(lambda: "gke_a-project" in shown.header)
        assert shown.header.rstrip().endswith("live")


async def test_the_first_line_follows_the_cluster(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        shown.server.store.delete(PODS, "images-1", "shop")
        await shown.until(lambda: "pods 8" in shown.header and "✖1" in shown.header)
        await shown.command("ns kube-system")
        await shown.until(lambda: "pods 2" in shown.header and "✖" not in shown.header)


async def test_a_cut_is_on_the_first_line_and_on_the_panes_until_it_is_mended(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        for path in ("/api/v1/pods", "/api/v1/nodes", DEPLOYMENTS):
            shown.server.fault(path, "watch", *[refuse(503, "ServiceUnavailable", "not now")] * 2)
        shown.server.cut()
        await shown.until(lambda: "stale" in shown.header)
        assert "web-1" in shown.text  # nothing is taken off the screen
        await shown.until(lambda: shown.header.endswith("live"))
        put_pod(shown.server, "api-1")
        await shown.sees("api-1")


async def test_without_metrics_there_are_dashes_and_one_quiet_note(tmp_path: Path) -> None:
    def unmeasured(server: ScriptedServer) -> None:
        fill(server)
        silence_kubelets(server)
        stop_serving(server, "metrics.k8s.io")

    async with show(tmp_path, content=unmeasured, ready=False) as shown:
        await shown.sees("web-1", "v1.36.3")
        await shown.settles()
        assert "CPU " not in shown.header
        await shown.command("about")
        await shown.sees("no metrics: this cluster does not serve metrics.k8s.io")


# ── the last line ────────────────────────────────────────────────────────────────────────────────────────────────────


LAST_LINES = {
    80: (
        "l Logs d Describe y YAML s Shell",
        "l Logs d Describe y YAML e Edit",
        "d Describe y YAML e Edit ^d Delete",
    ),
    120: (
        "l Logs d Describe y YAML s Shell e Edit ^d Delete p Previous E Events",
        "l Logs d Describe y YAML e Edit r Restart s Scale ^d Delete p Previous",
        "d Describe y YAML e Edit ^d Delete E Events J Owner X Xray ^e Edit status",
    ),
    200: (
        "l Logs d Describe y YAML s Shell e Edit ^d Delete p Previous E Events o Node J Owner X Xray a Attach "  # noqa: ISC004
        "^e Edit status ^x Exec ^k Kill",
        "l Logs d Describe y YAML e Edit r Restart s Scale ^d Delete p Previous E Events z Replica sets J Owner X Xray "  # noqa: ISC004
        "^e Edit status",
        "d Describe y YAML e Edit ^d Delete E Events J Owner X Xray ^e Edit status",
    ),
}
"""Of pods, deployments and nodes, by the width of the screen."""


@pytest.mark.parametrize("width", [80, 120, 200])
async def test_the_last_line_has_the_keys_of_the_row_in_focus(tmp_path: Path, width: int) -> None:
    async with show(tmp_path, size=(width, 40)) as shown:
        for pane, keys in zip(("pods", "deployments", "nodes"), LAST_LINES[width], strict=True):
            await shown.until(lambda pane=pane: shown.focus == pane)  # type: ignore[misc]
            await shown.settles()
            assert squeeze(shown.footer).strip() == f"{keys} m Menu : Command / Filter ? Help"
            await shown.press("shift+tab")


async def test_a_message_of_a_task_goes_by_itself_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app_module, "SAID", 0.05)
    async with show(tmp_path, faults=1) as shown:
        in_a_task(shown, monkeypatch)
        await shown.until(lambda: shown.faults.count == 1)
        await shown.until(lambda: not shown.app.said.line, "nothing more to say")


async def test_a_message_survives_a_change_of_page_and_goes_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app_module, "SAID", 1_000)
    async with show(tmp_path) as shown:
        shown.app.say("something has happened")
        await shown.until(lambda: "something has happened" in shown.footer)
        await shown.command("svc")
        await shown.lists("services")
        assert "something has happened" in shown.footer
        await shown.press("escape")
        await shown.opens("home")
        await shown.until(lambda: "something has happened" in shown.footer)
        monkeypatch.setattr(app_module, "SAID", 0.01)
        shown.app.say("the last word")
        await shown.until(lambda: "y YAML" in shown.footer)


async def test_the_last_message_is_shown_for_as_long_as_it_deserves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with show(tmp_path) as shown:
        monkeypatch.setattr(app_module, "SAID", 0.01)
        shown.app.say("first")
        monkeypatch.setattr(app_module, "SAID", 1_000)
        shown.app.say("second")
        await shown.settles()
        assert "second" in shown.footer


# ── what nobody expected ─────────────────────────────────────────────────────────────────────────────────────────────

EVIL = "[bold]x[red]\x1b]0;title\x07\x1b[2J"
"""Markup, a new title for the terminal's window, and an order to clear it."""
READ = "[bold]x[red]"
"""What is left of it to read."""


def boom() -> None:
    raise ValueError(f"{EVIL}\nmore")


async def boom_later() -> None:
    boom()


def in_a_painter(shown: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    shown.app.frames.mark(boom)


def in_a_task(shown: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown.app.session
    shown.app.session._tasks.start(boom_later(), "reading tea leaves")


def in_the_app(shown: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(K9pyApp, "action_help", lambda app: boom())
    shown.send("question_mark")


def in_the_page(shown: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(HomePage, "action_zoom", lambda page: boom())
    shown.send("Z")


def in_a_table(shown: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ResourceTable, "action_move", lambda table, by: boom())
    shown.send("j")


def in_a_worker(shown: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(navigation, "read_command", lambda text: boom())
    shown.app.go("pods")


def in_a_timer(shown: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    shown.app.set_timer(0.001, boom)


@pytest.mark.parametrize(
    "raise_it", [in_a_painter, in_a_task, in_the_app, in_the_page, in_a_table, in_a_worker, in_a_timer]
)
async def test_what_nobody_expected_is_told_logged_and_counted_and_k9py_goes_on(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    raise_it: Callable[[Shown, pytest.MonkeyPatch], None],
) -> None:
    with caplog.at_level(logging.ERROR):
        async with show(tmp_path, faults=1) as shown:
            raise_it(shown, monkeypatch)
            await shown.until(lambda: "ValueError while " in shown.footer)
            assert f": {READ} (see the log, :about)" in shown.footer
            assert shown.faults.count == 1
            monkeypatch.undo()
            put_pod(shown.server, "after-the-fault")
            await shown.sees("after-the-fault")
            # what failed still hears of keys
            await shown.press("j")
            await shown.until(lambda: shown.under_cursor("pods") == "coredns-2")
            await shown.press("Z")
            await shown.until(lambda: shown.home.has_class("-zoomed"))
            await shown.command("about")
            await shown.sees("1 unexpected exceptions")
            assert_nothing_harmful(shown)
    (record,) = [record for record in caplog.records if record.name == "k9py"]
    assert record.message.startswith("while ")
    assert record.exc_info
    assert record.exc_info[0] is ValueError


async def test_a_feed_that_fails_takes_no_other_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with show(tmp_path, faults=1) as shown:
        session = shown.app.session
        assert session
        feed = next(feed for feed in session.feeds if feed.resource.gvr.plural == "deployments")
        monkeypatch.setattr(feed.collection, "touch", lambda names: boom())
        put_deployment(shown.server, "api")
        await shown.until(lambda: shown.faults.count == 1)
        put_pod(shown.server, "api-1")
        await shown.sees("api-1", "ValueError while watching deployments")


async def test_a_cancelled_task_is_no_fault(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        assert shown.app.session
        task = shown.app.session._tasks.start(asyncio.sleep(1_000), "sleeping")
        task.cancel()
        await asyncio.wait([task])
        assert shown.faults.count == 0


# ── texts that mean to do harm ───────────────────────────────────────────────────────────────────────────────────────


def harmful(server: ScriptedServer) -> None:
    """Everything that comes from a cluster says what a terminal, or a reader of markup, must not hear."""
    fill(server)
    put_deployment(server, EVIL)
    put_pod(server, f"{EVIL}[/]", app=EVIL, node=EVIL, labels={"x": EVIL})
    put_pod(server, "0-state", state={"waiting": {"reason": EVIL}}, phase="Pending")
    put_pod(server, "0-log")
    write_log(
        server, "0-log", f"one {EVIL} line", "\x1b[31mred\x1b[0m [bold]not markup[/]", "\x9b2J\x90q\x9c", "a\rb\x08c"
    )
    put_service(server, EVIL, EVIL, port=1)


def assert_nothing_harmful(shown: Shown) -> None:
    for strip in read_strips(shown.app):
        for segment in strip:
            assert segment.control is None
            assert clean(segment.text) == segment.text, segment


async def test_nothing_of_a_cluster_is_read_as_markup_or_reaches_the_terminal(tmp_path: Path) -> None:
    async with show(tmp_path, content=harmful, size=(200, 50)) as shown:
        await shown.sees(f"{READ}[/]", f"✖ {READ}" if f"✖ {READ}" in shown.text else READ)
        assert_nothing_harmful(shown)
        await shown.press("tab", "tab")
        await shown.press("shift+tab", "tab", "j")
        await shown.settles()
        for key in ("g", *["j"] * len(shown.names("deployments"))):
            await shown.press(key)
            await shown.settles()
            assert_nothing_harmful(shown)
        titles = {shown.pane("pods").border_title}
        assert titles
        await shown.command("pods -A")
        await shown.lists("pods")
        await shown.press("ctrl+w")
        await shown.settles()
        assert_nothing_harmful(shown)
        index = next(i for i, name in enumerate(shown.names()) if name.startswith("[bold]"))
        await shown.press("g", *["j"] * index)
        await shown.press("y")
        await shown.sees("kind: Pod", f"yaml {READ}" if "yaml [" in shown.text else READ)
        assert_nothing_harmful(shown)
        await shown.press("escape")
        await shown.command("svc -A")
        await shown.lists("services")
        await shown.sees(READ)
        assert_nothing_harmful(shown)


async def test_dialogs_and_titles_say_names_as_they_are(tmp_path: Path) -> None:
    async with show(tmp_path, content=harmful) as shown:
        await shown.command("deploy shop")
        await shown.lists("deployments")
        index = next(i for i, name in enumerate(shown.names()) if name.startswith("[bold]"))
        await shown.press("g", *["j"] * index)
        await shown.press("enter")
        await shown.sees(f"deployment {READ}")
        assert_nothing_harmful(shown)
        await shown.press("escape")
        await shown.opens("deployments")
        await shown.filter("[bx][bo]")
        await shown.until(lambda: "/[bx][bo]" in shown.title())


async def test_log_lines_keep_their_colours_and_nothing_else(tmp_path: Path) -> None:
    async with show(tmp_path, content=harmful) as shown:
        await shown.command("pods shop /0-log")
        await shown.lists("pods")
        await shown.press("l")
        await shown.sees(f"one {READ} line", "red [bold]not markup[/]")
        assert_nothing_harmful(shown)
        row = next(y for y, line in enumerate(shown.lines) if "red [bold]" in line)
        strip = read_strips(shown.app)[row]
        red = next(segment for segment in strip if "red" in segment.text)
        assert red.style
        assert red.style.color
        await shown.press("t", "w")
        await shown.settles()
        assert_nothing_harmful(shown)


async def test_suggestions_and_errors_are_no_markup_either(tmp_path: Path) -> None:
    async with show(tmp_path, content=harmful) as shown:
        await shown.open_prompt(":")
        await shown.type("pods [")
        await shown.settles()
        assert_nothing_harmful(shown)
        await shown.press("escape")
        await shown.command("[bold]word")
        await shown.sees("[bold]word: this cluster serves no such kind")
        shown.server.fault("/api/v1/namespaces/shop/secrets/login", "get", refuse(404, "NotFound", f"no {EVIL}"))
        await shown.command("secrets shop")
        await shown.lists("secrets")
        await shown.press("y")
        await shown.sees(f"no {READ}")
        assert_nothing_harmful(shown)
