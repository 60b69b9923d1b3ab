"""k9py itself on servers that lack what newer ones have: each part switched off alone, and whole old versions."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import pytest

from k9py.actions import restart, scale
from k9py.actions.action import Action, Answers
from k9py.actions.plan import Target
from k9py.demo.core.parts import PARTS, parts_of, version_of
from k9py.demo.serve import ADMIN, NAME
from k9py.kinds.wellknown import DEPLOYMENTS
from k9py.session import usage as usage_module
from k9py.session.audit import Audit
from k9py.session.feed import Feed
from k9py.session.job import Job
from k9py.session.preview import preview
from k9py.values.log import NEWEST, Entry, LogWish, PodLogs
from k9py.values.request import Request
from k9py.values.resource import Key
from tests.demo.asking import make_cluster
from tests.demo.oldworld import CRD, Old, cells, old, titles

COLUMNS = {
    "svc": "NAME TYPE CLUSTER-IP EXTERNAL-IP PORT(S) AGE SELECTOR",
    "cj": "NAME SCHEDULE TIMEZONE SUSPEND ACTIVE LAST_SCHEDULE AGE CONTAINERS IMAGES SELECTOR",
    "pdb": "NAME MIN_AVAILABLE MAX_UNAVAILABLE ALLOWED_DISRUPTIONS AGE",
    "hpa": "NAME REFERENCE TARGETS MINPODS MAXPODS REPLICAS AGE",
    "gd": "NAME COLOUR",
}
"""What the server's tables hold, by the short names of kinds."""
OWN = {"svc", "cj"}
"""Those whose cells k9py makes itself: they are there, whether the server makes tables or not."""
PLAIN = "NAME AGE"
"""What is told where a server makes no tables."""


@pytest.fixture(autouse=True)
def _metrics_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usage_module, "INTERVAL", 0.02)


async def first_page_lives(it: Old) -> None:
    nodes, deployments, pods = [await it.live(word) for word in ("no", "deploy", "po")]
    assert len(nodes.collection.records) == 2
    await it.put("deploy")
    await it.until(lambda: cells(deployments, "web").get("READY") == "2/2", "web ready", 1)
    await it.until(
        lambda: statuses(pods) == ["Running", "Running"], "two pods running"
    )  # two watches, each at its pace


async def all_kinds_are_found(it: Old) -> None:
    """With the names, verbs and subresources of each; one that comes later, too."""
    await it.put("crd", "gadgets.example.com", **CRD)
    it.cluster.clock.advance(2)  # until it is established
    await it.kind("gd")
    found = {kind.gvr: kind for kind in it.session.catalog}
    served = [each for each in it.cluster.catalog if each.verbs]
    assert {each.gvr for each in served} <= found.keys()
    for each in served:
        kind = found[each.gvr]
        assert kind.short_names == tuple(each.entry.get("shortNames", ()))
        assert kind.singular == each.entry["singularResource"]
        assert (kind.verbs, kind.subresources) == (each.verbs, each.subresources)


async def workloads_are_of_all_kinds(it: Old) -> None:
    """Cron jobs among them, in whatever version they are served."""
    feed = await it.live("wk")
    await it.until(lambda: ("default", "cronjob/web") in feed.collection.records, "the cron job")


async def kinds_have_their_columns(it: Old) -> None:
    """The feed is live before there is an object: that comes through the watch."""
    for word in COLUMNS:
        feed = await it.live(word)
        await it.put(word)
        await it.until(lambda feed=feed: bool(cells(feed, "web")), f"{word} web")  # type: ignore[misc]
        assert told(feed, word) == columns(it, word)
        assert cells(feed, "web")["NAME"] == "web"
        key = Key(it.session.context.name, feed.resource.gvr, "default", "web")
        shown = msgspec.json.decode(await it.session.whole(key, feed.resource))
        assert (shown["apiVersion"], shown["kind"]) == (feed.resource.gvr.api_version, feed.resource.kind)


async def lists_show_the_same_as_watches(it: Old) -> None:
    for word in COLUMNS:
        feed = await it.live(word, "default")
        assert told(feed, word) == columns(it, word)
        assert cells(feed, "web")["NAME"] == "web"
    slices = await it.live("endpointslices")
    assert any(name.startswith("web-") for _, name in slices.collection.records)


async def watches_outlive_their_history(it: Old) -> None:
    """All watches end at once, and the server has forgotten what was before."""
    it.cluster.store.compact()
    for kind in it.session.catalog:
        it.cluster.catalog.part_with(kind.gvr)
    gadgets = await it.live("gd")
    await it.session.transport.send(Request("DELETE", gadgets.resource.path("default", "web")))


async def the_user_is_known(it: Old) -> None:
    told = "selfsubjectreview" not in it.cluster.off
    await it.until(lambda: it.session.user == (ADMIN if told else NAME), f"the user, not {it.session.user}")
    assert it.session.version == "v" + ".".join(map(str, version_of(it.cluster.off)))
    verdict = await it.session.access.may("patch", DEPLOYMENTS, "default", subresource="scale")
    assert verdict == (True, "")


