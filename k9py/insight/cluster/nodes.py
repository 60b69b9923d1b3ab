"""The nodes: a line each, those in trouble first, with the kubelet and the kube-proxy of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from k9py.insight.cluster.components import is_named
from k9py.insight.cluster.facts import Facts, NodeProbes
from k9py.insight.cluster.leases import Sign, read_sign
from k9py.insight.cluster.lines import GRAVITY, NOTHING, Line, Phrase, ago, link_to, say, title, worst
from k9py.insight.cluster.objects import Lease, NodeFacts
from k9py.insight.cluster.probes import Probe, Verdict
from k9py.insight.cluster.skew import skew_of
from k9py.kinds.pod import Pod
from k9py.kinds.usage import UNMEASURED, share_cell
from k9py.values.age import parse_time
from k9py.values.cell import Cell, Tone
from k9py.values.quantity import millicores, parse_quantity
from k9py.values.usage import Usage

PREFIX = "node:"
HEAD = Line(
    "head:nodes",
    "NAME",
    tuple(map(Phrase, ("STATUS", "LEASE", "VERSION", "KUBELET", "KUBE-PROXY", "CPU", "MEM", "CONDITIONS"))),
    part="head",
    grid=True,
)


@dataclass(frozen=True)
class _Inputs:
    """All that the line of one node is made of."""

    node: NodeFacts
    sign: Sign | None
    trouble: str
    """Why leases are not seen."""
    proxy: Pod | None
    probes: NodeProbes
    usage: Usage | None
    server: str


class NodeLines:
    """Draws them, and draws again only those of which something has changed: there may be thousands."""

    def __init__(self) -> None:
        self._made: dict[str, tuple[_Inputs, Line]] = {}

    def draw(self, facts: Facts) -> Iterator[Line]:
        """The section of the nodes."""
        seen = facts.nodes
        before, self._made = self._made, {}
        leases = {lease.metadata.name: lease for lease in facts.node_leases.items}
        proxies = {pod.node: pod for pod in facts.pods.items if _is_proxy(pod)}
        lines = [self._line(node, facts, leases, proxies, before) for node in seen.items]
        yield title(f"Nodes {len(lines):,}")
        if seen.trouble:
            yield Line("nodes", "not seen" if not lines else "as they were", (say(seen.trouble, Tone.DIM),), Tone.DIM)
        if lines:
            yield HEAD
        for line in sorted(lines, key=lambda line: (GRAVITY.index(line.tone), line.key)):
            yield line
            if line.key in facts.unfolded:
                yield from _details(self._made[line.label][0], facts)

    def _line(
        self,
        node: NodeFacts,
        facts: Facts,
        leases: Mapping[str, Lease],
        proxies: Mapping[str, Pod],
        before: Mapping[str, tuple[_Inputs, Line]],
    ) -> Line:
        name = node.metadata.name
        lease, trouble = leases.get(name), facts.node_leases.trouble
        probes = facts.probes.get(name, NodeProbes())
        usage = probes.usage or facts.usage.get(("", name))
        sign = read_sign(lease, facts, trouble) if lease else None
        inputs = _Inputs(node, sign, trouble, proxies.get(name), probes, usage, facts.version)
        made = before.get(name)
        line = made[1] if made and made[0] == inputs else _draw_node(inputs)
        self._made[name] = (inputs, line)
        return line


def _is_proxy(pod: Pod) -> bool:
    return is_named(pod.metadata.name, "kube-proxy") or (pod.metadata.labels or {}).get("k8s-app") == "kube-proxy"


def _draw_node(it: _Inputs) -> Line:
    node, probes = it.node, it.probes
    alarms: list[str] = []
    status = _status(node, alarms)
    conditions = _conditions(node, alarms)
    lease = _lease(it.sign, it.trouble, alarms)
    version = _version(it, alarms)
    kubelet = _kubelet(probes.kubelet, alarms)
    proxy = _proxy(it.proxy, probes.proxy, alarms)
    cells = (status, lease, version, kubelet, proxy, *_load(it), conditions)
    judged = (status, lease, version, kubelet, proxy, conditions)
    tone = worst(cell.tone for cell in judged if cell.tone not in (Tone.PLAIN, Tone.DIM))
    link = link_to("nodes", node.metadata)
    key = f"{PREFIX}{node.metadata.name}"
    return Line(key, node.metadata.name, cells, tone, link=link, alarm="; ".join(alarms), grid=True, foldable=True)


def _details(it: _Inputs, facts: Facts) -> Iterator[Line]:
    """All that a node and its kubelet tell of themselves."""
    name = it.node.metadata.name
    for each in it.node.status.conditions:
        good = each.status == ("True" if each.type == "Ready" else "False")
        tone = Tone.OK if good else Tone.BAD if each.type == "Ready" else Tone.WARN
        cells = [say(each.status, tone), say(f"{each.reason}: {each.message}".strip(": "))]
        if (since := parse_time(each.last_heartbeat_time)) is not None:
            cells.append(ago("told", facts.here(since), Tone.DIM))
        yield Line(f"{PREFIX}{name}:{each.type}", each.type, tuple(cells), tone, "detail")
    if it.sign is None or it.trouble:
        told = say(it.trouble or "none in kube-node-lease")
        yield Line(f"{PREFIX}{name}:lease", "lease", (say("not seen", Tone.DIM), told), Tone.DIM, "detail")
    info, probes = it.node.status.node_info, it.probes
    runs = say(f"{info.os_image}, {info.kernel_version}, {info.container_runtime_version}".strip(", "))
    yield Line(f"{PREFIX}{name}:info", "runs", (say(info.architecture), runs), part="detail")
    for label, probe in (("kubelet", probes.kubelet), ("kube-proxy", probes.proxy), ("stats", probes.stats)):
        said = "" if probe.verdict is Verdict.OK else " ".join(probe.text.split())
        took = say(f"{probe.took * 1000:.0f} ms" if probe.took else "", Tone.DIM)
        yield Line(
            f"{PREFIX}{name}:{label}",
            label,
            (say(probe.verdict.value, probe.tone), say(said), took),
            probe.tone,
            "detail",
        )


def _status(node: NodeFacts, alarms: list[str]) -> Phrase:
    ready = node.ready
    if ready.status != "True":
        alarms.append(f"not ready: {ready.reason}: {ready.message}".rstrip(": "))
        return say("NotReady" if ready.status == "False" else "Unknown", Tone.BAD)
    return say("Ready,cordoned", Tone.BUSY) if node.spec.unschedulable else say("Ready", Tone.OK)


def _conditions(node: NodeFacts, alarms: list[str]) -> Phrase:
    """Those that a healthy node has not: pressure, a network that is missing."""
    wrong = [each for each in node.status.conditions if each.type != "Ready" and each.status == "True"]
    alarms += [f"{each.type}: {each.message or each.reason}" for each in wrong]
    if wrong:
        return say(", ".join(each.type for each in wrong), Tone.WARN)
    return say(node.ready.reason, Tone.DIM)


def _lease(sign: Sign | None, trouble: str, alarms: list[str]) -> Phrase:
    if sign is None:
        return say(trouble.partition(":")[0] or "none", Tone.DIM)
    if sign.alarm:
        alarms.append(sign.alarm)
    if sign.when.since is None:
        return say(sign.word, sign.tone)
    return Phrase("expired" if sign.tone is Tone.BAD else "", sign.tone, sign.when.since, "", 3)


def _version(it: _Inputs, alarms: list[str]) -> Phrase:
    version = it.node.status.node_info.kubelet_version
    wrong = skew_of(version, it.server)
    if wrong:
        alarms.append(wrong)
    return say(version or "not told", Tone.WARN if wrong else Tone.PLAIN)


def _kubelet(probe: Probe, alarms: list[str]) -> Phrase:
    if probe.verdict is Verdict.BAD:
        alarms.append(f"its kubelet says: {' '.join(probe.text.split())}")
    if probe.verdict is Verdict.ASKING:
        return NOTHING
    return say(probe.verdict.value, Tone.WARN if probe.verdict is Verdict.REFUSED else probe.tone)


def _proxy(pod: Pod | None, probe: Probe, alarms: list[str]) -> Phrase:
    """A pod that does not run tells more than its healthz; one that runs is as well as that says."""
    if pod and pod.summary.tone not in (Tone.OK, Tone.PLAIN):
        alarms.append(f"its kube-proxy is {pod.summary.status}")
        return say(f"pod {pod.summary.status}", pod.summary.tone)
    where = "pod" if pod else "no pod"
    if probe.verdict is Verdict.BAD:
        alarms.append("its kube-proxy says that it is not healthy")
    if probe.verdict in (Verdict.OK, Verdict.BAD):
        return say(f"{probe.verdict.value}, {where}", probe.tone)
    if pod:
        return say("pod Running" if probe.verdict is Verdict.ASKING else f"pod Running, {probe.verdict.value}", Tone.OK)
    if probe.verdict is Verdict.ASKING:
        return NOTHING
    return say("none seen" if probe.verdict is Verdict.REFUSED else probe.verdict.value, Tone.DIM)


def _load(it: _Inputs) -> tuple[Phrase, Phrase]:
    if it.usage is None:
        return NOTHING, NOTHING
    room = it.node.status.allocatable
    cpu = share_cell(millicores(it.usage.cpu), millicores(parse_quantity(room.get("cpu", "0"))))
    memory = share_cell(int(it.usage.memory), int(parse_quantity(room.get("memory", "0"))))
    return _share(cpu), _share(memory)


def _share(cell: Cell) -> Phrase:
    return NOTHING if cell == UNMEASURED else Phrase(f"{cell.text:>2}%" if cell.text != "n/a" else cell.text, cell.tone)
