"""The pods of a Job: how they are made, which of them have ended, and what is known of them when they are gone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from k9py.demo.controllers.owning import controller_ref
from k9py.demo.controllers.pods import Pod, pod_from_template
from k9py.demo.core.store import Entry, Obj

FINALIZER = "batch.kubernetes.io/job-tracking"
INDEX = "batch.kubernetes.io/job-completion-index"


@dataclass(frozen=True, slots=True)
class Tally:
    """The pods of a Job: all, those that run, those that end from now on with success or without it."""

    pods: Sequence[Pod]
    active: Sequence[Pod]
    succeeded: Sequence[Pod]
    failed: Sequence[Pod]

    @property
    def terminating(self) -> int:
        """Those on their way out."""
        return sum(1 for pod in self.pods if pod.terminating)

    @property
    def counted(self) -> list[Pod]:
        """Those that may go once the status knows of them."""
        return [*self.succeeded, *self.failed]


def tally(obj: Obj, pods: Sequence[Pod]) -> Tally:
    """What its pods are doing. The finalizer of a pod says that the status does not know of its end yet."""
    fresh = [pod for pod in pods if FINALIZER in pod.entry.meta.finalizers]
    lenient = obj["spec"].get("podReplacementPolicy") == "Failed" or bool(obj["spec"].get("podFailurePolicy"))
    failed = [pod for pod in fresh if pod.phase == "Failed" or (pod.terminating and not lenient)]
    succeeded = [pod for pod in fresh if pod.phase == "Succeeded"]
    return Tally(pods, [pod for pod in pods if pod.active], succeeded, failed)


def is_indexed(obj: Obj) -> bool:
    """Whether its completionMode is Indexed."""
    return bool(obj["spec"].get("completionMode") == "Indexed")


def index_of(pod: Pod) -> int:
    """The index of a pod; -1 for none."""
    text = pod.labels.get(INDEX, "")
    return int(text) if text.isdecimal() else -1


def completed_indexes(obj: Obj, found: Tally) -> str:
    """What status.completedIndexes is to say."""
    known = parse_indexes((obj.get("status") or {}).get("completedIndexes"))
    size = obj["spec"].get("completions", 0)
    fresh = {index_of(pod) for pod in found.succeeded}
    return write_indexes(known | {index for index in fresh if 0 <= index < size})


def open_indexes(obj: Obj, done: str, active: Iterable[Pod]) -> list[int]:
    """The indexes that have no pod and are not completed, the lowest first."""
    taken = parse_indexes(done) | {index_of(pod) for pod in active}
    return [index for index in range(obj["spec"].get("completions", 0)) if index not in taken]


def job_pod(entry: Entry, obj: Obj, index: int | None) -> Obj:
    """A new pod of a Job, of that index if it has indexes."""
    pod = pod_from_template(obj["spec"]["template"], entry.key.name, controller_ref(entry, "Job", "batch/v1"))
    metadata = pod["metadata"]
    metadata["finalizers"] = [*metadata.get("finalizers", ()), FINALIZER]
    if index is None:
        return pod
    metadata["generateName"] = f"{entry.key.name}-{index}-"
    metadata["labels"] = {**metadata.get("labels", {}), INDEX: str(index)}
    metadata["annotations"] = {**metadata.get("annotations", {}), INDEX: str(index)}
    pod["spec"]["hostname"] = f"{entry.key.name}-{index}"
    variable = {"name": "JOB_COMPLETION_INDEX", "valueFrom": {"fieldRef": {"fieldPath": f"metadata.labels['{INDEX}']"}}}
    for container in (*pod["spec"].get("initContainers", ()), *pod["spec"]["containers"]):
        names = {one["name"] for one in container.get("env") or ()}
        if variable["name"] not in names:
            container["env"] = [*(container.get("env") or ()), variable]
    return pod


def parse_indexes(text: str | None) -> set[int]:
    """The numbers that a text names."""
    found: set[int] = set()
    for part in filter(None, (text or "").split(",")):
        low, _, high = part.partition("-")
        found.update(range(int(low), int(high or low) + 1))
    return found


def write_indexes(numbers: Iterable[int]) -> str:
    """The text that names them: runs of three and more, and of two, as the real one writes them."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ",".join(_write_run(run) for run in runs)


def _write_run(run: list[int]) -> str:
    if len(run) < 3:
        return ",".join(map(str, run))
    return f"{run[0]}-{run[-1]}"