async def logs_are_followed(it: Old) -> None:
    pods = await it.live("po")
    name = next(name for namespace, name in pods.collection.records if namespace == "default")
    lines: list[Entry] = []
    tail = it.session.follow(LogWish(name, (PodLogs("default", name, ("main",), "main"),)), NEWEST, lambda: None)
    await it.until(lambda: lines.extend(tail.take(99)) or len(lines) >= 12, "12 lines of log", 0.5)  # type: ignore[func-returns-value]
    tail.close()
    numbers = [int(line.text.removeprefix("line ")) for line in lines]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))


async def changes_are_made(it: Old) -> None:
    deployments, pods = await it.live("deploy"), await it.live("po")
    await change(it, scale.ACTION, "3")
    await it.until(lambda: cells(deployments, "web").get("READY") == "3/3", "three pods", 1)
    before = {name for name in pods.collection.records if name[0] == "default"}
    await change(it, restart.ACTION, "")
    await it.until(lambda: not before & pods.collection.records.keys(), "all pods replaced", 1)
    await it.until(lambda: cells(deployments, "web").get("READY") == "3/3", "three pods", 1)


async def what_happened_meanwhile_is_seen(it: Old) -> None:
    gadgets = await it.live("gd")
    await it.until(lambda: not cells(gadgets, "web"), "the gadget gone")


async def usage_is_shown_with_metrics_and_without(it: Old) -> None:
    nodes = await it.live("no")
    name = next(name for _, name in nodes.collection.records)
    if "metrics" in it.cluster.off:
        note = "usage is what the kubelets say: this cluster does not serve metrics.k8s.io"
        await it.until(lambda: it.session.notes.get("metrics") == note, "told that there are no metrics")
    await it.until(lambda: cells(nodes, name, "")["CPU"] != "-", "the usage of a node", 1)
    assert ("metrics" in it.cluster.off) == bool(it.session.notes.get("metrics"))


TOUR: tuple[Callable[[Old], Awaitable[None]], ...] = (
    first_page_lives,
    all_kinds_are_found,
    kinds_have_their_columns,
    workloads_are_of_all_kinds,
    lists_show_the_same_as_watches,
    watches_outlive_their_history,
    the_user_is_known,
    logs_are_followed,
    changes_are_made,
    what_happened_meanwhile_is_seen,
    usage_is_shown_with_metrics_and_without,
)


@pytest.mark.parametrize("part", [name for name in PARTS if not name.startswith("v1.")])
async def test_a_server_that_lacks_one_part(part: str) -> None:
    await tour(frozenset({part}))


@pytest.mark.parametrize("version", ["1.20", "1.22", "1.24", "1.27", "1.30", "1.33", "1.36"])
async def test_a_server_of_an_old_version(version: str) -> None:
    await tour(parts_of(version))


@pytest.mark.parametrize("part", [name for name in PARTS if name.startswith("v1.")])
async def test_a_server_says_how_old_it_is(part: str) -> None:
    async with old(frozenset({part}), lambda: make_cluster(frozenset({part}))) as it:
        await it.until(lambda: it.session.version == f"v1.{int(part[3:]) - 1}.0", "its version")


async def tour(off: frozenset[str]) -> None:
    async with old(off) as it:
        for visit in TOUR:
            await visit(it)
        notes = {topic: note for topic, note in it.session.notes.items() if note and topic != "metrics"}
        assert (it.faults, notes) == ([], {})


def statuses(pods: Feed) -> list[str]:
    """Those of the pods that are not the system's."""
    return [cells(pods, name)["STATUS"] for namespace, name in pods.collection.records if namespace == "default"]


def told(feed: Feed, word: str) -> set[str]:
    """Those of the server's columns that are shown, and the age."""
    return set(titles(feed)) & {*split(COLUMNS[word]), "AGE"}


def columns(it: Old, word: str) -> set[str]:
    """The columns that a kind should have; nothing is without an age."""
    return {*split(PLAIN if "tables" in it.cluster.off and word not in OWN else COLUMNS[word]), "AGE"}


def split(text: str) -> list[str]:
    return [title.replace("_", " ") for title in text.split()]


async def change(it: Old, action: Action, answer: str) -> None:
    """What a key does on the deployment web, once it is confirmed."""
    kind = await it.kind("deploy")
    key = Key(it.session.context.name, kind.gvr, "default", "web")
    deployments = await it.live("deploy")
    target = Target(key, deployments.collection.records["default", "web"].obj.metadata.uid, kind)
    facts = await action.gather(it.session.read, [target])
    plan = action.plan(facts, Answers(answer), datetime.now(UTC))
    (forecast,) = await preview(it.session, plan)
    assert (bool(forecast.diff), forecast.refused) == (True, "")
    with TemporaryDirectory() as folder:
        outcomes = await Job(1, it.session, plan, Audit(Path(folder) / "audit.jsonl")).run()
    assert [outcome.failed for outcome in outcomes] == [""]
