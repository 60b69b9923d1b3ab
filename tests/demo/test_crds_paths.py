"""The JSONPath of printer columns."""

from __future__ import annotations

from typing import Any

import pytest

from k9py.demo.api.crds_jsonpath import PathError, find_values


@pytest.mark.parametrize(
    ("path", "found"),
    [
        (".a.b", [1]),
        (".list[0].n", ["x"]),
        (".list[-1].n", ["z"]),
        (".list[*].n", ["x", "y", "z"]),
        (".list[0:2].n", ["x", "y"]),
        ('.list[?(@.n=="y")].v', [2]),
        (".list[?(@.v>1)].n", ["y", "z"]),
        (".list[?(@.none)].n", []),
        (r".labels.a\.b/c", ["lab"]),
        (".labels['a.b/c']", ["lab"]),
        ("..n", ["x", "y", "z"]),
        (".missing.entirely", []),
    ],
)
def test_paths_of_columns(path: str, found: list[Any]) -> None:
    obj = {
        "a": {"b": 1},
        "labels": {"a.b/c": "lab"},
        "list": [{"n": "x", "v": 1}, {"n": "y", "v": 2}, {"n": "z", "v": 3}],
    }
    assert find_values(path, obj) == found


def test_a_path_that_is_none() -> None:
    with pytest.raises(PathError, match="unrecognized character"):
        find_values("spec", {})
