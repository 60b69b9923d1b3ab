"""The way back as Plans: of which version, and what is said of what others have changed since."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from k9py.actions.gather import read_again
from k9py.actions.plan import Plan, is_part_of, take_back
from k9py.session.audit import Audit
from k9py.session.faults import Faults
from k9py.session.ledger import Ledger
from k9py.session.tasks import Tasks
from k9py.values.request import Request, Response
from tests.unit.test_jobs import plan_for, scale, session


def test_a_redo_is_of_no_version() -> None:
    effect = scale("a", 1, 2)
    stamped = {**effect.request.body, "metadata": {"uid": "uid-a", "resourceVersion": "100"}}
    plan = Plan("Edit a", (replace(effect, request=replace(effect.request, body=stamped)),))
    undo = take_back(plan, plan.effects)
    redo = undo and take_back(undo, undo.effects)
    assert redo
    assert redo.effects[0].request.body == effect.request.body


async def test_taking_back_is_of_the_version_that_was_read_and_says_what_others_lose() -> None:
    plan = plan_for("a")
    undo = take_back(plan, plan.effects)
    assert undo
    found = {"metadata": {"uid": "uid-a", "resourceVersion": "7"}, "spec": {"replicas": 2}}

    async def read(request: Request) -> Any:
        return found

    made = await read_again(read, undo)
    assert made.effects[0].request.body["metadata"]["resourceVersion"] == "7"
    assert made.cautions == ()
    found["spec"] = {"replicas": 9}
    made = await read_again(read, undo)
    assert made.cautions == ("shop/a: spec.replicas was changed again since: that is lost",)


async def test_what_is_taken_back_is_known_whatever_its_version(tmp_path: Path) -> None:
    ledger = Ledger(Audit(tmp_path / "audit.jsonl"), Tasks(Faults()))
    it, _ = session()
    job, _ = await ledger.carry_out(it, plan_for("a"))
    assert job.undo

    async def read(request: Request) -> Any:
        return {"metadata": {"uid": "uid-a", "resourceVersion": "7"}, "spec": {"replicas": 2}}

    await ledger.carry_out(it, await read_again(read, job.undo), takes_back=job)
    assert job.undone
    await ledger.close()


async def test_what_the_server_has_made_of_it_is_no_change_of_others(tmp_path: Path) -> None:
    """Defaults and quantities: `cpu: 1000m` is answered as `1`."""

    async def normalise(request: Request) -> Response:
        return Response(200, b'{"spec": {"cpu": "1", "ports": [{"port": 80, "protocol": "TCP"}]}}')

    ledger = Ledger(Audit(tmp_path / "audit.jsonl"), Tasks(Faults()))
    effect = scale("a", 1, 2)
    spec = {"cpu": "1000m", "ports": [{"port": 80}], "empty": {}}
    request = replace(effect.request, body={"metadata": {"uid": "uid-a"}, "spec": spec})
    plan = Plan("Edit a", (replace(effect, request=request),))
    job, _ = await ledger.carry_out(session(normalise)[0], plan)
    assert job.undo
    found: dict[str, Any] = {
        "metadata": {"uid": "uid-a"},
        "spec": {"cpu": "1", "ports": [{"port": 80, "protocol": "TCP"}]},
    }

    async def read(request: Request) -> Any:
        return found

    assert (await read_again(read, job.undo)).cautions == ()
    found["spec"]["cpu"] = "2"
    (caution,) = (await read_again(read, job.undo)).cautions
    assert caution.startswith("shop/a: spec.cpu was changed again")
    await ledger.close()


def test_it_is_the_same_only_on_the_same_values() -> None:
    def plan(replicas: int, version: str, **spec: int) -> Plan:
        (effect,) = plan_for("a").effects
        body = {"metadata": {"uid": "uid-a", "resourceVersion": version}, "spec": {"replicas": 2}}
        before = {"metadata": {"resourceVersion": version}, "spec": {"replicas": replicas, **spec}}
        return Plan("Scale a", (replace(effect, request=replace(effect.request, body=body), before=before),))

    assert is_part_of(plan(9, "5", minReadySeconds=1), plan(9, "4"))
    assert not is_part_of(plan(50, "5"), plan(9, "4"))
    assert not is_part_of(replace(plan(9, "5"), cautions=("more",)), plan(9, "4"))
