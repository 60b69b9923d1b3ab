"""A Kubernetes API over real HTTP, made of a store of objects and of faults that are scripted per path."""

from tests.kube.scripted.faults import answer, close, cut, garbage, hold, refuse, say
from tests.kube.scripted.log import ContainerLog
from tests.kube.scripted.server import ScriptedServer, serve
from tests.kube.scripted.store import ObjectStore

__all__ = [
    "ContainerLog",
    "ObjectStore",
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
