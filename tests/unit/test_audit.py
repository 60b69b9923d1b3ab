"""The audit file: who may read it, what is in it and in which order, and what happens when it cannot be written."""

from __future__ import annotations

import asyncio
import json
import os
import stat
from base64 import b64encode
from pathlib import Path
from typing import Any, cast

import pytest

from k9py.actions.plan import Command, Effect, Plan, Target
from k9py.kinds.wellknown import DEPLOYMENTS
from k9py.session import audit as audit_module
from k9py.session.audit import Audit, former_path
from k9py.session.session import Session
from k9py.values.redact import mask_body
from k9py.values.request import MERGE_PATCH, Request
from k9py.values.resource import Gvr, Key, Resource

SECRETS = Resource(Gvr("", "v1", "secrets"), "Secret", "secret", True, frozenset({"get", "patch"}))
WORD = "hunter2-결제"
CODED = b64encode(WORD.encode()).decode()


class Context:
    name = "prod"


class Connection:
    server = "https://prod.example:6443"


class Someone:
    """As much of a session as the audit asks for."""

    user = "kim"
    context = Context()
    transport = Connection()


SESSION = cast(Session, Someone())


def effect(name: str = "web", body: Any = None, resource: Resource = DEPLOYMENTS) -> Effect:
    target = Target(Key("prod", resource.gvr, "shop", name), "u1", resource)
    request = Request("PATCH", target.path(), {"fieldManager": "k9py"}, body or {"spec": {}}, MERGE_PATCH)
    return Effect(target, request, "replicas 3 → 5", Command(("kubectl", "patch")))


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


async def test_intent_and_outcome_are_a_line_each(tmp_path: Path) -> None:
    audit = Audit(tmp_path / "deep" / "audit.jsonl")
    await audit.intend(3, SESSION, Plan("Scale deployment shop/web to 5", (effect(),)))
    await audit.tell_outcome(3, effect(), "")
    await audit.tell_outcome(3, effect("api"), "it is gone; nothing was changed")
    await audit.tell_interrupted(3, effect("old"), sent=True)
    await audit.close()
    intent, done, failed, cut = lines(audit.path)
    assert {
        "event": "intent",
        "job": 3,
        "user": "kim",
        "context": "prod",
        "server": Connection.server,
    }.items() <= intent.items()
    assert intent["title"] == "Scale deployment shop/web to 5"
    assert intent["effects"] == [
        {
            "object": "shop/web",
            "uid": "u1",
            "method": "PATCH",
            "path": "/apis/apps/v1/namespaces/shop/deployments/web",
            "query": {"fieldManager": "k9py"},
            "body": {"spec": {}},
            "says": "replicas 3 → 5",
        }
    ]
    assert (done["object"], done["done"], "reason" in done) == ("shop/web", True, False)
    assert (failed["done"], failed["reason"]) == (False, "it is gone; nothing was changed")
    assert (cut["event"], cut["object"], cut["sent"]) == ("interrupted", "shop/old", True)
    assert len({line["run"] for line in lines(audit.path)}) == 1


@pytest.mark.parametrize("before", [0o644, 0o666, 0o600, None])
async def test_it_is_for_its_owner_alone_whatever_it_was_before(tmp_path: Path, before: int | None) -> None:
    path = tmp_path / "audit.jsonl"
    if before is not None:
        path.write_text('{"event": "of old"}\n')
        path.chmod(before)
    umask = os.umask(0)
    try:
        audit = Audit(path)
        await audit.tell_outcome(1, effect(), "")
        await audit.close()
    finally:
        os.umask(umask)
    assert mode(path) == 0o600
    events = [line["event"] for line in lines(path)]
    assert events == [*(["of old"] if before is not None else []), "outcome"]  # only ever appended


