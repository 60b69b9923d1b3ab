"""Scale and restart as pure plans, and the registry that knows their keys."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from k9py.actions.action import Action, Answers, Fact, Question
from k9py.actions.keymap import Keymap
from k9py.actions.plan import Plan, Target, with_flags
from k9py.actions.registry import actions_for, all_actions
from k9py.actions.restart import ACTION as RESTART
from k9py.actions.scale import ACTION as SCALE
from k9py.actions.shell import ACTION as SHELL
from k9py.cli import build_parser
from k9py.kinds.wellknown import DEPLOYMENTS, NODES, PODS
from k9py.kube.kubeconfig import Kubeconfig
from k9py.start import kubectl_flags
from k9py.values.errors import ApiError, K9pyError
from k9py.values.request import Request
from k9py.values.resource import Key, Resource

NOW = datetime(2026, 3, 1, 9, 14, 2, tzinfo=UTC)


def target(name: str, uid: str = "u1", resource: Resource = DEPLOYMENTS) -> Target:
    return Target(Key("prod", resource.gvr, "shop", name), uid, resource)


class Server:
    """Answers reads by path."""

    def __init__(self, answers: dict[str, Any]) -> None:
        self.answers = answers

    async def read(self, request: Request) -> Any:
        found = self.answers.get(request.path)
        if found is None:
            raise ApiError(404, "NotFound", f"{request.path} not found")
        return found


def path(name: str, subresource: str = "") -> str:
    return DEPLOYMENTS.path("shop", name, subresource)


def scale_of(replicas: int | None, uid: str = "u1") -> dict[str, Any]:
    return {"metadata": {"uid": uid}, "spec": {} if replicas is None else {"replicas": replicas}}


async def plan_scale(server: Server, answer: str, *targets: Target) -> Plan:
    return SCALE.plan(await SCALE.gather(server.read, targets), Answers(answer), NOW)


async def test_scale_patches_the_scale_of_the_object_that_was_there() -> None:
    plan = await plan_scale(Server({path("web", "scale"): scale_of(3)}), "5", target("web"))
    (effect,) = plan.effects
    assert effect.request.method == "PATCH"
    assert effect.request.path == "/apis/apps/v1/namespaces/shop/deployments/web/scale"
    assert effect.request.body == {"metadata": {"uid": "u1"}, "spec": {"replicas": 5}}
    assert effect.says == "replicas 3 → 5"
    assert plan.commands == ["kubectl scale deployment/web --replicas=5 -n shop --context prod"]
    assert plan.title == "Scale deployment shop/web to 5"


async def test_scale_asks_from_what_is_wanted_today() -> None:
    server = Server({path("a", "scale"): scale_of(None), path("b", "scale"): scale_of(4)})
    question = SCALE.ask(await SCALE.gather(server.read, [target("a"), target("b")]))
    assert isinstance(question, Question)
    assert question.initial == "0"
    assert question.label == "replicas (now 0 to 4)"
    assert question.title == "Scale 2 deployments"


@pytest.mark.parametrize("nonsense", ["", "-1", "1.5", "three", "٣", "2147483648"])
async def test_scale_refuses_nonsense(nonsense: str) -> None:
    question = SCALE.ask(await SCALE.gather(Server({path("a", "scale"): scale_of(1)}).read, [target("a")]))
    assert isinstance(question, Question)
    assert question.check(nonsense)
    assert not question.check("0")


async def test_a_target_that_was_replaced_or_is_gone_is_left_alone() -> None:
    server = Server({path("web", "scale"): scale_of(3), path("new", "scale"): scale_of(3, uid="other")})
    plan = await plan_scale(server, "1", target("web"), target("new"), target("gone"))
    assert [effect.target.key.name for effect in plan.effects] == ["web"]
    assert [(refusal.target.key.name, "replaced" in refusal.why) for refusal in plan.refusals] == [
        ("new", True),
        ("gone", False),
    ]


def test_nothing_to_ask_where_nothing_could_be_read() -> None:
    assert SCALE.ask([Fact(target("web"), failed=K9pyError("no"))]) is None


async def test_restart_sets_the_annotation_that_kubectl_sets() -> None:
    server = Server({path("web"): {"metadata": {"uid": "u1"}, "spec": {}}})
    plan = RESTART.plan(await RESTART.gather(server.read, [target("web")]), Answers(), NOW)
    (effect,) = plan.effects
    annotations = effect.request.body["spec"]["template"]["metadata"]["annotations"]
    assert annotations == {"kubectl.kubernetes.io/restartedAt": "2026-03-01T09:14:02Z"}
    assert effect.request.content_type == "application/merge-patch+json"
    assert plan.commands == ["kubectl rollout restart deployment/web -n shop --context prod"]


async def test_restart_refuses_what_is_paused() -> None:
    server = Server({path("web"): {"metadata": {"uid": "u1"}, "spec": {"paused": True}}})
    plan = RESTART.plan(await RESTART.gather(server.read, [target("web")]), Answers(), NOW)
    assert not plan.effects
    assert "paused" in plan.refusals[0].why


def test_kubectl_commands_are_quoted_for_a_shell() -> None:
    odd = Target(Key("my prod; rm", DEPLOYMENTS.gvr, "shop", "web"), "u", DEPLOYMENTS)
    plan = RESTART.plan([Fact(odd, {"metadata": {"uid": "u"}, "spec": {}})], Answers(), NOW)
    assert plan.commands == ["kubectl rollout restart deployment/web -n shop --context 'my prod; rm'"]


def ids_of(resource: Resource) -> list[str]:
    """Of the actions of its rows, in the order in which the last line has them."""
    return [action.id for action in actions_for(resource)]


def test_a_key_belongs_to_the_kind() -> None:
    assert Keymap().action_for_key("s", DEPLOYMENTS) is SCALE
    assert Keymap().action_for_key("s", PODS) is SHELL
    assert ids_of(PODS) == [
        *("logs", "describe", "yaml", "shell", "edit", "delete"),
        *("previous", "events", "node", "owner", "xray", "attach", "edit-part", "exec", "kill"),
    ]
    assert ids_of(NODES) == ["describe", "yaml", "edit", "delete", "events", "owner", "xray", "edit-part"]
    first = ("logs", "describe", "yaml", "edit", "restart", "scale", "delete")
    assert ids_of(DEPLOYMENTS) == [*first, "previous", "events", "replicasets", "owner", "xray", "edit-part"]


def test_ids_are_unique_and_no_kind_has_two_meanings_of_a_key() -> None:
    assert max(Counter(action.id for action in all_actions()).values()) == 1
    for resource in (PODS, NODES, DEPLOYMENTS):
        assert max(Counter(action.key for action in actions_for(resource)).values()) == 1


def test_every_change_confirms_and_says_what_it_needs() -> None:
    for action in all_actions():
        if isinstance(action, Action):
            assert action.right.verb


def test_kubectl_is_told_where_the_cluster_is() -> None:
    plan = SCALE.plan([Fact(target("web"), scale_of(3))], Answers("5", "3"), NOW)
    told = with_flags(plan, ("--kubeconfig", "/tmp/a b", "--as", "kim"))
    (line,) = told.commands
    assert line.endswith("-n shop --context prod --kubeconfig '/tmp/a b' --as kim")
    undo = told.effects[0].undo
    assert undo
    assert "--as" in undo.command.words
    assert with_flags(plan, ()) is plan


def test_the_flags_of_the_command_line_are_those_of_kubectl() -> None:
    kubeconfig = Kubeconfig((), (), "lab")
    parse = build_parser().parse_args
    assert kubectl_flags(kubeconfig, parse([])) == {"": ()}
    words = ["--kubeconfig", "~/k", "--as", "kim", "--as-group", "a", "--as-group", "b", "--token", "hidden"]
    file = str(Path.home() / "k")
    assert kubectl_flags(kubeconfig, parse(words)) == {
        "": ("--kubeconfig", file),
        "lab": ("--kubeconfig", file, "--as", "kim", "--as-group", "a", "--as-group", "b"),
    }
