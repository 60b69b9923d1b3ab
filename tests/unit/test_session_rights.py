"""What Access remembers, and for how long; what Rights makes of it."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from k9py.kinds.wellknown import DEPLOYMENTS, NODES, PODS
from k9py.kube.access import GUESS_REMEMBERED, KEPT, REMEMBERED, Access, Verdict
from k9py.session.faults import Faults
from k9py.session.rights import Rights
from k9py.session.tasks import Tasks
from k9py.values.errors import Unreachable
from k9py.values.request import Request, Response
from tests.unit.waiting import until


class Server:
    """Answers access reviews, unless it is down."""

    def __init__(self) -> None:
        self.asked = 0
        self.down = False
        self.allows = False

    async def send(self, request: Request, timeout: float | None = None) -> Response:
        self.asked += 1
        await asyncio.sleep(0)
        if self.down:
            raise Unreachable("cut off")
        return Response(201, json.dumps({"status": {"allowed": self.allows, "reason": "no"}}).encode())

    def stream(self, request: Request, silence: float | None = None) -> Any:
        raise NotImplementedError


async def test_known_is_what_has_been_answered_and_asks_nothing() -> None:
    server, now = Server(), [0.5]  # the clock of a machine that has just been started
    access = Access(server, "me", lambda: now[0])
    assert access.known("patch", PODS, "shop") is None
    assert not access.is_good("patch", PODS, "shop")
    asking = asyncio.create_task(access.may("patch", PODS, "shop"))
    await asyncio.sleep(0)
    assert access.known("patch", PODS, "shop") is None
    assert access.is_good("patch", PODS, "shop")  # on its way
    assert await asking == Verdict(False, "no")
    assert access.known("patch", PODS, "shop") == Verdict(False, "no")
    assert access.known("patch", PODS) is None
    now[0] += REMEMBERED
    assert not access.is_good("patch", PODS, "shop")
    assert access.known("patch", PODS, "shop") == Verdict(False, "no")
    assert server.asked == 1


async def test_what_was_answered_last_counts_until_the_next_answer_has_come() -> None:
    server, now = Server(), [0.0]
    access = Access(server, "me", lambda: now[0])
    await access.may("patch", PODS)
    now[0], server.allows = REMEMBERED, True
    asking = asyncio.create_task(access.may("patch", PODS))
    await asyncio.sleep(0)
    assert access.known("patch", PODS) == Verdict(False, "no")
    await asking
    assert access.known("patch", PODS) == Verdict(True)


async def test_a_review_that_failed_is_remembered_for_some_seconds_only() -> None:
    server, now = Server(), [0.0]
    access, server.down = Access(server, "me", lambda: now[0]), True
    assert (await access.may("patch", PODS)).guessed
    server.down, now[0] = False, GUESS_REMEMBERED - 1
    assert (await access.may("patch", PODS)).allowed
    now[0] = GUESS_REMEMBERED
    assert await access.may("patch", PODS) == Verdict(False, "no")
    assert server.asked == 2


async def test_only_so_many_answers_are_kept() -> None:
    server = Server()
    access = Access(server, "me", lambda: 0.0)
    for number in range(KEPT + 1):
        await access.may("patch", PODS, f"n{number}")
    assert access.known("patch", PODS, "n0") is None
    assert access.known("patch", PODS, "n1") is not None
    assert len(access._asked) == KEPT


async def test_rights_have_no_memory_of_their_own() -> None:
    server, tasks, answered = Server(), Tasks(Faults()), list[str]()
    access = Access(server, "me", lambda: 0.5)
    rights = Rights(access, tasks)

    def look_up(name: str) -> Verdict | None:
        return rights.look_up("patch", DEPLOYMENTS, "shop", "scale", lambda: answered.append(name))

    for namespace in ("", "shop"):
        await access.may("patch", DEPLOYMENTS, namespace, subresource="scale")
    assert look_up("known") == Verdict(False, "no")
    assert len(tasks) == 0
    assert rights.look_up("delete", NODES, "", "", lambda: answered.append("deletes")) is None
    await until(lambda: answered == ["deletes"])
    assert access.known("delete", NODES) == Verdict(False, "no")
    assert server.asked == 3
    await tasks.close()


async def test_what_is_allowed_everywhere_is_not_asked_for_each_namespace() -> None:
    server, tasks, answered = Server(), Tasks(Faults()), list[str]()
    rights = Rights(Access(server, "me", lambda: 0.5), tasks)
    server.allows = True

    def look_up(namespace: str) -> Verdict | None:
        return rights.look_up("patch", DEPLOYMENTS, namespace, "", lambda: answered.append(namespace))

    assert look_up("shop") is None
    await until(lambda: answered == ["shop"])
    assert [look_up(f"n{number}") for number in range(9)] == [Verdict(True)] * 9
    assert len(tasks) == 0
    assert server.asked == 1
    await tasks.close()


class Reviewer:
    """Stands for the server: answers access reviews when it is told to."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.go = asyncio.Event()
        self.allows = False

    async def send(self, request: Request, timeout: float | None = None) -> Response:
        self.asked.append(request.body["spec"]["resourceAttributes"].get("namespace", "everywhere"))
        await self.go.wait()
        return Response(201, json.dumps({"status": {"allowed": self.allows, "reason": "no"}}).encode())

    def stream(self, request: Request, silence: float | None = None) -> Any:
        raise NotImplementedError


async def test_rights_answer_at_once_and_ask_once_a_minute() -> None:
    server, tasks, answered, now = Reviewer(), Tasks(Faults()), asyncio.Event(), [1_000.0]
    rights = Rights(Access(server, "me", lambda: now[0]), tasks)

    def look_up(namespace: str = "shop") -> Verdict | None:
        return rights.look_up("patch", DEPLOYMENTS, namespace, "scale", answered.set)

    async def answer() -> None:
        await answered.wait()
        answered.clear()

    assert [look_up(), look_up()] == [None, None]
    await until(lambda: server.asked == ["everywhere"])
    server.go.set()
    await answer()
    assert look_up() is None  # not everywhere: and here?
    await answer()
    assert look_up() == Verdict(False, "no")
    assert look_up("other") is None
    await answer()
    assert server.asked == ["everywhere", "shop", "other"]
    # what was known too long ago is shown still, and asked anew
    now[0] += 61
    server.allows = True
    assert look_up() == Verdict(False, "no")
    await until(lambda: server.asked[3:] == ["everywhere", "shop"])
    await until(lambda: look_up() == Verdict(True))
    assert server.asked[5:] == []
    await tasks.close()
