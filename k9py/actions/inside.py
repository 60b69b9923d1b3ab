"""The containers of a pod that one can talk to: which there are, which is meant, and what those do that do not run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from k9py.actions.action import Fact, Pick
from k9py.actions.gather import read_each
from k9py.actions.plan import Plan, Refusal, Target
from k9py.values.errors import K9pyError
from k9py.values.request import Read, Request
from k9py.values.resource import Resource

ANNOTATION = "kubectl.kubernetes.io/default-container"
_GROUPS = (
    ("containers", "containerStatuses", ""),
    ("initContainers", "initContainerStatuses", "init"),
    ("ephemeralContainers", "ephemeralContainerStatuses", "ephemeral"),
)


@dataclass(frozen=True, slots=True)
class Place:
    """One container. `sort` is empty for a regular one, else init, sidecar, ephemeral; `why` is why it does not run."""

    name: str
    sort: str
    why: str
    stdin: bool = False
    stdin_once: bool = False
    tty: bool = False

    @property
    def runs(self) -> bool:
        """Whether it can be talked to."""
        return not self.why

    @property
    def line(self) -> str:
        """It in a list to choose from: its name, which has no space, and what is to be known of it."""
        return "   ".join(part for part in (self.name, self.sort, self.why) if part)


def are_pods(resource: Resource) -> bool:
    """Whether these rows are pods, or stand for one (containers)."""
    return resource.gvr.full_name == "pods"


def places_of(pod: Mapping[str, Any]) -> tuple[Place, ...]:
    """The containers of a pod (v1), those first that it is made for."""
    return tuple(_places(pod))


def _places(pod: Mapping[str, Any]) -> Iterator[Place]:
    spec, status = pod["spec"], pod.get("status") or {}
    for wanted, told, sort in _GROUPS:
        states = {each["name"]: each.get("state") or {} for each in status.get(told) or ()}
        for each in spec.get(wanted) or ():
            sidecar = sort == "init" and each.get("restartPolicy") == "Always"
            why = _why(states.get(each["name"]) or {}, str(status.get("phase") or ""))
            flags = (bool(each.get(flag)) for flag in ("stdin", "stdinOnce", "tty"))
            yield Place(each["name"], "sidecar" if sidecar else sort, why, *flags)


def _why(state: Mapping[str, Any], phase: str) -> str:
    """What a container does instead of running; empty when it runs (ContainerState of v1)."""
    if "running" in state:
        return ""
    if ended := state.get("terminated"):
        return f"terminated: {ended.get('reason') or 'Ended'}, exit code {ended.get('exitCode', 0)}"
    if waiting := state.get("waiting"):
        return f"waiting: {waiting.get('reason') or 'nothing is said of why'}"
    return f"not started, the pod is {phase}" if phase else "not started"


def place_in(pod: Mapping[str, Any], name: str) -> Place:
    """The container of that name, running. K9pyError says that it is not there, or what it does instead."""
    place = next((each for each in places_of(pod) if each.name == name), None)
    if place is None:
        raise K9pyError(f"the pod has no container {name}")
    if not place.runs:
        raise K9pyError(f"container {name} does not run: {place.why}", "its log (l) may say more")
    return place


async def gather(read: Read, targets: Sequence[Target]) -> tuple[Fact, ...]:
    """The pods; one without a container that runs is a failed Fact."""
    return tuple(_check(fact) for fact in await read_each(read, targets))


def _check(fact: Fact) -> Fact:
    if fact.failed:
        return fact
    try:
        if fact.target.part:
            place_in(fact.found, fact.target.part)
        elif not any(place.runs for place in places_of(fact.found)):
            said = ", ".join(f"{place.name} ({place.why})" for place in _worth_naming(fact.found))
            raise K9pyError(f"no container of it runs: {said}", "its log (l) may say more")
    except K9pyError as error:
        return replace(fact, failed=error)
    return fact


def _worth_naming(pod: Mapping[str, Any]) -> list[Place]:
    """The containers to choose from: an init container only while it runs, as it has done its work, or waits for it."""
    return [place for place in places_of(pod) if place.runs or place.sort != "init"]


def sole_place(fact: Fact) -> Place | None:
    """The container that is meant without a question: the row's own, the pod's default one, the only one."""
    places = _worth_naming(fact.found)
    default = (fact.found["metadata"].get("annotations") or {}).get(ANNOTATION)
    for name in (fact.target.part, default):
        if found := next((place for place in places if place.name == name and place.runs), None):
            return found
    return places[0] if len(places) == 1 else None


def pick(facts: Sequence[Fact]) -> Pick | None:
    """The question for the container, where it is not clear which one is meant."""
    fact = facts[0]
    if fact.failed or sole_place(fact):
        return None
    places = _worth_naming(fact.found)
    first = next(place for place in places if place.runs)
    barred = tuple(place.line for place in places if not place.runs)
    title = f"Which container of {fact.target.key.label}?"
    return Pick(title, tuple(place.line for place in places), first.line, barred)


def chosen(fact: Fact, picked: str) -> Place:
    """The container that is meant, after the question. K9pyError where it is not clear, or does not run."""
    place = place_in(fact.found, picked.split()[0]) if picked else sole_place(fact)
    if place is None:
        raise K9pyError("the pod has several containers", "choose one of them")
    return place


def is_windows(pod: Mapping[str, Any]) -> bool:
    """Whether it runs on Windows, as far as its spec says."""
    spec = pod["spec"]
    said = (spec.get("os") or {}).get("name") or (spec.get("nodeSelector") or {}).get("kubernetes.io/os")
    return bool(said == "windows")


def within(fact: Fact, place: Place) -> Target:
    """The container as a target."""
    return replace(fact.target, part=place.name)


def open_request(target: Target, subresource: str, place: Place, tty: bool, stdin: bool, *command: str) -> Request:
    """The request for a conversation: pods/exec or pods/attach, whose terminal has one output for both."""
    flags = {"stdin": stdin, "stdout": True, "stderr": not tty, "tty": tty}
    query: dict[str, str | Sequence[str]] = {"container": place.name}
    query |= {name: "true" for name, wanted in flags.items() if wanted}
    if command:
        query["command"] = command
    return Request("GET", target.path(subresource), query)


def refused(title: str, fact: Fact, error: K9pyError | None = None) -> Plan:
    """A Plan that does nothing, and says why."""
    why = error or fact.failed
    return Plan(title, (), refusals=(Refusal(fact.target, why.line if why else ""),))
