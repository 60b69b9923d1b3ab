"""What k9py's columns say is what the real kubectl prints of the same objects at the same moment."""

from __future__ import annotations

import asyncio
import re
import secrets
import time
from collections.abc import AsyncIterator, Iterator
from typing import NamedTuple

import psutil
import pytest

from k9py.kube.kubeconfig import read_kubeconfig
from k9py.kube.transport import ConnectOptions
from k9py.session.hub import Hub
from k9py.session.session import Session
from k9py.store.view import View
from k9py.ui.painting import cell_text
from k9py.values.batch import Phase
from k9py.values.namespaces import ALL, Namespaces
from tests.cluster import zoo
from tests.cluster.conftest import Cluster
from tests.cluster.kubectl import Kubectl, in_namespace
from tests.cluster.workloads import crd, thing

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(300)]

_AGE = re.compile(r"(?<![\w./:-])(?:\d+y)?(?:\d+d)?(?:\d+h)?(?:\d+m)?(?:\d+s)?(?![\w./:-])")
_UNITS = {"y": 365 * 86400, "d": 86400, "h": 3600, "m": 60, "s": 1}
#: Seconds that may lie between what two programs read.
_APART = 5

KINDS = (
    *("services", "endpointslices", "configmaps", "secrets", "serviceaccounts", "jobs", "cronjobs"),
    *("daemonsets", "statefulsets", "replicasets", "leases", "roles", "rolebindings", "networkpolicies", "ingresses"),
    *("poddisruptionbudgets", "horizontalpodautoscalers", "resourcequotas", "limitranges", "persistentvolumeclaims"),
)
CLUSTER_KINDS = (
    *("priorityclasses", "clusterroles", "clusterrolebindings", "apiservices", "flowschemas", "namespaces"),
    *("customresourcedefinitions", "persistentvolumes", "storageclasses", "ingressclasses"),
)


class Line(NamedTuple):
    """A row of a table: its cells with every age taken out, and those ages as texts."""

    cells: tuple[str, ...]
    ages: tuple[str, ...]


def split_ages(cells: list[str]) -> Line:
    ages = [age for cell in cells for age in _AGE.findall(cell) if age]
    return Line(tuple(_AGE.sub(lambda found: "AGE" if found[0] else "", cell) for cell in cells), tuple(ages))


def seconds(age: str) -> tuple[float, float]:
    """An age, and the least that it tells apart."""
    parts = re.findall(r"(\d+)([ydhms])", age)
    return sum(int(number) * _UNITS[unit] for number, unit in parts), _UNITS[parts[-1][1]]


def are_close(one: str, other: str) -> bool:
    (first, fine), (second, fine_too) = seconds(one), seconds(other)
    coarse = max(fine, fine_too)
    return abs(first - second) <= _APART + (coarse if coarse > 1 else 0)


def read_kubectl(kubectl: Kubectl, word: str, namespace: str, without: tuple[str, ...]) -> tuple[list[str], list[Line]]:
    """The titles and rows of `kubectl get -o wide`, without some of its columns."""
    header, *rows = kubectl("get", word, *in_namespace(namespace), "-o", "wide").splitlines()
    found = [(title.start(), title[0]) for title in re.finditer(r"\S+(?: \S+)*", header)]
    ends = [*(start for start, _ in found[1:]), None]
    columns = [(start, end, title) for (start, title), end in zip(found, ends, strict=True) if title not in without]
    lines = [[row[start:end].strip() for start, end, _ in columns] for row in rows]
    return [title for _, _, title in columns], sorted(map(split_ages, lines))


def read_view(view: View, titles: list[str]) -> list[Line]:
    """The same columns of what k9py would paint now."""
    view.flush()
    ours = [column.title for column in view.columns]
    missing = set(titles) - set(ours)
    assert not missing, f"k9py has no column {missing}: {ours}"
    places, now = [ours.index(title) for title in titles], time.time()
    rows = (view.row_at(index).cells for index in range(len(view)))
    return sorted(split_ages([cell_text(row[place], now) for place in places]) for row in rows)


