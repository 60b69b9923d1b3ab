"""The grammar of the command prompt."""

from __future__ import annotations

import pytest

from k9py.ui.goto import Goto, GotoError, parse_goto
from k9py.values.namespaces import ALL, Namespaces


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("pods", Goto("pods")),
        ("  PoD  ", Goto("pod")),
        ("pod kube-system", Goto("pod", Namespaces.of("kube-system"), rest=("kube-system",))),
        ("svc -A", Goto("svc", ALL, rest=("-A",))),
        ("svc all", Goto("svc", ALL, rest=("all",))),
        ("deploy -n Shop", Goto("deploy", Namespaces.of("Shop"), rest=("-n", "Shop"))),
        ("po app=Web,tier!=x", Goto("po", filter="-l app=Web,tier!=x", rest=("app=Web,tier!=x",))),
        (
            "po 'app in (a, b)' shop",
            Goto("po", Namespaces.of("shop"), "-l app in (a, b)", rest=("app in (a, b)", "shop")),
        ),
        ("po shop /two words", Goto("po", Namespaces.of("shop"), "two words", rest=("shop",))),
        (r"po /\S+ /x", Goto("po", filter=r"\S+ /x")),
        ("po @arn:aws:eks:x/Y", Goto("po", context="arn:aws:eks:x/Y", rest=("@arn:aws:eks:x/Y",))),
        ("po shop,billing", Goto("po", Namespaces.of("billing", "shop"), rest=("shop,billing",))),
        ("po !canary", Goto("po", filter="-l !canary", rest=("!canary",))),
        ("po -l a=b", Goto("po", filter="-l a=b", rest=("-l", "a=b"))),
        ("po app=web tier=x /foo bar", Goto("po", filter="-l app=web,tier=x /foo bar", rest=("app=web", "tier=x"))),
        ("po -f Web", Goto("po", filter="Web", rest=("-f", "Web"))),
        ("@other", Goto("", context="other", rest=("@other",))),
        ("po -L app,@note", Goto("po", rest=("-L", "app,@note"), columns=("app", "@note"))),
        ("po -L app,,@,app", Goto("po", rest=("-L", "app,,@,app"), columns=("app",))),
        ("po --label-columns b/c", Goto("po", rest=("--label-columns", "b/c"), columns=("b/c",))),
        ("", Goto("")),
    ],
)
def test_reads_commands(text: str, expected: Goto) -> None:
    assert parse_goto(text) == expected


@pytest.mark.parametrize(
    ("text", "says"), [("svc -n", "needs a value"), ("svc -x", "unknown option"), ("pods a b", "named twice")]
)
def test_says_what_it_does_not_understand(text: str, says: str) -> None:
    with pytest.raises(GotoError, match=says):
        parse_goto(text)
