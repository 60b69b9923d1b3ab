"""The grammar of the command prompt."""

from __future__ import annotations

import pytest

from k9py.ui.goto import Goto, GotoError, parse_goto


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("pods", Goto("pods")),
        ("  PoD  ", Goto("pod")),
        ("pod kube-system", Goto("pod", "kube-system", rest=("kube-system",))),
        ("svc -A", Goto("svc", "", rest=("-A",))),
        ("svc all", Goto("svc", "", rest=("all",))),
        ("deploy -n Shop", Goto("deploy", "Shop", rest=("-n", "Shop"))),
        ("po app=Web,tier!=x", Goto("po", filter="-l app=Web,tier!=x", rest=("app=Web,tier!=x",))),
        ("po 'app in (a, b)' shop", Goto("po", "shop", "-l app in (a, b)", rest=("app in (a, b)", "shop"))),
        ("po shop /two words", Goto("po", "shop", "two words", rest=("shop",))),
        (r"po /\S+ /x", Goto("po", filter=r"\S+ /x")),
        ("po @arn:aws:eks:x/Y", Goto("po", context="arn:aws:eks:x/Y", rest=("@arn:aws:eks:x/Y",))),
        ("po -l a=b", Goto("po", filter="-l a=b", rest=("-l", "a=b"))),
        ("po app=web tier=x /foo bar", Goto("po", filter="-l app=web,tier=x /foo bar", rest=("app=web", "tier=x"))),
        ("po -f Web", Goto("po", filter="Web", rest=("-f", "Web"))),
        ("@other", Goto("", context="other", rest=("@other",))),
        ("", Goto("")),
    ],
)
def test_reads_commands(text: str, expected: Goto) -> None:
    assert parse_goto(text) == expected


@pytest.mark.parametrize(
    ("text", "says"), [("svc -n", "needs a value"), ("svc -x", "unknown option"), ("pods a b", "two namespaces")]
)
def test_says_what_it_does_not_understand(text: str, says: str) -> None:
    with pytest.raises(GotoError, match=says):
        parse_goto(text)
