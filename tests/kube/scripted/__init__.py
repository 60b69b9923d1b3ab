"""The embedded cluster over real HTTP, with faults that are scripted per path."""

from tests.kube.scripted.faults import answer, close, cut, garbage, hold, refuse, say
from tests.kube.scripted.running import ContainerLog
from tests.kube.scripted.server import ScriptedServer, serve

__all__ = [
    "ContainerLog",
    "ScriptedServer",
    "answer",
    "close",
    "cut",
    "garbage",
    "hold",
    "refuse",
    "say",
    "serve",
]
