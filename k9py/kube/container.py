"""What a pod says of one of its containers: whether there is more to come of its log, and if not, why."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import quote

import msgspec

from k9py.kube.wire import Sender, decode
from k9py.values.errors import ApiError
from k9py.values.log import LogSource
from k9py.values.request import Request

OVER = ("Succeeded", "Failed")


class _Terminated(msgspec.Struct, rename="camel"):
    exit_code: int = 0
    reason: str = ""


class _Waiting(msgspec.Struct):
    reason: str = ""


class _Running(msgspec.Struct):
    pass


class _State(msgspec.Struct):
    running: _Running | None = None
    waiting: _Waiting | None = None
    terminated: _Terminated | None = None


class _Status(msgspec.Struct, rename="camel"):
    name: str
    container_id: str = msgspec.field(default="", name="containerID")
    restart_count: int = 0
    state: _State = msgspec.field(default_factory=_State)


class _Container(msgspec.Struct, rename="camel"):
    name: str
    restart_policy: str = ""
    restart_policy_rules: list[msgspec.Raw] = []


class _Metadata(msgspec.Struct, rename="camel"):
    uid: str = ""
    deletion_timestamp: str = ""


class _Spec(msgspec.Struct, rename="camel"):
    restart_policy: str = "Always"
    containers: list[_Container] = []
    init_containers: list[_Container] = []
    ephemeral_containers: list[_Container] = []


class _PodStatus(msgspec.Struct, rename="camel"):
    phase: str = ""
    reason: str = ""
    container_statuses: list[_Status] = []
    init_container_statuses: list[_Status] = []
    ephemeral_container_statuses: list[_Status] = []


class _Pod(msgspec.Struct):
    metadata: _Metadata
    spec: _Spec
    status: _PodStatus = msgspec.field(default_factory=_PodStatus)


_pods = msgspec.json.Decoder(_Pod)


@dataclass(frozen=True, slots=True)
class ContainerFacts:
    """One container at one time. `run` tells one start of it from the next; it is empty before the first.

    `waiting` is the reason why it is not running yet or again, `ending` how it ended, `for_good` whether that is final.
    """

    name: str
    pod_uid: str = ""
    run: str = ""
    restarts: int = 0
    running: bool = False
    waiting: str = ""
    ending: str = ""
    for_good: bool = False

    @property
    def gone(self) -> bool:
        """There is no such pod any more."""
        return not self.pod_uid


def path_of(source: LogSource) -> str:
    """The path of the pod that has a log."""
    return f"/api/v1/namespaces/{quote(source.namespace, safe='')}/pods/{quote(source.pod, safe='')}"


async def read_container(transport: Sender, source: LogSource) -> ContainerFacts | None:
    """Ask the pod about the container; None if one may not ask, or if the pod has none of that name."""
    try:
        answer = await transport.send(Request("GET", path_of(source)))
    except ApiError as error:
        if error.missing:
            return ContainerFacts(source.container)
        if error.denied:
            return None
        raise
    return describe(decode(_pods, answer.body, "pod"), source.container)


def describe(pod: _Pod, name: str) -> ContainerFacts | None:
    """The facts of the container of that name."""
    spec, status = pod.spec, pod.status
    containers = [*spec.containers, *spec.init_containers, *spec.ephemeral_containers]
    container = next((each for each in containers if each.name == name), None)
    if container is None:
        return None
    statuses = [*status.container_statuses, *status.init_container_statuses, *status.ephemeral_container_statuses]
    told = next((each for each in statuses if each.name == name), None)
    facts = ContainerFacts(name, pod.metadata.uid)
    if told and told.container_id:
        return _describe_run(facts, told, pod, container)
    if status.phase in OVER:
        return replace(facts, ending=status.reason or status.phase, for_good=True)
    return replace(facts, waiting=(told and told.state.waiting and told.state.waiting.reason) or "Pending")


def _describe_run(facts: ContainerFacts, told: _Status, pod: _Pod, container: _Container) -> ContainerFacts:
    ended = told.state.terminated
    return replace(
        facts,
        run=told.container_id,
        restarts=told.restart_count,
        running=told.state.running is not None,
        waiting=told.state.waiting.reason if told.state.waiting else "",
        ending=f"{ended.reason or 'Ended'}, exit code {ended.exit_code}" if ended else "",
        for_good=ended is not None and not _comes_again(pod, container, ended),
    )


def _comes_again(pod: _Pod, container: _Container, ended: _Terminated) -> bool:
    """Whether the kubelet will start it once more (KEP-753 for sidecars, KEP-5307 for policies of a container)."""
    if pod.metadata.deletion_timestamp or pod.status.phase in OVER:
        return False
    if container in pod.spec.ephemeral_containers:
        return False
    if container.restart_policy_rules:
        return True
    policy = container.restart_policy or pod.spec.restart_policy
    if not container.restart_policy and container in pod.spec.init_containers and policy == "Always":
        policy = "OnFailure"  # an init container that is done is done
    return policy == "Always" or (policy == "OnFailure" and ended.exit_code != 0)
