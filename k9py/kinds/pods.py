"""Pods: in kubectl's words, with what they use of what they asked for. Enter leads to their logs."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import msgspec

from k9py.kinds.kind import AGE, LABELS, NAME, NONE, Kind, Opening, always, count_cell, ratio_cell, text_cell
from k9py.kinds.pod_parts import PodMetadata, PodSpec, PodStatus, Resources
from k9py.kinds.pod_status import PodSummary, summarise
from k9py.kinds.usage import UNMEASURED, cpu_cell, memory_cell, share_cell
from k9py.store.column import Column, Joined
from k9py.values.cell import Cell, Tone
from k9py.values.quantity import millicores, parse_quantity
from k9py.values.usage import Usage


class Budget(NamedTuple):
    """What a pod asked for and may use at most: thousandths of cores and bytes, 0 where nothing is said."""

    cpu_request: int
    cpu_limit: int
    memory_request: int
    memory_limit: int


_NO_BUDGET = Budget(0, 0, 0, 0)


class Pod(msgspec.Struct, gc=False):
    """A pod. What is computed from several fields is computed once for each version of it, and kept."""

    metadata: PodMetadata
    spec: PodSpec = PodSpec()
    status: PodStatus = PodStatus()
    _summary: PodSummary | None = None
    _budget: Budget | None = None

    @property
    def summary(self) -> PodSummary:
        """READY, STATUS and RESTARTS."""
        if self._summary is None:
            self._summary = summarise(self.metadata, self.spec, self.status)
        return self._summary

    @property
    def budget(self) -> Budget:
        """Requests and limits of all that runs in it at the same time."""
        if self._budget is None:
            self._budget = _add_up(self.spec)
        return self._budget

    @property
    def containers(self) -> list[str]:
        """The names of its containers that may have logs: those that run, then those that run before them."""
        return [container.name for container in (*self.spec.containers, *self.spec.init_containers)]

    @property
    def names_default(self) -> bool:
        """Whether an annotation says which container is meant when none is named."""
        return bool(self.metadata.annotations and self.metadata.annotations.default_container in self.containers)

    @property
    def default_container(self) -> str:
        """The container that is meant when none is named: the annotation's, else the first."""
        if self.names_default and self.metadata.annotations:
            return self.metadata.annotations.default_container
        return next(iter(self.containers), "")


def _add_up(spec: PodSpec) -> Budget:
    asked = [_asked(container.resources) for container in spec.containers]
    asked += [_asked(container.resources) for container in spec.init_containers if container.is_sidecar]
    return _total(_amounts(spec.resources), *asked)


@lru_cache(maxsize=4096)
def _total(own: Budget, *asked: Budget) -> Budget:
    """What the pod asks for as a whole counts instead of its containers' sums."""
    return Budget(*[whole or sum(parts) for whole, *parts in zip(own, *asked, strict=True)])


def _asked(resources: Resources) -> Budget:
    """A container's part. One that asks for nothing is given what its limits say."""
    return _amounts(resources if resources.requests else Resources(resources.limits, resources.limits))


def _amounts(resources: Resources) -> Budget:
    requests, limits = resources.requests, resources.limits
    if not requests and not limits:
        return _NO_BUDGET
    requests, limits = requests or {}, limits or {}
    return _budget_of(requests.get("cpu"), limits.get("cpu"), requests.get("memory"), limits.get("memory"))


@lru_cache(maxsize=4096)
def _budget_of(cpu: str | None, cpu_limit: str | None, memory: str | None, memory_limit: str | None) -> Budget:
    cores, cores_limit, size, size_limit = [
        parse_quantity(quantity) if quantity else 0.0 for quantity in (cpu, cpu_limit, memory, memory_limit)
    ]
    return Budget(millicores(cores), millicores(cores_limit), int(size), int(size_limit))


def _usage(pod: Pod, joined: Joined) -> Usage | None:
    return joined.usage.get((pod.metadata.namespace, pod.metadata.name))


def _ready(pod: Pod, _joined: Joined) -> Cell:
    summary = pod.summary
    return ratio_cell(summary.ready, summary.total)


