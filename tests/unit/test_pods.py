"""Pods read as `kubectl get pods -o wide` prints them, and use what k9s says they use.

data/print_pod.jsonl holds pods made at random, with what printPod of Kubernetes 1.36 and 1.37 printed of each.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from k9py.insight.describe.amounts import ZERO, of_pod
from k9py.kinds import containers
from k9py.kinds.pod import Pod
from k9py.kinds.pod_budget import Budget
from k9py.kinds.pod_status import feel
from k9py.kinds.pods import KIND
from k9py.kinds.registry import decoder
from k9py.kinds.wellknown import PODS
from k9py.store.column import Joined
from k9py.values.age import human_duration
from k9py.values.cell import Cell, Tone
from k9py.values.usage import Usage
from tests.unit.objects import pod as running_pod

COLUMNS = {column.title: column for column in KIND.columns(())}
PRINTED = ("NAME", "READY", "STATUS", "RESTARTS", "AGE", "IP", "NODE", "NOMINATED NODE", "READINESS GATES")
NOW_LINE, *CASES = (Path(__file__).parent / "data" / "print_pod.jsonl").read_text().splitlines()
NOW: float = json.loads(NOW_LINE)["now"]


def read(obj: Any) -> Pod:
    pod: Pod = decoder(KIND)(json.dumps(obj).encode())
    return pod


def cell(pod: Pod, title: str, joined: Joined | None = None) -> Cell:
    return COLUMNS[title].cell(pod, joined or Joined())


def paint(painted: Cell) -> str:
    if painted.since is None:
        return painted.text
    age = human_duration(NOW - painted.since)
    return f"{painted.text} ({age} ago)" if painted.text else age


def status(name: str = "app", *, ready: bool = True, **state: Any) -> dict[str, Any]:
    return {"name": name, "ready": ready, "restartCount": 0, "state": state or {"running": {}}}


@pytest.mark.parametrize("case", CASES, ids=lambda case: json.loads(case)["printed"][2])
def test_every_word_is_kubectls(case: str) -> None:
    known = json.loads(case)
    pod = read(known["pod"])
    assert [paint(cell(pod, title)) for title in PRINTED] == known["printed"]


@pytest.mark.parametrize(
    ("change", "tone"),
    [
        ({}, Tone.OK),
        ({"containerStatuses": [status(ready=False)]}, Tone.BUSY),
        ({"phase": "Pending", "containerStatuses": []}, Tone.BUSY),
        ({"containerStatuses": [status(ready=False, waiting={"reason": "ContainerCreating"})]}, Tone.BUSY),
        ({"containerStatuses": [status(ready=False, waiting={"reason": "CrashLoopBackOff"})]}, Tone.BAD),
        ({"containerStatuses": [status(ready=False, waiting={"reason": "ImagePullBackOff"})]}, Tone.BAD),
        ({"containerStatuses": [status(ready=False, terminated={"exitCode": 1, "reason": "Error"})]}, Tone.BAD),
        (
            {"phase": "Succeeded", "containerStatuses": [status(ready=False, terminated={"reason": "Completed"})]},
            Tone.DONE,
        ),
        ({"phase": "Failed", "reason": "Evicted", "containerStatuses": []}, Tone.BAD),
        ({"phase": "Unknown", "containerStatuses": []}, Tone.BAD),
    ],
)
def test_how_a_pod_feels(change: dict[str, Any], tone: Tone) -> None:
    pod = read(running_pod("web", **change))
    assert KIND.tone(pod, Joined()) is tone
    assert cell(pod, "STATUS").tone is tone


@pytest.mark.parametrize(
    ("word", "tone"),
    [
        ("Init:0/2", Tone.BUSY),
        ("Init:PodInitializing", Tone.BUSY),
        ("Init:Error", Tone.BAD),
        ("Terminating", Tone.GOING),
    ],
)
def test_how_initializing_and_ending_feel(word: str, tone: Tone) -> None:
    assert feel(word, 0, 1) is tone


def test_ready_sorts_by_what_is_missing() -> None:
    none = cell(read(running_pod("web", containerStatuses=[])), "READY")
    every = cell(read(running_pod("web")), "READY")
    assert (none.text, every.text) == ("0/1", "1/1")
    assert none.value < every.value


def with_resources(*containers: dict[str, Any], init: tuple[dict[str, Any], ...] = (), **spec: Any) -> Pod:
    obj = running_pod("web")
    obj["spec"] = {
        "containers": [{"name": f"c{n}", "resources": each} for n, each in enumerate(containers)],
        "initContainers": list(init),
        **spec,
    }
    return read(obj)


def test_a_pod_asks_for_what_runs_in_it_at_the_same_time() -> None:
    sidecar = {"name": "s", "restartPolicy": "Always", "resources": {"requests": {"cpu": "5m", "memory": "1Mi"}}}
    setup = {"name": "i", "resources": {"requests": {"cpu": "10"}}}
    pod = with_resources(
        {"requests": {"cpu": "100m", "memory": "64Mi"}, "limits": {"cpu": "1", "memory": "128Mi"}},
        {"limits": {"cpu": "200m"}},
        init=(sidecar, setup),
    )
    assert pod.budget == Budget(305, 1200, 65 << 20, 128 << 20)


def asks(cpu: str, memory: str, cpu_limit: str = "", memory_limit: str = "") -> dict[str, Any]:
    limits = {"cpu": cpu_limit, "memory": memory_limit}
    return {"requests": {"cpu": cpu, "memory": memory}, "limits": {k: v for k, v in limits.items() if v}}


def init(name: str, resources: dict[str, Any], *, stays: bool = False) -> dict[str, Any]:
    return {"name": name, "resources": resources, **({"restartPolicy": "Always"} if stays else {})}


@pytest.mark.parametrize(
    ("inits", "spec", "claim"),
    [
        ((), {}, Budget(100, 200, 64 << 20, 0)),
        ((init("i", asks("1", "8Mi")),), {}, Budget(1000, 200, 64 << 20, 0)),
        ((init("s", asks("50m", "8Mi"), stays=True),), {}, Budget(150, 200, 72 << 20, 0)),
        # an init container runs beside the sidecars that were started before it, and not beside later ones
        (
            (init("s", asks("50m", "8Mi"), stays=True), init("i", asks("1", "1Mi"))),
            {},
            Budget(1050, 200, 72 << 20, 0),
        ),
        (
            (init("i", asks("1", "1Mi")), init("s", asks("50m", "8Mi"), stays=True)),
            {},
            Budget(1000, 200, 72 << 20, 0),
        ),
        ((), {"overhead": {"cpu": "10m", "memory": "1Mi"}}, Budget(110, 210, 65 << 20, 0)),
        (
            (init("i", asks("1", "8Mi")),),
            {"resources": {"requests": {"cpu": "300m"}, "limits": {"memory": "1Gi"}}},
            Budget(300, 200, 64 << 20, 1 << 30),
        ),
    ],
)
def test_a_pod_takes_the_room_that_the_scheduler_counts(
    inits: tuple[Any, ...], spec: dict[str, Any], claim: Budget
) -> None:
    pod = with_resources(asks("100m", "64Mi", "200m"), init=inits, **spec)
    assert pod.claim == claim
    main = {"resources": asks("100m", "64Mi", "200m")}
    told = {"spec": {"containers": [main], "initContainers": list(inits), **spec}}
    requests, limits = of_pod(told, "requests"), of_pod(told, "limits")
    cpu = [int(amounts.get("cpu", ZERO).value * 1000) for amounts in (requests, limits)]
    memory = [int(amounts.get("memory", ZERO).value) for amounts in (requests, limits)]
    assert Budget(*cpu, *memory) == claim


def test_what_the_pod_asks_for_as_a_whole_comes_first() -> None:
    pod = with_resources({"requests": {"cpu": "100m", "memory": "1Mi"}}, resources={"requests": {"cpu": "2"}})
    assert pod.budget == Budget(2000, 0, 1 << 20, 0)


def test_usage_is_measured_against_what_was_asked_for() -> None:
    pod = with_resources({"requests": {"cpu": "100m"}, "limits": {"cpu": "200m", "memory": "100Mi"}})
    joined = Joined(usage={("shop", "web"): Usage(0.1451, 91.9 * 2**20)})
    titles = ("CPU", "%CPU/R", "%CPU/L", "MEM", "%MEM/R", "%MEM/L")
    cells = [cell(pod, title, joined) for title in titles]
    assert [each.text for each in cells] == ["146m", "146", "73", "91Mi", "n/a", "91"]
    assert [each.tone for each in cells] == [Tone.PLAIN, Tone.PLAIN, Tone.WARN, Tone.PLAIN, Tone.DIM, Tone.BAD]
    assert {cell(pod, title).text for title in titles} == {"-"}


def test_the_container_that_is_meant_when_none_is_named() -> None:
    obj = running_pod("web")
    obj["spec"] = {"containers": [{"name": "app"}, {"name": "proxy"}], "initContainers": [{"name": "setup"}]}
    plain = read(obj)
    assert plain.containers == ("app", "proxy", "setup")
    assert (plain.default_container, plain.names_default) == ("app", False)

    obj["metadata"]["annotations"] = {"kubectl.kubernetes.io/default-container": "proxy", "other": "x"}
    assert (read(obj).default_container, read(obj).names_default) == ("proxy", True)
    obj["metadata"]["annotations"]["kubectl.kubernetes.io/default-container"] = "gone"
    assert (read(obj).default_container, read(obj).names_default) == ("app", False)


def test_enter_leads_to_its_containers() -> None:
    pod = read(running_pod("web"))
    opening = KIND.opens(pod)
    assert opening is not None
    assert (opening.what, opening.title, opening.namespace) == ("containers.k9py", "pod web", "shop")
    assert opening.of == "web"
    for name, kept in {"web": True, "web2": False}.items():
        obj = running_pod(name)
        rows = [row for _, row in containers.KIND.make(PODS, read(obj), lambda obj=obj: json.dumps(obj).encode())]  # type: ignore[misc]
        assert [opening.keep(row) for row in rows] == [kept]


def test_wide_columns() -> None:
    obj = running_pod("web", qosClass="Burstable")
    obj["spec"]["serviceAccountName"] = "builder"
    obj["metadata"]["labels"] = {"b": "2", "a": "1"}
    pod = read(obj)
    titles = ("LAST RESTART", "QOS", "SERVICE-ACCOUNT", "LABELS")
    assert [cell(pod, title).text for title in titles] == ["<none>", "Burstable", "builder", "a=1,b=2"]
    assert all(COLUMNS[title].wide for title in titles)
