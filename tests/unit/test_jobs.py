"""Jobs and the ledger: intent before anything is sent, outcomes, cancelling, what is taken back, and the end."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, cast

import pytest

from k9py.actions.gather import AT_ONCE, REPLACED
from k9py.actions.plan import Command, Effect, Plan, Target, take_back
from k9py.kinds.wellknown import DEPLOYMENTS
from k9py.session import ledger as ledger_module
from k9py.session.audit import Audit
from k9py.session.faults import Faults
from k9py.session.job import CANCELLED, INTERRUPTED, UNKNOWN, Job, explain, is_outdated
from k9py.session.ledger import Ledger
from k9py.session.session import Session
from k9py.session.tasks import Tasks
from k9py.values.errors import ApiError, Unreachable
from k9py.values.request import MERGE_PATCH, Request, Response
from k9py.values.resource import Key
from tests.unit.waiting import until

Answering = Callable[[Request], Awaitable[Response]]


async def ok(request: Request) -> Response:
    return Response(200, b"{}")


class Context:
    name = "prod"


class Connection:
    """A server: what it was sent, and how it answers."""

    server = "https://prod.example"

    place = "lab, as kim"

    def __init__(self, answering: Answering = ok) -> None:
        self.sent: list[Request] = []
        self.answering = answering

    async def send(self, request: Request) -> Response:
        self.sent.append(request)
        return await self.answering(request)


class Someone:
    user = "kim"
    context = Context()

    def __init__(self, answering: Answering = ok) -> None:
        self.transport = Connection(answering)


def session(answering: Answering = ok) -> tuple[Session, Connection]:
    someone = Someone(answering)
    return cast(Session, someone), someone.transport


def scale(name: str, before: int, after: int) -> Effect:
    def one(old: int, new: int) -> Effect:
        target = Target(Key("prod", DEPLOYMENTS.gvr, "shop", name), f"uid-{name}", DEPLOYMENTS)
        body = {"metadata": {"uid": target.uid}, "spec": {"replicas": new}}
        request = Request("PATCH", target.path("scale"), {}, body, MERGE_PATCH)
        return Effect(target, request, f"replicas {old} → {new}", Command(("kubectl", "scale")))

    effect = one(before, after)
    return Effect(effect.target, effect.request, effect.says, effect.command, undo=one(after, before))


def plan_for(*names: str) -> Plan:
    return Plan(f"Scale {len(names)} deployments", tuple(scale(name, 1, 2) for name in names))


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(Audit(tmp_path / "audit.jsonl"), Tasks(Faults()))


def events(ledger: Ledger) -> list[dict[str, Any]]:
    return [json.loads(line) for line in ledger.audit.path.read_text().splitlines()]


async def test_the_intent_is_written_before_anything_is_sent(ledger: Ledger) -> None:
    seen: list[list[str]] = []

    async def look(request: Request) -> Response:
        seen.append([line["event"] for line in events(ledger)])
        return await ok(request)

    it, _ = session(look)
    job, outcomes = await ledger.carry_out(it, plan_for("a"))
    assert seen == [["intent"]]
    assert [line["event"] for line in events(ledger)] == ["intent", "outcome"]
    assert job.done == [outcome.effect for outcome in outcomes]
    await ledger.close()


async def test_never_more_than_so_many_at_once_and_all_in_the_end(ledger: Ledger) -> None:
    now, most = 0, 0

    async def count(request: Request) -> Response:
        nonlocal now, most
        now += 1
        most = max(most, now)
        await asyncio.sleep(0)
        now -= 1
        return await ok(request)

    it, connection = session(count)
    names = [f"n{number}" for number in range(57)]
    job, outcomes = await ledger.carry_out(it, plan_for(*names))
    assert most == AT_ONCE
    assert [outcome.effect.target.key.name for outcome in outcomes] == names
    assert len(connection.sent) == 57
    assert not job.running
    await ledger.close()


async def test_what_nobody_expected_leaves_the_others_alone_and_is_told(ledger: Ledger) -> None:
    async def stumble(request: Request) -> Response:
        if "/b/" in request.path:
            raise ValueError("never seen before")
        return await ok(request)

    it, _ = session(stumble)
    with pytest.raises(ValueError, match="never seen before"):
        await ledger.carry_out(it, plan_for("a", "b", "c"))
    (job,) = ledger.jobs
    assert not job.running
    assert [outcome.failed for outcome in job.failed] == ["k9py failed: never seen before"]
    assert len(job.done) == 2
    assert ledger._tasks.faults.count == 1
    await ledger.close()


async def test_cancelling_sends_no_more_and_says_so_at_once(ledger: Ledger) -> None:
    gate = asyncio.Event()

    async def wait(request: Request) -> Response:
        await gate.wait()
        return await ok(request)

    it, connection = session(wait)
    running = asyncio.create_task(ledger.carry_out(it, plan_for(*map(str, range(25)))))
    await until(lambda: len(connection.sent) == AT_ONCE)
    (job,) = ledger.jobs
    assert ledger.describe_running() == ["Scale 25 deployments: 0 done, 25 not yet"]
    job.cancel()
    await until(lambda: len(job.outcomes) == 15)  # those that were not sent
    assert {outcome.failed for outcome in job.outcomes} == {CANCELLED}
    assert job.running
    gate.set()
    _, outcomes = await running
    assert sum(outcome.sent for outcome in outcomes) == len(connection.sent) == AT_ONCE
    assert len(job.standing) == AT_ONCE
    await ledger.close()


async def test_the_end_has_a_moment_for_what_was_sent(ledger: Ledger) -> None:
    gate = asyncio.Event()

    async def wait(request: Request) -> Response:
        await gate.wait()
        return await ok(request)

    it, connection = session(wait)
    running = asyncio.create_task(ledger.carry_out(it, plan_for("a", "b")))
    await until(lambda: len(connection.sent) == 2)
    ending = asyncio.create_task(ledger.settle(10))
    await asyncio.sleep(0)
    gate.set()
    await ending
    assert [outcome.failed for outcome in (await running)[1]] == ["", ""]
    _, late = await ledger.carry_out(it, plan_for("c"))  # confirmed in the last moment
    assert [outcome.failed for outcome in late] == [CANCELLED]
    assert len(connection.sent) == 2
    await ledger.close()


async def test_what_is_cut_off_is_in_the_audit(ledger: Ledger) -> None:
    async def hang(request: Request) -> Response:
        await asyncio.Event().wait()
        return await ok(request)

    it, connection = session(hang)
    running = asyncio.create_task(ledger.carry_out(it, plan_for(*map(str, range(12)))))
    await until(lambda: len(connection.sent) == AT_ONCE)
    await ledger.close()
    await asyncio.gather(running, return_exceptions=True)
    cut = [line for line in events(ledger) if line["event"] == "interrupted"]
    assert [line["sent"] for line in cut] == [True] * AT_ONCE + [False] * 2
    (job,) = ledger.jobs
    assert not job.running
    assert {outcome.failed for outcome in job.failed} == {INTERRUPTED, CANCELLED}


async def test_a_job_goes_on_when_nobody_waits_for_it(ledger: Ledger) -> None:
    gate = asyncio.Event()

    async def wait(request: Request) -> Response:
        await gate.wait()
        return await ok(request)

    it, connection = session(wait)
    waiting = asyncio.create_task(ledger.carry_out(it, plan_for("a")))
    await until(lambda: bool(connection.sent))
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    gate.set()
    (job,) = ledger.jobs
    await until(lambda: not job.running)
    assert len(job.done) == 1
    await ledger.close()


async def test_what_was_taken_back_counts_each_for_itself(ledger: Ledger) -> None:
    refusing = True

    async def refuse_b(request: Request) -> Response:
        if refusing and "/b/" in request.path and request.body["spec"]["replicas"] == 1:
            raise ApiError(403, "Forbidden", "no")
        return await ok(request)

    it, _ = session(refuse_b)
    job, _ = await ledger.carry_out(it, plan_for("a", "b"))
    assert job.undo
    await ledger.carry_out(it, job.undo, takes_back=job)
    assert not job.undone
    assert [effect.target.key.name for effect in job.standing] == ["b"]
    refusing = False
    undo = job.undo
    assert undo
    assert [effect.target.key.name for effect in undo.effects] == ["b"]
    taker, _ = await ledger.carry_out(it, undo, takes_back=job)
    assert job.undone
    assert job.undo is None
    assert taker.undo
    await ledger.carry_out(it, taker.undo, takes_back=taker)  # redo
    assert taker.undone
    assert not job.undone
    assert [effect.target.key.name for effect in job.standing] == ["b"]
    await ledger.close()


async def test_while_it_is_being_taken_back_it_cannot_be_taken_back_again(ledger: Ledger) -> None:
    it, connection = session()
    job, _ = await ledger.carry_out(it, plan_for("a"))
    gate = asyncio.Event()

    async def wait(request: Request) -> Response:
        await gate.wait()
        return await ok(request)

    connection.answering = wait
    undo = job.undo
    assert undo
    taking = asyncio.create_task(ledger.carry_out(it, undo, takes_back=job))
    await until(lambda: len(connection.sent) == 2)
    assert job.undo is None
    gate.set()
    await taking
    assert job.undone
    await ledger.close()


def test_undo_of_an_undo_is_a_redo() -> None:
    plan = plan_for("a")
    undo = take_back(plan, plan.effects)
    assert undo
    redo = take_back(undo, undo.effects)
    assert redo
    assert (undo.title, redo.title) == ("Undo: Scale 1 deployments", "Redo: Scale 1 deployments")
    assert [effect.request for effect in redo.effects] == [effect.request for effect in plan.effects]
    again = take_back(redo, redo.effects)
    assert again
    assert again.title == undo.title


async def test_the_oldest_that_is_done_is_forgotten_first(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger_module, "KEPT", 3)
    it, _ = session()
    jobs: list[Job] = [(await ledger.carry_out(it, plan_for("a")))[0] for _ in range(5)]
    assert ledger.jobs == jobs[-3:]
    await ledger.close()


async def test_two_hundred_are_remembered(ledger: Ledger) -> None:
    it, _ = session()
    for _ in range(130):
        await ledger.carry_out(it, plan_for("a"))
    assert len(ledger.jobs) == 130
    await ledger.close()


UID = "Precondition failed: UID in precondition: a, UID in object meta: b"
MODIFIED = (
    'Operation cannot be fulfilled on deployments.apps "{}": the object has been modified; please apply your changes'
)


@pytest.mark.parametrize(
    ("message", "outdated", "replaced"),
    [
        (MODIFIED.format("web"), True, False),
        (MODIFIED.format("druid-broker"), True, False),
        (UID, False, True),
        ("Precondition failed: ResourceVersion in precondition: 1, ResourceVersion in object meta: 2", True, False),
        ('admission webhook "nousages" denied the request: it is in use by 1 usage(s), for the uid a', False, False),
    ],
)
def test_what_a_conflict_means(message: str, outdated: bool, replaced: bool) -> None:
    error = ApiError(409, "Conflict", message)
    assert is_outdated(error) is outdated
    assert (explain(error) == REPLACED.line) is replaced


async def test_what_was_not_answered_may_have_been_done_and_can_be_taken_back(ledger: Ledger) -> None:
    async def cut_off(request: Request) -> Response:
        error = Unreachable("https://prod.example has closed the connection")
        error.sent = True
        raise error

    it, _ = session(cut_off)
    job, (outcome,) = await ledger.carry_out(it, plan_for("a"))
    assert outcome.failed == f"https://prod.example has closed the connection: {UNKNOWN}"
    assert job.undo
    assert events(ledger)[-1]["done"] is None
    await ledger.close()


async def test_what_was_not_sent_is_not_done(ledger: Ledger) -> None:
    async def refuse(request: Request) -> Response:
        raise Unreachable("https://prod.example refuses connections")

    it, _ = session(refuse)
    job, (outcome,) = await ledger.carry_out(it, plan_for("a"))
    assert outcome.failed == "https://prod.example refuses connections"
    assert job.undo is None
    assert events(ledger)[-1]["done"] is False
    await ledger.close()


async def test_in_another_cluster_nothing_is_taken_back(ledger: Ledger) -> None:
    it, connection = session()
    job, _ = await ledger.carry_out(it, plan_for("a"))
    assert job.undo
    connection.place = "another, as kim"
    assert job.elsewhere
    assert job.undo is None
    await ledger.close()
