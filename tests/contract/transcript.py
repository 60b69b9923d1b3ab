"""A transcript: commands, each with the answer that is expected of it.

    # what the case is about
    $ kubectl apply -f web.yaml
    deployment.apps/web created
    $ until 2/2 kubectl get deployment web
    …
    $ kubectl get pods -l app=web | sort
    $ PATCH /apis/apps/v1/namespaces/$NS/deployments/web merge {"spec": {"replicas": -1}}
    422 …

`until TEXT` repeats a command until its output has that text. Filters after ` | `: `sort`, `last` (line), `quiet` (the
exit code only), `has TEXT` (lines with it), `heads` (the names of sections), `count` (of lines). A command that fails
ends with `[exit N]`. Files are those in manifests/. `forward TARGET PORT TEXT` sends a text through a port-forward.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent
CASES = HERE / "cases"
MANIFESTS = HERE / "manifests"


@dataclass(slots=True)
class Step:
    """A command as it stands after `$ `, and its answer."""

    command: str
    expected: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Transcript:
    """A file of cases/."""

    path: Path
    head: list[str]
    steps: list[Step]

    def write(self) -> None:
        """Write the file, with the answers that stand in the steps."""
        lines = list(self.head)
        for step in self.steps:
            lines += [f"$ {step.command}", *step.expected]
        self.path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def read_transcript(path: Path) -> Transcript:
    """Read a file of cases/. Lines after a `#` within the steps belong to the answer before."""
    head: list[str] = []
    steps: list[Step] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("$ "):
            steps.append(Step(line[2:]))
        elif steps:
            steps[-1].expected.append(line)
        else:
            head.append(line)
    return Transcript(path, head, steps)


def names() -> list[str]:
    """All cases."""
    return sorted(path.stem for path in CASES.glob("*.txt"))