async def test_several_k9py_write_whole_lines_beside_each_other(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    audits = [Audit(path) for _ in range(4)]
    big = effect(body={"spec": {"note": "x" * 20_000}})
    plan = Plan("Patch", (big,))
    await asyncio.gather(*(audit.intend(number, SESSION, plan) for number in range(25) for audit in audits))
    await asyncio.gather(*(audit.close() for audit in audits))
    assert len(lines(path)) == 100


async def test_lines_come_in_the_order_in_which_they_were_asked_for(tmp_path: Path) -> None:
    audit = Audit(tmp_path / "audit.jsonl")
    await asyncio.gather(*(audit.tell_outcome(number, effect(), "") for number in range(200)))
    await audit.close()
    assert [line["job"] for line in lines(audit.path)] == list(range(200))


async def test_a_line_is_written_although_who_asked_for_it_is_cancelled(tmp_path: Path) -> None:
    audit = Audit(tmp_path / "audit.jsonl")
    asking = [asyncio.create_task(audit.tell_outcome(number, effect(), "")) for number in range(20)]
    await asyncio.sleep(0)
    for task in asking:
        task.cancel()
    await asyncio.gather(*asking, return_exceptions=True)
    await audit.close()
    assert len(lines(audit.path)) == 20


@pytest.mark.parametrize(
    "body",
    [
        {"data": {"password": CODED}},
        {"stringData": {"password": WORD}},
        {"kind": "Secret", "apiVersion": "v1", "metadata": {"name": "login"}, "data": {"password": CODED}},
        {
            "metadata": {
                "annotations": {"kubectl.kubernetes.io/last-applied-configuration": json.dumps({"data": {"x": CODED}})}
            }
        },
        [{"op": "replace", "path": "/data/password", "value": CODED}],
        [{"op": "add", "path": "/data", "value": {"password": CODED}}],
        [{"op": "add", "path": "/metadata/annotations", "value": {"x": CODED}}],
        [{"op": "replace", "path": "", "value": {"data": {"password": CODED}}}],
        [CODED],
        CODED,
    ],
)
async def test_no_value_of_a_secret_is_in_it_in_whatever_form_it_was_sent(tmp_path: Path, body: Any) -> None:
    audit = Audit(tmp_path / "audit.jsonl")
    change = effect("login", body, SECRETS)
    await audit.intend(1, SESSION, Plan("Edit secret shop/login", (change,)))
    await audit.close()
    written = audit.path.read_text()
    assert CODED not in written
    assert WORD not in written
    assert json.dumps(WORD) not in written


def test_what_is_no_secret_is_told_as_it_is() -> None:
    finalizers = [
        {"op": "replace", "path": "/metadata/finalizers", "value": ["x"]},
        {"op": "remove", "path": "/data/a"},
    ]
    assert mask_body(finalizers, SECRETS) == finalizers
    assert mask_body({"data": {"a": None}}, SECRETS) == {"data": {"a": None}}
    assert mask_body({"data": {"a": "b"}}, DEPLOYMENTS) == {"data": {"a": "b"}}
    assert mask_body(None, SECRETS) is None


async def test_what_cannot_be_written_is_said_once_and_remembered_until_it_can(tmp_path: Path) -> None:
    told: list[str] = []
    folder = tmp_path / "audit.jsonl"
    folder.mkdir()
    audit = Audit(folder, told.append)
    for _ in range(3):
        await audit.tell_outcome(1, effect(), "")
    assert told == [f"the audit file {folder} cannot be written: Is a directory"]
    assert audit.trouble == "changes cannot be put down: Is a directory"
    folder.rmdir()
    await audit.tell_outcome(1, effect(), "")
    assert audit.trouble == ""
    await audit.close()
    assert len(lines(folder)) == 1


async def test_a_full_disk_tears_no_line_that_comes_after(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = os.write
    audit = Audit(tmp_path / "audit.jsonl")
    await audit.tell_outcome(1, effect(), "")
    monkeypatch.setattr(os, "write", lambda handle, line: write(handle, line[:10]))
    await audit.tell_outcome(2, effect(), "")
    assert audit.trouble == "changes cannot be put down: No space left on device"
    monkeypatch.undo()
    await audit.tell_outcome(3, effect(), "")
    await audit.close()
    first, torn, third = audit.path.read_text().splitlines()
    assert [json.loads(line)["job"] for line in (first, third)] == [1, 3]
    assert len(torn) == 10


async def test_a_full_file_goes_aside_and_one_former_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_module, "MOST_BYTES", 1_000)
    path = tmp_path / "audit.jsonl"
    audits = [Audit(path), Audit(path)]
    for number in range(20):
        await audits[number % 2].tell_outcome(number, effect(), "")
    await asyncio.gather(*(audit.close() for audit in audits))
    former = former_path(path)
    assert sorted(os.listdir(tmp_path)) == ["audit.jsonl", "audit.jsonl.1"]
    assert mode(former) == mode(path) == 0o600
    assert path.stat().st_size <= 1_000
    jobs = [line["job"] for line in (*lines(former), *lines(path))]
    assert jobs == list(range(20))[-len(jobs) :]


async def test_a_line_longer_than_a_whole_file_is_written_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_module, "MOST_BYTES", 10)
    audit = Audit(tmp_path / "audit.jsonl")
    for number in range(3):
        await audit.tell_outcome(number, effect(), "")
    await audit.close()
    assert [line["job"] for line in lines(audit.path)] == [2]


async def test_what_is_no_file_is_not_closed_to_others() -> None:
    before = mode(Path("/dev/null"))
    audit = Audit(Path("/dev/null"))
    await audit.tell_outcome(1, effect(), "")
    await audit.close()
    assert audit.trouble == ""
    assert mode(Path("/dev/null")) == before
