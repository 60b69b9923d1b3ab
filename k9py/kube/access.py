"""What the user may do, and who they are: asked lazily, one thing at a time, and remembered for a minute."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

import msgspec

from k9py.kube.wire import Sender
from k9py.values.errors import K9pyError
from k9py.values.request import Request
from k9py.values.resource import Resource

REMEMBERED = 60.0
"""Seconds for which an answer holds."""
GUESS_REMEMBERED = 5.0
"""Seconds for which no answer holds, before it is asked again."""
KEPT = 500
"""Questions whose answers are kept: a person who wanders through many namespaces asks many."""


class Verdict(NamedTuple):
    """Whether it is allowed; and why not, or why that is not known."""

    allowed: bool
    reason: str = ""

    @property
    def guessed(self) -> bool:
        """Whether it could not be asked: then it is taken as allowed, with the reason."""
        return self.allowed and bool(self.reason)


class _Question(NamedTuple):
    verb: str
    resource: Resource
    namespace: str
    name: str
    subresource: str


class _Asked(NamedTuple):
    at: float
    answer: asyncio.Task[Verdict]
    former: Verdict | None
    """What was answered the last time, for as long as this is not."""

    @property
    def answered(self) -> Verdict | None:
        answer = self.answer
        failed = not answer.done() or answer.cancelled() or answer.exception() is not None
        return None if failed else answer.result()

    @property
    def verdict(self) -> Verdict | None:
        return self.answered or self.former

    def is_good(self, now: float) -> bool:
        """Whether there is no need to ask again: it is being asked, or was answered a short time ago."""
        if not self.answer.done():
            return True
        answered = self.answered
        return answered is not None and now - self.at < (GUESS_REMEMBERED if answered.guessed else REMEMBERED)


class _AccessStatus(msgspec.Struct, rename="camel"):
    allowed: bool = False
    reason: str = ""
    evaluation_error: str = ""


class _AccessReview(msgspec.Struct):
    status: _AccessStatus


class _UserInfo(msgspec.Struct):
    username: str = ""


class _SelfStatus(msgspec.Struct, rename="camel"):
    user_info: _UserInfo


class _SelfReview(msgspec.Struct):
    status: _SelfStatus


Review = TypeVar("Review", _AccessReview, _SelfReview)


class Access:
    """What one user may do in one context. `user` is what the kubeconfig calls them."""

    def __init__(self, sender: Sender, user: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._sender = sender
        self._user = user
        self._clock = clock
        self._asked: dict[_Question, _Asked] = {}

    async def may(
        self, verb: str, resource: Resource, namespace: str = "", name: str = "", subresource: str = ""
    ) -> Verdict:
        """Say whether it is allowed. When that cannot be known it is taken as allowed: the server will say no."""
        asked = self._ask(_Question(verb, resource, namespace, name, subresource))
        # shielded: the one who asked first may give up, the others still wait for it
        return await asyncio.shield(asked.answer)

    def known(
        self, verb: str, resource: Resource, namespace: str = "", name: str = "", subresource: str = ""
    ) -> Verdict | None:
        """Say what was answered last, without asking: None where nothing was."""
        asked = self._asked.get(_Question(verb, resource, namespace, name, subresource))
        return asked.verdict if asked else None

    def is_good(
        self, verb: str, resource: Resource, namespace: str = "", name: str = "", subresource: str = ""
    ) -> bool:
        """Whether `may` would send nothing now: the answer is young, or on its way."""
        asked = self._asked.get(_Question(verb, resource, namespace, name, subresource))
        return asked is not None and asked.is_good(self._clock())

    def forget(self) -> None:
        """Remember nothing: it was about another server or user."""
        self._asked.clear()

    async def whoami(self) -> str:
        """What the server calls the user; what the kubeconfig calls them, where it does not tell (before 1.28)."""
        body = {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}
        try:
            review = await self._post("/apis/authentication.k8s.io/v1/selfsubjectreviews", body, _SelfReview)
        except (K9pyError, msgspec.DecodeError):
            return self._user
        return review.status.user_info.username or self._user

    def _ask(self, question: _Question) -> _Asked:
        asked = self._asked.get(question)
        if asked is None or not asked.is_good(self._clock()):
            former = self._asked.pop(question, None)
            while len(self._asked) >= KEPT:
                del self._asked[next(iter(self._asked))]  # the one asked longest ago
            review = asyncio.create_task(self._review(question))
            asked = self._asked[question] = _Asked(self._clock(), review, former and former.verdict)
        return asked

    async def _review(self, question: _Question) -> Verdict:
        try:
            path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
            review = await self._post(path, _access_review(question), _AccessReview)
        except (K9pyError, msgspec.DecodeError) as error:
            return Verdict(True, f"it could not be asked whether this is allowed: {error}")
        status = review.status
        return Verdict(status.allowed, "" if status.allowed else status.reason or _refusal(question))

    async def _post(self, path: str, body: dict[str, Any], kind: type[Review]) -> Review:
        response = await self._sender.send(Request("POST", path, body=body))
        return msgspec.json.decode(response.body, type=kind)


def _access_review(question: _Question) -> dict[str, Any]:
    attributes = {
        "verb": question.verb,
        "group": question.resource.gvr.group,
        "version": question.resource.gvr.version,
        "resource": question.resource.gvr.plural,
        "subresource": question.subresource,
        "namespace": question.namespace,
        "name": question.name,
    }
    return {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectAccessReview",
        "spec": {"resourceAttributes": {key: value for key, value in attributes.items() if value}},
    }


def _refusal(question: _Question) -> str:
    """Say it ourselves: RBAC gives no reason when nothing allows it."""
    parts = [question.resource.gvr.full_name, question.subresource]
    what = "/".join(part for part in parts if part)
    where = f" in {question.namespace}" if question.namespace else ""
    return f"not allowed to {question.verb} {what}{where}"