class Opened:
    """k9py's session without a screen."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._changed = asyncio.Event()
        session.on_change = self._changed.set

    async def open(self, word: str, namespace: str) -> View:
        """The live table of a kind, its wide columns shown."""
        resource = await self._session.find(word)
        assert resource, f"{word} is not known"
        feed = self._session.open(resource, namespace)
        async with asyncio.timeout(60):
            while feed.state.phase is not Phase.LIVE:
                self._changed.clear()
                await self._changed.wait()
        view = View(feed.kind, [feed.collection], namespaces=Namespaces.of(namespace))
        view.wide = True
        return view


@pytest.fixture
async def session(cluster: Cluster) -> AsyncIterator[Opened]:
    kubeconfig = read_kubeconfig(str(cluster.kubeconfig), {})
    hub = Hub(kubeconfig, ConnectOptions())
    yield Opened(await hub.open(kubeconfig.current, ALL))
    await hub.close()
    async with asyncio.timeout(30):  # a TLS connection takes leave of its server after it was closed
        while is_connected():  # noqa: ASYNC110 nobody tells when that is done
            await asyncio.sleep(0.01)


def is_connected() -> bool:
    """Whether this process has a connection to anywhere."""
    return any(each.status == psutil.CONN_ESTABLISHED for each in psutil.Process().net_connections("tcp"))


async def compare(
    session: Opened, kubectl: Kubectl, word: str, namespace: str = "", without: tuple[str, ...] = ()
) -> list[Line]:
    """Hold k9py's rows against kubectl's, at a moment at which kubectl says the same before and after.

    What kubectl has read a watch may tell a moment later: such a difference is gone with the next look, others stay.
    """
    view = await session.open(word, namespace)
    for _ in range(20):
        titles, before = await asyncio.to_thread(read_kubectl, kubectl, word, namespace, without)
        ours = read_view(view, titles)
        _, after = await asyncio.to_thread(read_kubectl, kubectl, word, namespace, without)
        resting = cells_of(before) == cells_of(after)
        if resting and cells_of(ours) == cells_of(before) and not apart(ours, before):
            break  # an event that has come again meanwhile has another age and no other cell
    assert resting, f"{word} do not come to rest"
    assert cells_of(ours) == cells_of(before)
    assert not apart(ours, before)
    return ours


def apart(ours: list[Line], theirs: list[Line]) -> list[tuple[Line, Line]]:
    """The rows whose ages are not the same."""
    pairs = zip(ours, theirs, strict=True)
    return [(one, other) for one, other in pairs if not all(map(are_close, one.ages, other.ages))]


def cells_of(lines: list[Line]) -> list[tuple[str, ...]]:
    return [line.cells for line in lines]


@pytest.fixture(scope="module", autouse=True)
def objects(kubectl: Kubectl, namespace: str) -> Iterator[None]:
    zoo.add_deployments(kubectl, namespace)
    zoo.add_others(kubectl, namespace)
    try:
        zoo.add_pods(kubectl, namespace)
        yield
    finally:
        zoo.release_pods(kubectl, namespace)


@pytest.fixture(scope="module")
def choirs(kubectl: Kubectl, namespace: str) -> Iterator[str]:
    """A kind of our own, one of it with all that it may have and one with nothing."""
    group = f"k9py-{secrets.token_hex(2)}.example.com"
    columns = {"Title": ".spec.title", "Seats": ".spec.seats", "Open": ".spec.open", "Songs": ".spec.songs"}
    types = {"Seats": "integer", "Open": "boolean"}
    printed = [{"name": name, "type": types.get(name, "string"), "jsonPath": path} for name, path in columns.items()]
    since = {"name": "Since", "type": "date", "jsonPath": ".spec.since"}
    kubectl.create(crd("choirs", "Choir", group, [*printed, since]))
    kubectl.wait(f"crd/choirs.{group}", "condition=Established")
    kubectl.wait_served("choirs", group)
    full = {"title": "합창단 🎤", "seats": 12, "open": True, "songs": ["하나", "둘"], "since": "2026-01-01T00:00:00Z"}
    made = [thing("Choir", "altos", f"{group}/v1", spec=full), thing("Choir", "empty", f"{group}/v1", spec={})]
    kubectl.create(*made, namespace=namespace)
    yield f"choirs.{group}"
    kubectl("delete", "crd", f"choirs.{group}")


@pytest.fixture(scope="module", autouse=True)
def rest(kubectl: Kubectl) -> Iterator[None]:
    """What has no namespace, and a plain cluster has none of."""
    token = secrets.token_hex(2)
    made = zoo.rest_of_the_cluster(token)
    kubectl.create(*made)
    yield
    for each in made:
        kubectl("delete", each["kind"], each["metadata"]["name"], "--wait=false")


async def test_pods(session: Opened, kubectl: Kubectl, namespace: str) -> None:
    lines = await compare(session, kubectl, "pods", namespace)
    names = {line.cells[0] for line in lines}
    assert names >= zoo.STATES.keys() | zoo.WRITTEN.keys()
    assert len({line.cells[2] for line in lines}) >= 15, "there is little to compare"
    assert any(re.fullmatch(r"\d+ \(AGE ago\)", line.cells[3]) for line in lines)


async def test_deployments(session: Opened, kubectl: Kubectl, namespace: str) -> None:
    lines = await compare(session, kubectl, "deployments", namespace)
    assert {line.cells[1] for line in lines} == {"2/2", "1/1", "0/2", "0/1", "0/0"}


async def test_nodes(session: Opened, cluster: Cluster, kubectl: Kubectl) -> None:
    node = cluster.nodes()[-1]
    kubectl("cordon", node)
    try:
        # of which 1.36 says the architecture, too, and k9py in a column of its own
        lines = await compare(session, kubectl, "nodes", without=("KERNEL-VERSION",))
    finally:
        kubectl("uncordon", node)
    assert {line.cells[1] for line in lines} >= {"Ready", "Ready,SchedulingDisabled"}


async def test_events(session: Opened, kubectl: Kubectl, namespace: str) -> None:
    # k9py says how often and for how long in one column, and <none> where kubectl says nothing
    assert await compare(session, kubectl, "events", namespace, ("COUNT", "SOURCE", "SUBOBJECT"))


@pytest.mark.parametrize("word", KINDS)
async def test_all_other_kinds(session: Opened, kubectl: Kubectl, namespace: str, word: str) -> None:
    assert await compare(session, kubectl, word, namespace)


async def test_custom_resources(session: Opened, kubectl: Kubectl, namespace: str, choirs: str) -> None:
    assert len(await compare(session, kubectl, choirs, namespace)) == 2


@pytest.mark.parametrize("word", CLUSTER_KINDS)
async def test_kinds_without_a_namespace(session: Opened, kubectl: Kubectl, word: str) -> None:
    assert await compare(session, kubectl, word)
