"""What uses most: one table at a time, by CPU, and the course of the row under the cursor."""

from __future__ import annotations

from pathlib import Path

from k9py.session.usage import Meter
from k9py.store.collection import Name
from k9py.store.history import Point
from k9py.ui.widgets.usage_plot import UsagePlot
from k9py.values.resource import Resource
from k9py.values.usage import Usage
from tests.kube.scripted import ScriptedServer
from tests.kube.scripted.kinds import stop_serving
from tests.ui.pages.objects import fill, silence_kubelets
from tests.ui.pages.show import Shown, show


def told(_meter: Meter, _resource: Resource, name: Name) -> list[Point]:
    """A course that is other for each name."""
    base = 0.01 * len(name[1])
    return [Point(15.0 * tick, Usage(base * (1 + tick % 7), (40 + tick) * 2.0**20)) for tick in range(41)]


def course(shown: Shown) -> str:
    plot = shown.page.query_one(UsagePlot)
    return "\n".join(plot.render_line(y).text.rstrip() for y in range(plot.size.height))


def unmeasured(server: ScriptedServer) -> None:
    fill(server)
    silence_kubelets(server)
    stop_serving(server, "metrics.k8s.io")


async def open_top(shown: Shown, words: str = "") -> None:
    await shown.command(f"top {words}")
    await shown.lists("top")
    await shown.until(lambda: bool(shown.names()))


async def test_pods_come_by_their_cpu_and_tab_leads_to_containers_and_nodes(tmp_path: Path) -> None:
    async with show(tmp_path, size=(200, 50)) as shown:
        await open_top(shown)
        assert "[Pods]" in shown.lines[1]
        pane = shown.pane()
        assert pane.view is not None
        cpu = [column.title for column in pane.view.columns].index("CPU")
        amounts = [pane.view.row_at(index).cells[cpu].value or -1 for index in range(len(pane.view))]
        assert amounts == sorted(amounts, reverse=True)
        assert len(set(amounts)) > 1
        await shown.press("tab")
        await shown.until(lambda: "[Containers]" in shown.lines[1] and any("/" in name for name in shown.names()))
        await shown.press("tab")
        await shown.until(lambda: "[Nodes]" in shown.lines[1] and "worker-a" in shown.names())
        await shown.press("shift+tab", "shift+tab")
        await shown.until(lambda: "[Pods]" in shown.lines[1] and "web-1" in shown.names())


async def test_a_tab_keeps_its_order_and_its_filter_and_other_pages_keep_theirs(tmp_path: Path) -> None:
    async with show(tmp_path, size=(200, 50)) as shown:
        await open_top(shown)
        await shown.press("N")
        await shown.filter("web")
        await shown.until(lambda: all("web" in name for name in shown.names()))
        names = shown.names()
        assert names == sorted(names)
        await shown.press("tab", "shift+tab")
        await shown.until(lambda: shown.names() == names)
        await shown.press("M")
        await shown.command("pods")
        await shown.lists("pods")
        view = shown.pane().view
        assert view is not None
        assert view.sort.title != "MEM"


async def test_the_words_say_of_what_and_where(tmp_path: Path) -> None:
    async with show(tmp_path, size=(200, 50)) as shown:
        await open_top(shown, "no")
        assert "[Nodes]" in shown.lines[1]
        await open_top(shown, "containers kube-system")
        await shown.until(lambda: "coredns-1/main" in shown.names() and not shown.says("web-1"))
        await shown.command("top pods shop more")
        await shown.sees("top of more?")


async def test_the_course_is_that_of_the_row_under_the_cursor(tmp_path: Path) -> None:
    async with show(tmp_path, size=(120, 40)) as shown:
        await open_top(shown, "-n shop")
        await shown.until(lambda: "measured once" in course(shown))
        row = shown.under_cursor()
        assert row in course(shown)
        await shown.press("j")
        await shown.until(lambda: shown.under_cursor() != row and shown.under_cursor() in course(shown))


async def test_a_new_measurement_is_drawn_without_a_key(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        await open_top(shown)
        await shown.until(lambda: "measured once" in course(shown))
        session = shown.app.session
        assert session
        pane = shown.pane()
        assert pane.cursor_key
        history = session.meter._histories["pods"]
        name = (pane.cursor_key.namespace, pane.cursor_key.name)
        last = history.of(name)[-1]
        history.add(last.time + 60, {name: Usage(0.5, 2.0**30)})
        for listener in tuple(session.meter._listeners):
            listener()
        await shown.until(lambda: "CPU 500m · most 500m in 60s" in course(shown))


async def test_a_low_screen_has_no_course(tmp_path: Path) -> None:
    async with show(tmp_path, size=(80, 20)) as shown:
        await open_top(shown)
        assert not shown.page.query_one(UsagePlot).display


async def test_where_nothing_is_measured_it_says_why(tmp_path: Path) -> None:
    async with show(tmp_path, content=unmeasured, ready=False) as shown:
        await open_top(shown)
        await shown.until(lambda: "this cluster does not serve metrics.k8s.io" in course(shown))
