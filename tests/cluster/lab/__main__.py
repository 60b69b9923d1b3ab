"""The lab from the shell: python -m tests.cluster.lab VERB."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

from tests.cluster.lab import deps
from tests.cluster.lab.apionly import PORT, ApiOnly
from tests.cluster.lab.build import build
from tests.cluster.lab.lab import Lab
from tests.cluster.lab.provider import prepare
from tests.cluster.lab.shell import LabError
from tests.cluster.lab.versions import chosen


def _arguments() -> argparse.Namespace:
    about = "A real Kubernetes of two nodes on this machine. KUBERNETES=1.34|1.36|1.37 picks its version."
    parser = argparse.ArgumentParser(prog="python -m tests.cluster.lab", description=about)
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    for verb, text in _HELP.items():
        own = verbs.add_parser(verb, help=text, description=text)
        if verb == "up":
            own.add_argument("--prove", action="store_true", help="prove it at the end")
        if verb in ("up", "prove"):
            own.add_argument("--log-seconds", type=float, default=180, help="for how long logs must stay whole")
        if verb in ("start", "stop", "kill"):
            own.add_argument("name", help="etcd, apiserver, kcm, sched, ccm, metrics, kubelet1, …")
        if verb in ("api", "api-down"):
            own.add_argument("--port", type=int, default=PORT)
    return parser.parse_args()


def _up(given: argparse.Namespace) -> None:
    lab = Lab()
    path = lab.up()
    if given.prove:
        lab.prove(given.log_seconds)
    print(f"export KUBECONFIG={path}")


def _build(_: argparse.Namespace) -> None:
    print(build(chosen()))


def _api(given: argparse.Namespace) -> None:
    print(f"export KUBECONFIG={ApiOnly(port=given.port).up()}")


_HELP = {
    "deps": "install the Debian packages that are missing",
    "build": "build the programs into the cache",
    "prepare": "the same, if the suite will run on the lab",
    "up": "start the cluster",
    "down": "stop it and remove all that it made",
    "status": "say what runs",
    "prove": "prove that it works",
    "start": "start one of its programs",
    "stop": "stop one of its programs",
    "kill": "kill one of its programs",
    "api": "start only etcd and an API server",
    "api-down": "stop those",
}
_VERBS: dict[str, Callable[[argparse.Namespace], None]] = {
    "deps": lambda _: deps.install(),
    "build": _build,
    "prepare": lambda _: prepare(),
    "up": _up,
    "down": lambda _: Lab().down(),
    "status": lambda _: print(Lab().status()),
    "prove": lambda given: Lab().prove(given.log_seconds),
    "start": lambda given: Lab().start(given.name),
    "stop": lambda given: Lab().stop(given.name),
    "kill": lambda given: Lab().kill(given.name),
    "api": _api,
    "api-down": lambda given: ApiOnly(port=given.port).down(),
}


def main() -> int:
    """Carry out a verb; an error that the reader can act on is one line and no traceback."""
    given = _arguments()
    try:
        _VERBS[given.verb](given)
    except LabError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
