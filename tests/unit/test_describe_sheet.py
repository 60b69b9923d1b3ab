"""The paper of descriptions: columns, what is told apart, quantities and words."""

from __future__ import annotations

from typing import Any

import pytest
from rich.cells import cell_len

from k9py.insight.describe.amounts import add, of_pod, read_amount
from k9py.insight.describe.facts import say, selector, when
from k9py.insight.describe.generic import humanise
from k9py.insight.describe.sheet import Sheet, bad
from k9py.values.prose import Token


def test_cells_below_each_other_are_aligned_by_their_width() -> None:
    sheet = Sheet()
    sheet.field("이름", "결제 🛒")
    sheet.field("Namespace", "shop")
    assert sheet.lines == ["이름:       결제 🛒", "Namespace:  shop"]
    assert {cell_len(line.split("  ")[0]) for line in sheet.lines} == {5, 10}


def test_a_line_of_one_cell_parts_the_columns_above_from_those_below() -> None:
    sheet = Sheet()
    sheet.field("A long key", "1")
    sheet.section("Section")
    sheet.field("B", "2", level=1)
    assert sheet.lines == ["A long key:  1", "Section:", "  B:  2"]


def test_keys_and_what_is_wrong_are_told_apart_where_they_stand() -> None:
    sheet = Sheet()
    sheet.field("결제", bad("Failed"), level=1)
    assert sheet.lines == ["  결제:  Failed"]
    assert sheet.tokens(0) == (Token(2, 5, "key"), Token(7, 13, "bad"))


def test_what_comes_from_a_cluster_is_cleaned() -> None:
    sheet = Sheet()
    sheet.field("Name", "a\x1b[31mred\x07\u202e")
    sheet.block("Command", ["echo\tx\nsecond"])
    assert sheet.lines == ["Name:  ared", "Command:", "  echo x", "  second"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("apiVersion", "API Version"),
        ("lastTransitionTime", "Last Transition Time"),
        ("clusterIPs", "Cluster I Ps"),
        ("uid", "UID"),
        ("k8s.io/name", "k8s.io/name"),
        ("f:spec", "f:spec"),
    ],
)
def test_names_of_fields_are_words(name: str, words: str) -> None:
    assert humanise(name) == words


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (True, "true"),
        (None, "<nil>"),
        (3, "3"),
        ("x", "x"),
        ([1, "a"], "[1 a]"),
        ({"b": 1, "a": None}, "map[a:<nil> b:1]"),
    ],
)
def test_values_on_one_line(value: Any, written: str) -> None:
    assert say(value) == written


def test_a_selector_is_in_the_order_of_its_keys() -> None:
    labels = {
        "matchLabels": {"b": "1", "a": "2"},
        "matchExpressions": [
            {"key": "c", "operator": "NotIn", "values": ["y", "x"]},
            {"key": "aa", "operator": "DoesNotExist"},
            {"key": "d", "operator": "Exists"},
        ],
    }
    assert selector({"spec": labels}, "spec") == "a=2,!aa,b=1,c notin (x,y),d"


def test_a_time_that_is_none_is_unset() -> None:
    assert when({}, "at") == when({"at": "soon"}, "at") == when({"at": 5}, "at") == "<unset>"


# ── quantities ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("parts", "total"),
    [
        ((), "0"),
        (("100m", "1"), "1100m"),
        (("500m", "500m"), "1"),
        (("64Mi", "1Gi"), "1088Mi"),
        (("512Mi", "512Mi"), "1Gi"),
        (("0", "1Gi"), "1Gi"),
        (("1e3", "2k"), "3k"),
        (("0.5",), "500m"),
        (("100u", "1n"), "100001n"),
        (("1Ki", "24"), "1048"),
        (("512", "1Ki"), "1536"),
        (("nonsense",), "0"),
    ],
)
def test_quantities_add_up_as_those_of_the_api_do(parts: tuple[str, ...], total: str) -> None:
    assert str(add([{"x": read_amount(part)} for part in parts]).get("x", read_amount("0"))) == total


def container(cpu: str, **more: Any) -> dict[str, Any]:
    return {"resources": {"requests": {"cpu": cpu}, "limits": {"cpu": cpu}}, **more}


@pytest.mark.parametrize(
    ("spec", "requests"),
    [
        ({"containers": [container("1"), container("500m")]}, "1500m"),
        ({"containers": [container("1")], "initContainers": [container("3"), container("2")]}, "3"),
        ({"containers": [container("1")], "initContainers": [container("2", restartPolicy="Always")]}, "3"),
        (
            {
                "containers": [container("1")],
                "initContainers": [container("2", restartPolicy="Always"), container("4")],
            },
            "6",
        ),
        ({"containers": [container("1")], **container("5")}, "5"),
        ({"containers": [container("1")], "overhead": {"cpu": "250m"}}, "1250m"),
    ],
    ids=["beside each other", "before", "sidecar", "before, beside a sidecar", "of the pod", "overhead"],
)
def test_what_a_pod_asks_for(spec: dict[str, Any], requests: str) -> None:
    assert str(of_pod({"spec": spec}, "requests")["cpu"]) == requests


def test_overhead_makes_no_limit() -> None:
    pod = {"spec": {"containers": [{}], "overhead": {"cpu": "250m"}}}
    assert (str(of_pod(pod, "requests")["cpu"]), of_pod(pod, "limits")) == ("250m", {})
