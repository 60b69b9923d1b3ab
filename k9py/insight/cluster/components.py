"""The control plane: the API server, etcd, and what elects a leader among itself."""

from __future__ import annotations

from collections.abc import Iterator

from k9py.insight.cluster.facts import Facts
from k9py.insight.cluster.health import Check, Health
from k9py.insight.cluster.leases import RENEWS, read_sign
from k9py.insight.cluster.lines import Line, Link, Phrase, ago, link_to, plural, say, title, worst
from k9py.insight.cluster.objects import Lease
from k9py.insight.cluster.probes import Verdict
from k9py.kinds.pod import Pod
from k9py.values.age import parse_time
from k9py.values.cell import Tone
from k9py.values.text import clean

LEASES = "leases.coordination.k8s.io"
SCHEDULER, MANAGER, CLOUD = "kube-scheduler", "kube-controller-manager", "cloud-controller-manager"
_IDENTITY = "apiserver.kubernetes.io/identity"
_HOST = "kubernetes.io/hostname"
_PEER = "kubernetes.io/peer-advertise-address"
_SILENT = "its healthz answers on none of the nodes asked: the network plugin may do its work"
_HIDDEN = "neither a lease nor a pod in kube-system: who runs this cluster for you may hide it"


def draw_api_server(facts: Facts) -> Iterator[Line]:
    """Where it is, its version, both of its health endpoints, and each of its instances."""
    yield title("API server")
    tone = worst((facts.readyz.probe.tone, facts.livez.probe.tone))
    yield Line("server", facts.server, (say(facts.version or "version not known"),), tone)
    yield from _health(facts.readyz, facts)
    yield from _health(facts.livez, facts)
    yield from _instances(facts)
    yield from _pods(facts, "kube-apiserver")


def _health(health: Health, facts: Facts) -> Iterator[Line]:
    key, probe, failed = health.endpoint, health.probe, health.failed
    if health.checks:
        total = len(health.checks)
        said = f"{len(failed)} of {plural(total, 'check')} failed" if failed else f"{plural(total, 'check')} passed"
    else:
        said = " ".join(probe.text.split()) if probe.verdict is not Verdict.OK else ""
    word = "failed" if probe.verdict is Verdict.BAD else probe.verdict.value
    took = say(f"{probe.took * 1000:.0f} ms" if probe.took else "", Tone.DIM)
    names = ", ".join(check.name for check in failed)
    alarm = (f"failed: {names}" if names else f"{word}: {said}") if probe.tone in (Tone.BAD, Tone.WARN) else ""
    cells = (say(word, probe.tone), say(said), took)
    yield Line(key, key, cells, probe.tone, alarm=alarm, foldable=bool(health.checks))
    yield from (_check(key, check) for check in (health.checks if key in facts.unfolded else failed))


def _check(endpoint: str, check: Check) -> Line:
    tone = Tone.OK if check.passed else Tone.BAD
    return Line(f"{endpoint}:{check.name}", check.name, (say(check.said, tone),), tone, "detail")


def _instances(facts: Facts) -> Iterator[Line]:
    """An API server has a lease of its own since 1.26 (KEP-1965)."""
    seen = facts.leases
    leases = [each for each in seen.items if _IDENTITY in (each.metadata.labels or {})]
    for lease in sorted(leases, key=lambda each: each.metadata.name):
        sign = read_sign(lease, facts, seen.trouble, RENEWS)
        labels, annotations = lease.metadata.labels or {}, lease.metadata.annotations or {}
        where = say(annotations.get(_PEER, ""), Tone.DIM)
        yield Line(
            f"lease:{lease.metadata.name}",
            f"instance on {labels.get(_HOST) or lease.metadata.name}",
            (Phrase(sign.word, sign.tone), sign.when, where),
            sign.tone,
            link=link_to(LEASES, lease.metadata),
            alarm=sign.alarm,
        )
    if not leases:
        why = seen.trouble or "no lease tells of them in kube-system"
        yield Line("instances", "instances", (say("not seen", Tone.DIM), say(why, Tone.DIM)), Tone.DIM)


def draw_control_plane(facts: Facts) -> Iterator[Line]:
    """The rest of it."""
    yield title("Control plane")
    yield from _etcd(facts)
    yield from _elected(facts, SCHEDULER)
    yield from _elected(facts, MANAGER)
    if not _absent(facts, CLOUD):
        yield from _elected(facts, CLOUD)
    yield _kube_proxy(facts)


def _etcd(facts: Facts) -> Iterator[Line]:
    """All that is known of etcd is what the API server says of it, and its pods."""
    checks = facts.readyz.of("etcd")
    pods = _pods_of(facts, "etcd")
    failed = [check for check in checks if not check.passed]
    if checks:
        tone, word = (Tone.BAD, "failed") if failed else (Tone.OK, "ok")
        how = f"by readyz: {', '.join(check.name for check in checks)}"
    else:
        tone, word, how = Tone.DIM, "not seen", "readyz does not tell of it"
    if not pods:
        how += f" · its pods: {facts.pods.trouble or 'none in kube-system'}"
    alarm = f"the API server says: {', '.join(check.name for check in failed)} failed" if failed else ""
    yield Line("etcd", "etcd", (say(word, tone), say(how)), tone, alarm=alarm)
    yield from map(_pod, pods)


