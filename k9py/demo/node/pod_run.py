"""One pod on its node: what the kubelet does for it, step by step, and what it says of it."""

from __future__ import annotations

from collections.abc import Generator
from random import Random
from typing import TYPE_CHECKING

from k9py.demo.api.events import subject
from k9py.demo.api.podresources import qos_class
from k9py.demo.core.clock import Timer
from k9py.demo.core.store import Entry, Obj
from k9py.demo.node import admission, mounts, reporting, resizing, restoring, statuses, stopping
from k9py.demo.node.container import EPHEMERAL, INIT, MAIN, Container, specs_of
from k9py.demo.node.files import Volume
from k9py.demo.node.launch import launch
from k9py.demo.node.ordering import due, finished
from k9py.demo.node.probes import Prober
from k9py.demo.node.program import Process, Program
from k9py.demo.node.working import Work, Worker
from k9py.values.age import parse_time

if TYPE_CHECKING:
    from k9py.demo.cluster import Cluster
    from k9py.demo.node.kubelet import Kubelet


class PodRun(Worker):
    """What a kubelet keeps of one pod."""

    def __init__(self, kubelet: Kubelet, entry: Entry) -> None:
        super().__init__(kubelet.cluster.clock)
        self.kubelet = kubelet
        self.entry = entry
        self.key = entry.key
        self.uid = entry.meta.uid
        self.random = Random(self.uid)
        self.containers: dict[str, Container] = {}
        self.prober = Prober(self)
        self.ip = ""
        self.sandboxed = False
        self.shown_ip = False
        self.over = ""
        """The phase in which it has ended for good."""
        self.failure: tuple[str, str] = ("", "")
        """Reason and message of a pod that the kubelet itself has given up."""
        self.stopping = False
        self.resizing = False
        self.resize_pending: tuple[str, str] | None = None
        """Reason and message of a resize that the node cannot do."""
        self.volumes: dict[str, Volume] = {}
        """What its containers share, by name."""
        self._gated = False
        """Whether its readiness depends on conditions that others write."""
        self._mount_wait = 0.0
        self._deadline: Timer | None = None

    @property
    def cluster(self) -> Cluster:
        """Where it runs."""
        return self.kubelet.cluster

    def pod(self) -> Obj:
        """The pod as the store has it, a copy."""
        return self.entry.read()

    def tell(self, reason: str, message: str, path: str = "") -> None:
        """A Normal event."""
        self.kubelet.recorder.normal(subject(self.entry, "Pod", "v1"), reason, message, path)

    def warn(self, reason: str, message: str, path: str = "") -> None:
        """A Warning event."""
        self.kubelet.recorder.warning(subject(self.entry, "Pod", "v1"), reason, message, path)

    # what happens to it

    def begin(self) -> None:
        """It has just been bound to the node."""
        refused = admission.refusal(self, self.pod())
        if refused:
            self.cluster.clock.after(0.05, lambda: self._refuse(*refused))
            return
        self.kubelet.claim_address(self)
        self._watch_deadline()
        self.sync_in(self.random.uniform(0.01, 0.1))

    def _refuse(self, reason: str, message: str) -> None:
        """The kubelet does not take it: it has failed before anything of it has run."""
        if self.entry.meta.deletion_timestamp:
            return
        self.warn(reason, message)
        self.over, self.failure = "Failed", (reason, f"Pod was rejected: {message}")
        status = {
            "phase": "Failed",
            "reason": reason,
            "message": self.failure[1],
            "qosClass": qos_class(self.pod()["spec"]),
            "observedGeneration": self.entry.meta.generation,
            "startTime": self.cluster.clock.stamp(),
        }
        self.kubelet.write_status(self.key, status)

    def resume(self) -> None:
        """It has been on the node for long: go on from where its status says it is."""
        self.kubelet.claim_address(self)
        pod = self.pod()
        self._adopt_containers(pod)
        restoring.restore(self, pod)
        if not self.over:
            self._watch_deadline()

    def seen(self, entry: Entry) -> None:
        """The pod has changed in the store."""
        old, self.entry = self.entry, entry
        if entry.meta.deletion_timestamp:
            if not self.stopping:
                self.stop()
            elif entry.meta.deletion_timestamp != old.meta.deletion_timestamp:
                self.wake()
        elif entry.meta.generation != old.meta.generation:
            self._watch_deadline()
            self.sync_in(0.05)
        elif self._gated:
            self.sync_in(0.1)

    def ended(self, container: Container, process: Process | None, code: int, reason: str) -> None:
        """A process has ended."""
        if process is None:
            return
        container.process = None
        container.ended = self.cluster.clock.now
        container.started = False
        container.ready = container.kind == INIT and not container.sidecar and code == 0
        self.prober.end(container)
        process.out.end()
        container.state = {"terminated": _terminated(self.cluster, container, process, code, reason)}
        if self.patient:
            self.wake()
        elif not self.stopping:
            self.sync_in(self.random.uniform(0.2, 1.0))

    def stop(self) -> None:
        """It is being deleted."""
        self.stopping = True
        self.begin_work(stopping.leave(self))

    def evict(self, reason: str, message: str) -> None:
        """The kubelet gives it up: its containers are stopped, and it has failed."""
        if self.stopping or self.over:
            return
        self.failure = (reason, message)
        self.begin_work(stopping.fail(self))

    def vanish(self) -> None:
        """It is gone from the store: nothing of it may remain."""
        self.stopping = True
        self.abandon()
        if self._deadline:
            self._deadline.cancel()
        for container in self.containers.values():
            if container.process:
                container.process.exit(137)
            self.prober.end(container)
        self.kubelet.free_address(self)

    def crash(self) -> None:
        """The node has gone down with all that ran on it. Nothing is said of it until the node is back."""
        self.abandon()
        self.stopping = True
        for container in self.containers.values():
            if container.process:
                container.process.exit(255, "Unknown")
        self.sandboxed = False

    def revive(self) -> None:
        """The node is back."""
        self.stopping = False
        entry = self.cluster.store.get(self.key)
        if entry is None or entry.meta.uid != self.uid:
            return
        self.entry = entry
        if entry.meta.deletion_timestamp:
            self.stop()
        elif not self.over:
            self.tell("SandboxChanged", "Pod sandbox changed, it will be killed and re-created.")
            self.sync_in(self.random.uniform(0.2, 2.0))

    # one sync

    def sync(self) -> Work:
        """Bring it one step nearer to what its spec asks for, and say what it is."""
        if self.stopping:
            return
        pod = self.pod()
        self._adopt_containers(pod)
        self._show_reasons()
        resizing.allocate(self, pod)
        self.write()
        if self.over:
            return
        if finished(pod, self.containers):
            yield from stopping.finish(self)
            return
        fresh = not self.sandboxed
        if fresh and not (yield from self._make_sandbox(pod)):
            return
        yield from stopping.kill_unhealthy(self)
        yield from resizing.actuate(self, pod)
        changed = yield from self._launch_due(pod)
        if fresh or changed:
            # whatever the runtime has made is seen a moment later (the kubelet's PLEG)
            self.sync_in(self.random.uniform(0.2, 0.8))

    def _make_sandbox(self, pod: Obj) -> Generator[float, None, bool]:
        problems = mounts.missing(self.cluster, pod)
        for problem in problems:
            self.warn("FailedMount", problem)
        if problems:
            self._mount_wait = min(self._mount_wait * 2 or 0.5, 122.0)
            self.sync_in(self._mount_wait)
            return False
        yield self.random.uniform(0.4, 1.0)
        self.sandboxed = True
        self.write()
        self.shown_ip = True
        return True

    def _launch_due(self, pod: Obj) -> Generator[float, None, bool]:
        """Start what is to be started. Answers whether there is a new container."""
        specs = specs_of(pod)
        changed = False
        soonest: float | None = None
        for container in due(pod, self.containers):
            before = container.id
            again = yield from launch(self, pod, specs[container.name], container)
            changed = changed or container.id != before
            if again:
                soonest = again if soonest is None else min(soonest, again)
        if soonest is not None:
            self.retry_in(soonest)
        return changed

    def _adopt_containers(self, pod: Obj) -> None:
        """A Container for each that the spec names; ephemeral ones come later than the others."""
        reason = "PodInitializing" if pod["spec"].get(INIT) else "ContainerCreating"
        self._gated = bool(pod["spec"].get("readinessGates"))
        for kind in (INIT, MAIN, EPHEMERAL):
            for spec in pod["spec"].get(kind, ()):
                if spec["name"] not in self.containers:
                    sidecar = kind == INIT and spec.get("restartPolicy") == "Always"
                    container = Container(spec["name"], Program(), kind=kind, sidecar=sidecar)
                    container.state = statuses.waiting(reason)
                    self.containers[container.name] = container

    def _show_reasons(self) -> None:
        """What the last attempt has failed for is said now, one sync later, as the kubelet's reason cache does it."""
        for container in self.containers.values():
            reason, message = container.reason
            if container.running or not reason:
                continue
            if "terminated" in container.state:
                container.last = container.state
            container.state = statuses.waiting(reason, message)

    # what it says

    def write(self, phase: str = "") -> None:
        """Write the status, if it has changed."""
        pod = self.pod()
        status = reporting.status_of(self, pod, phase or self.over)
        if status != pod.get("status"):
            self.kubelet.write_status(self.key, status)

    def _watch_deadline(self) -> None:
        """Its activeDeadlineSeconds count from the start time."""
        if self._deadline:
            self._deadline.cancel()
            self._deadline = None
        pod = self.pod()
        seconds = pod["spec"].get("activeDeadlineSeconds")
        if seconds is not None:
            start = parse_time((pod.get("status") or {}).get("startTime")) or self.cluster.clock.now
            self._deadline = self.cluster.clock.at(start + seconds, self._expire)

    def _expire(self) -> None:
        text = "Pod was active on the node longer than the specified deadline"
        if not self.over and not self.stopping:
            self.tell("DeadlineExceeded", text)
            self.evict("DeadlineExceeded", text)


def _terminated(cluster: Cluster, container: Container, process: Process, code: int, reason: str) -> Obj:
    found: Obj = {"exitCode": code, "reason": reason or ("Completed" if code == 0 else "Error")}
    if process.message:
        found["message"] = process.message
    found |= {"startedAt": cluster.clock.stamp(container.began), "finishedAt": cluster.clock.stamp()}
    return {**found, "containerID": container.id}