def _status(pod: Pod, _joined: Joined) -> Cell:
    summary = pod.summary
    return _status_cell(summary.status, summary.tone)


@lru_cache(maxsize=256)
def _status_cell(status: str, tone: Tone) -> Cell:
    return Cell(status, tone)


def _restarts(pod: Pod, _joined: Joined) -> Cell:
    """`14`, painted `14 (2m ago)` as kubectl writes it."""
    count, last = pod.summary.restarts, pod.summary.last_restart
    return count_cell(count) if last is None else Cell(str(count), Tone.PLAIN, count, last)


def _last_restart(pod: Pod, _joined: Joined) -> Cell:
    last = pod.summary.last_restart
    return NONE if last is None else Cell("", Tone.PLAIN, -last, last)


def _cpu(pod: Pod, joined: Joined) -> Cell:
    return cpu_cell(_usage(pod, joined))


def _memory(pod: Pod, joined: Joined) -> Cell:
    return memory_cell(_usage(pod, joined))


def _cpu_of_request(pod: Pod, joined: Joined) -> Cell:
    usage = _usage(pod, joined)
    return share_cell(millicores(usage.cpu), pod.budget.cpu_request, warns=False) if usage else UNMEASURED


def _cpu_of_limit(pod: Pod, joined: Joined) -> Cell:
    usage = _usage(pod, joined)
    return share_cell(millicores(usage.cpu), pod.budget.cpu_limit) if usage else UNMEASURED


def _memory_of_request(pod: Pod, joined: Joined) -> Cell:
    usage = _usage(pod, joined)
    return share_cell(int(usage.memory), pod.budget.memory_request, warns=False) if usage else UNMEASURED


def _memory_of_limit(pod: Pod, joined: Joined) -> Cell:
    usage = _usage(pod, joined)
    return share_cell(int(usage.memory), pod.budget.memory_limit) if usage else UNMEASURED


def _ip(pod: Pod, _joined: Joined) -> Cell:
    ip = pod.status.pod_ips[0].ip if pod.status.pod_ips else ""
    return Cell(ip) if ip else NONE


def _gates(pod: Pod, _joined: Joined) -> Cell:
    gates = pod.spec.readiness_gates
    if not gates:
        return NONE
    states = {condition.type: condition.status for condition in reversed(pod.status.conditions)}
    return Cell(f"{sum(states.get(gate.condition_type) == 'True' for gate in gates)}/{len(gates)}")


def _tone(pod: Pod, _joined: Joined) -> Tone:
    return pod.summary.tone


def _opens(pod: Pod) -> Opening:
    uid = pod.metadata.uid
    return Opening(
        "logs", f"pod {pod.metadata.name}", pod.metadata.namespace, lambda obj: bool(obj.metadata.uid == uid)
    )


KIND = Kind(
    "",
    "pods",
    Pod,
    always(
        NAME,
        Column("READY", _ready, numeric=True),
        Column("STATUS", _status, glyph=True),
        Column("RESTARTS", _restarts, numeric=True),
        Column("LAST RESTART", _last_restart, numeric=True, wide=True),
        Column("CPU", _cpu, "right", numeric=True),
        Column("%CPU/R", _cpu_of_request, "right", numeric=True),
        Column("%CPU/L", _cpu_of_limit, "right", numeric=True),
        Column("MEM", _memory, "right", numeric=True),
        Column("%MEM/R", _memory_of_request, "right", numeric=True),
        Column("%MEM/L", _memory_of_limit, "right", numeric=True),
        Column("IP", _ip),
        Column("NODE", lambda pod, _: text_cell(pod.spec.node_name)),
        Column("NOMINATED NODE", lambda pod, _: text_cell(pod.status.nominated_node_name), wide=True),
        Column("READINESS GATES", _gates, wide=True),
        Column("QOS", lambda pod, _: text_cell(pod.status.qos_class), wide=True),
        Column("SERVICE-ACCOUNT", lambda pod, _: text_cell(pod.spec.service_account_name), wide=True),
        LABELS,
        AGE,
    ),
    _tone,
    joins=frozenset({"usage"}),
    opens=_opens,
)