def _elected(facts: Facts, name: str) -> Iterator[Line]:
    lease = next((each for each in facts.leases.items if each.metadata.name == name), None)
    pods = _pods_of(facts, name)
    if lease:
        yield _leader(lease, facts)
    else:
        tone = worst((pod.summary.tone for pod in pods), Tone.DIM)
        why = facts.leases.trouble or facts.pods.trouble or ("no lease in kube-system" if pods else _HIDDEN)
        word = "not known" if pods else "not seen"
        yield Line(name, name, (say(word, Tone.DIM), say(why, Tone.DIM)), tone)
    yield from map(_pod, pods)


def _leader(lease: Lease, facts: Facts) -> Line:
    name = lease.metadata.name
    sign = read_sign(lease, facts, facts.leases.trouble)
    cells = [Phrase(sign.word, sign.tone), sign.when]
    acquired = parse_time(lease.spec.acquire_time)
    if lease.holder:
        by = f" by {clean(lease.holder)}"
        cells.append(say(f"led{by}") if acquired is None else Phrase("led for", since=facts.here(acquired), after=by))
    if changes := lease.spec.lease_transitions:
        cells.append(say(plural(changes, "change"), Tone.DIM))
    return Line(name, name, tuple(cells), sign.tone, link=link_to(LEASES, lease.metadata), alarm=sign.alarm)


def _absent(facts: Facts, name: str) -> bool:
    """Whether all could be seen, and there is none."""
    there = any(each.metadata.name == name for each in facts.leases.items) or _pods_of(facts, name)
    return not there and not facts.leases.trouble


def _kube_proxy(facts: Facts) -> Line:
    """Its DaemonSet; without one, on how many of the nodes that were asked it answers."""
    sets = [each for each in facts.daemon_sets.items if is_named(each.metadata.name, "kube-proxy")]
    if sets:
        status, link = sets[0].status, link_to("daemonsets.apps", sets[0].metadata)
        short = status.number_ready < status.desired_number_scheduled
        tone = Tone.WARN if short else Tone.OK
        counts = f"{status.number_ready} of {status.desired_number_scheduled} ready"
        cells = (say("short" if short else "ok", tone), say(f"DaemonSet, {counts}"))
        return Line("kube-proxy", "kube-proxy", cells, tone, link=link, alarm=counts if short else "")
    asked = [each.proxy for each in facts.probes.values() if each.proxy.verdict is not Verdict.ASKING]
    answered = sum(probe.verdict is Verdict.OK for probe in asked)
    if answered:
        said = f"no DaemonSet; its healthz answers on {answered} of {plural(len(asked), 'node')}"
        return Line("kube-proxy", "kube-proxy", (say("ok", Tone.OK), say(said)), Tone.OK)
    why = facts.daemon_sets.trouble or f"no DaemonSet; {_SILENT if asked else 'no node has been asked yet'}"
    return Line("kube-proxy", "kube-proxy", (say("not seen", Tone.DIM), say(why, Tone.DIM)), Tone.DIM)


def _pods(facts: Facts, name: str) -> Iterator[Line]:
    yield from map(_pod, _pods_of(facts, name))


def _pods_of(facts: Facts, name: str) -> list[Pod]:
    """The pods of a component: kubeadm labels them, others name them after it."""
    found = [pod for pod in facts.pods.items if _is_of(pod, name)]
    return sorted(found, key=lambda pod: pod.metadata.name)


def _is_of(pod: Pod, name: str) -> bool:
    component = (pod.metadata.labels or {}).get("component")
    return component == name if component else is_named(pod.metadata.name, name)


def is_named(name: str, component: str) -> bool:
    """Whether an object is named after a component: `kube-proxy`, `kube-proxy-x2k8p`."""
    return name == component or name.startswith(f"{component}-")


def _pod(pod: Pod) -> Line:
    summary = pod.summary
    static = any(owner.kind == "Node" for owner in pod.metadata.owner_references or ())
    cells = [say(summary.status, summary.tone), say(f"{'static pod' if static else 'pod'} on {pod.node or 'no node'}")]
    if summary.restarts:
        cells.append(say(plural(summary.restarts, "restart"), Tone.DIM))
        if summary.last_restart is not None:
            cells.append(ago("", summary.last_restart, Tone.DIM))
    alarm = summary.status if summary.tone in (Tone.BAD, Tone.WARN) else ""
    link: Link = link_to("pods", pod.metadata)
    return Line(f"pod:{pod.metadata.name}", pod.metadata.name, tuple(cells), summary.tone, "detail", link, alarm)
