"""Commands and filters: what is typed, what is offered meanwhile, and what becomes of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from k9py.ui.widgets.log_pane import LogPane
from k9py.ui.widgets.prompt import PromptInput
from tests.ui.pages.objects import label, put_pod, write_log
from tests.ui.pages.show import Shown, show, title_of

IN_SHOP = ["images-1", "web-1", "web-2", "web-3", "결제-1", "결제-2", "🚀-fuel-42"]
ALL_PODS = ["coredns-1", "coredns-2", *IN_SHOP]


def line_of(shown: Shown, part: str) -> str:
    """What a line of the prompt says; nothing where it is not shown."""
    line = shown.prompt.query_one(part)
    return shown.lines[line.region.y].strip() if line.display and line.region.height else ""


async def offers(shown: Shown, *words: str) -> None:
    """Wait until exactly these are suggested above the prompt."""
    await shown.until(lambda: line_of(shown, "#suggestions").split() == [*words], f"the suggestions {words}")


async def complains(shown: Shown, *parts: str) -> None:
    """Wait until the prompt says why it will not do; without parts, that it has no more to say."""
    await shown.until(lambda: bool(line_of(shown, "#complaint")) is bool(parts), "a complaint" if parts else "none")
    await shown.until(lambda: all(part in line_of(shown, "#complaint") for part in parts), f"the complaint {parts}")


def typed(shown: Shown) -> str:
    return shown.prompt.query_one(PromptInput).value


# ── commands ─────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_suggestions_come_while_typing_and_go_with_what_does_not_fit(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        await shown.open_prompt(":")
        await offers(shown)
        await shown.type("se")
        begin_so = ("secrets", "serviceaccounts", "servicecidrs", "services")
        await offers(shown, *begin_so, "apiservices", "daemonsets", "deviceclasses", "ingressclasses")
        await shown.type("rv")
        await offers(shown, *begin_so[1:], "apiservices")
        await shown.type("x")
        await offers(shown)


async def test_tab_takes_the_first_suggestion_and_offers_namespaces_next(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        await shown.open_prompt(":")
        await shown.type("deplo")
        await shown.press("tab")
        await shown.settles()
        assert typed(shown) == "deployments "
        await shown.type("kube")
        await offers(shown, "deployments", "kube-system")
        await shown.press("tab", "enter")
        await shown.lists("deployments")
        assert shown.title() == "home › Deployments 1 · kube-system"


@pytest.mark.parametrize(
    ("typed", "first", "count"),
    [
        ("xray daemons", "xray daemonsets", 1),
        ("xray sh", "xray shop", 1),
        ("xray pods sh", "xray pods shop", 1),
        ("who-can del", "who-can delete", 2),
        ("who-can get pods/l", "who-can get pods/log", 1),
        ("who-can get nothing/", "", 0),
        ("who-can get pods in k", "who-can get pods in kube-system", 1),
        ("can-i s:sh", "can-i s:shop:default", 1),
        ("rbac cl", "rbac clusterrole", 2),
        ("top c", "top containers", 1),
        ("capacity v", "capacity volumes", 1),
        ("ns d", "ns default", 1),
        ("pods -n sh", "pods -n shop", 1),
        ("about x", "", 0),
    ],
)
async def test_each_word_has_suggestions_of_its_own(tmp_path: Path, typed: str, first: str, count: int) -> None:
    async with show(tmp_path) as shown:
        await shown.open_prompt(":")  # which makes the namespaces known
        await shown.until(lambda: "default" in shown.app.namespaces(), "the namespaces")
        offered = shown.app.suggest(typed)
        assert (offered[:1], len(offered)) == ([first] if first else [], count)


async def test_down_and_up_choose_a_suggestion_and_enter_takes_it(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        await shown.open_prompt(":")
        await shown.type("se")
        await shown.press("down", "down", "down", "down", "up", "down", "enter")
        await shown.lists("services")


async def test_enter_takes_what_was_typed_when_nothing_was_chosen(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        await shown.command("svc")
        await shown.lists("services")


async def test_escape_leaves_the_prompt_and_gives_the_focus_back(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        await shown.press("shift+tab")
        assert shown.focus == "deployments"
        await shown.open_prompt(":")
        await shown.type("svc")
        await shown.press("escape")
        await shown.settles()
        assert not shown.prompt.is_open
        assert shown.focus == "deployments"
        assert shown.pages == ["home"]
        await shown.open_prompt(":")
        assert typed(shown) == ""


async def test_keys_that_come_in_one_burst_all_go_to_the_prompt(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        await shown.press("shift+tab")
        shown.send(*":svc", "enter")
        await shown.lists("services")
        assert shown.app.screen is shown.page  # no dialog: the s of svc was not meant for the deployment
    assert not shown.server.changes


async def test_a_filter_that_comes_in_one_burst_changes_nothing_else(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        await shown.press("shift+tab")
        shown.send(*"/srycoredns", "enter")
        await shown.until(lambda: shown.pane("deployments").filter_text == "srycoredns")
        assert not shown.server.changes


async def test_tab_in_the_prompt_does_not_change_the_pane(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        await shown.open_prompt("/")
        await shown.press("tab")
        await shown.settles()
        assert shown.prompt.is_open
        await shown.type("web")
        await shown.until(lambda: shown.pane("pods").filter_text == "web")


# ── filters ──────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_filter_works_while_it_is_typed(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        await shown.open_prompt("/")
        await shown.type("web")
        await shown.until(lambda: shown.names("pods") == ["web-1", "web-2", "web-3"])
        await shown.type("-[12]")
        await shown.until(lambda: shown.names("pods") == ["web-1", "web-2"])
        await shown.sees("Pods 2 of 9 · all namespaces · /web-[12]")
        assert shown.prompt.is_open
        await shown.press("enter")
        assert not shown.prompt.is_open
        assert shown.focus == "pods"
        assert shown.names("pods") == ["web-1", "web-2"]


async def test_a_bad_expression_says_what_is_wrong_and_keeps_the_former_filter(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        await shown.open_prompt("/")
        await shown.type("web-")
        await shown.until(lambda: len(shown.names("pods")) == 3)
        await shown.type("(")
        await complains(shown, "bad regular expression: missing ), unterminated subpattern at 5")
        assert shown.names("pods") == ["web-1", "web-2", "web-3"]
        await shown.press("enter")
        await shown.settles()
        assert shown.prompt.is_open  # it will not do
        await shown.press("backspace")
        await complains(shown)
        await shown.press("enter")
        assert not shown.prompt.is_open


@pytest.mark.parametrize(
    ("typed", "left"),
    [
        ("!web|dns", ["images-1", "결제-1", "결제-2", "🚀-fuel-42"]),
        ("-l app=web", ["web-1", "web-2", "web-3"]),
        (f"-l app in (web,{label('결제')}),tier!=front", ["결제-1", "결제-2"]),
        ("!-l app=web", ["coredns-1", "coredns-2", "images-1", "결제-1", "결제-2", "🚀-fuel-42"]),
        ("WEB-1", ["web-1"]),
        ("결제", ["결제-1", "결제-2"]),
        ("🚀", ["🚀-fuel-42"]),
        ("worker-b.*crash|crash.*worker-b", ["결제-2"]),
    ],
)
async def test_what_a_filter_can_say(tmp_path: Path, typed: str, left: list[str]) -> None:
    async with show(tmp_path, namespace="") as shown:
        await shown.filter(typed)
        await shown.settles()
        assert shown.names("pods") == left


async def test_bad_labels_say_so(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        await shown.open_prompt("/")
        await shown.type("-l app in (web")
        await complains(shown, "bad labels: ")
        assert shown.names("pods") == ALL_PODS or shown.title("pods").startswith("Pods 3")


async def test_escape_in_the_prompt_takes_the_filter_back(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        await shown.open_prompt("/")
        await shown.type("web")
        await shown.until(lambda: len(shown.names("pods")) == 3)
        await shown.press("escape")
        await shown.until(lambda: shown.names("pods") == ALL_PODS)
        await shown.settles()
        assert shown.focus == "pods"
        assert "/" not in shown.title("pods")


async def test_escape_on_the_table_takes_the_filter_back_before_the_page(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        await shown.command("pods -A")
        await shown.lists("pods")
        await shown.filter("web")
        await shown.until(lambda: len(shown.names()) == 3)
        await shown.press("escape")
        await shown.until(lambda: shown.names() == ALL_PODS)
        assert shown.pages == ["home", "pods"]
        await shown.press("escape")
        await shown.opens("home")


async def test_a_filter_that_is_opened_again_can_be_edited(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        await shown.filter("web")
        await shown.open_prompt("/")
        await shown.type("-2")
        await shown.until(lambda: shown.names("pods") == ["web-2"])


async def test_a_row_that_begins_to_fit_the_filter_shows_up(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        await shown.filter("nothing-like-it")
        await shown.sees("nothing matches; esc shows all again")
        await shown.press("escape")
        await shown.filter("web")
        await shown.settles()
        put_pod(shown.server, "web-9")
        await shown.until(lambda: shown.names("pods") == ["web-1", "web-2", "web-3", "web-9"])


async def test_a_filter_comes_with_a_command(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        await shown.command("pods shop /web-[13]")
        await shown.lists("pods")
        assert shown.names() == ["web-1", "web-3"]
        await shown.press("escape", "escape")
        await shown.command("po tier=front")
        await shown.lists("pods")
        assert shown.names() == ["web-1", "web-2", "web-3"]


# ── the filter of a log ──────────────────────────────────────────────────────────────────────────────────────────────


async def to_log(shown: Shown) -> LogPane:
    await shown.filter("web-1")
    await shown.settles()
    await shown.press("l")
    await shown.opens("logs web-1")
    await shown.sees("GET /healthz 200")
    return shown.log


async def test_a_log_shows_only_the_lines_that_match(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        log = await to_log(shown)
        await shown.open_prompt("/")
        await shown.type("health")
        await shown.until(lambda: log.shown == 1)
        assert "장바구니" not in shown.text
        await shown.press("enter")
        await shown.sees("1 of 3 lines · /health")
        write_log(shown.server, "web-1", "GET /healthz 503", "GET /other 200")
        await shown.sees("GET /healthz 503", "2 of 5 lines")
        assert "GET /other" not in shown.text
        await shown.press("escape")
        await shown.sees("GET /other 200")
        assert shown.pages[-1] == "logs web-1"


async def test_a_log_can_leave_lines_out(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        log = await to_log(shown)
        await shown.filter("!healthz")
        await shown.until(lambda: log.shown == 2)
        await shown.until(lambda: "GET /healthz" not in shown.text)


async def test_a_log_has_no_labels_and_bad_expressions_keep_the_former_filter(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        log = await to_log(shown)
        await shown.open_prompt("/")
        await shown.type("GET")
        await shown.until(lambda: log.filter_text == "GET")
        await shown.type("(")
        await complains(shown, "bad regular expression")
        assert log.filter_text == "GET"
        await shown.press("escape")
        await shown.open_prompt("/")
        await shown.type("-l app=web")
        await complains(shown, "lines of a log have no labels")
        assert "Logs web-1" in title_of(log)
