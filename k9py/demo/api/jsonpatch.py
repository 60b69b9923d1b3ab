"""JSON patch (RFC 6902), with the liberties that the real server's library takes.

A missing value is null, `replace` makes a field that is not there, `copy` of nothing copies null, `test` of nothing
holds for null, and negative indices count from the end.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Any

Operation = Mapping[str, Any]


class PatchFailed(Exception):
    """An operation that cannot be done, or a test that does not hold."""


def apply_operations(document: Any, operations: Sequence[Operation]) -> Any:
    """The document after all operations; it is changed in place where that can be. Raises PatchFailed."""
    root = {"": document}
    for operation in operations:
        do = _OPERATIONS.get(operation.get("op", ""))
        if do is None or not isinstance(operation.get("path"), str):
            raise PatchFailed(f"unexpected operation {operation.get('op')}")
        do(root, operation["path"], operation)
    return root[""]


def _unescape(token: str) -> str:
    return token.replace("~1", "/").replace("~0", "~")


def _find(root: dict[str, Any], path: str) -> tuple[Any, str]:
    """The container that a path ends in, and the key there. What stands before the first slash does not matter."""
    _, *parts = path.split("/")
    if not parts:
        return root[""], ""
    container = root[""]
    for part in parts[:-1]:
        container = _get(container, _unescape(part))
    if not isinstance(container, dict | list):
        raise PatchFailed(f"missing container: {path}")
    return container, _unescape(parts[-1])


def _index(container: list[Any], key: str, size: int) -> int:
    try:
        index = int(key)
    except ValueError:
        raise PatchFailed(f"not an index: {key}") from None
    if not -size <= index < size:
        raise PatchFailed(f"index out of range: {key}")
    return index + size if index < 0 else index


def _get(container: Any, key: str) -> Any:
    if isinstance(container, list):
        return container[_index(container, key, len(container))]
    return container.get(key) if isinstance(container, dict) else None


def _set(container: Any, key: str, value: Any) -> None:
    if isinstance(container, list):
        container[_index(container, key, len(container))] = value
    else:
        container[key] = value


def _insert(container: Any, key: str, value: Any) -> None:
    if not isinstance(container, list):
        container[key] = value
    elif key == "-":
        container.append(value)
    else:
        container.insert(_index(container, key, len(container) + 1), value)


def _take(container: Any, key: str) -> Any:
    if isinstance(container, list):
        return container.pop(_index(container, key, len(container)))
    if key not in container:
        raise PatchFailed(f"nothing to remove: {key}")
    return container.pop(key)


def _add(root: dict[str, Any], path: str, operation: Operation) -> None:
    container, key = _find(root, path)
    _insert(container, key, copy.deepcopy(operation.get("value")))


def _remove(root: dict[str, Any], path: str, operation: Operation) -> None:
    _take(*_find(root, path))


def _replace(root: dict[str, Any], path: str, operation: Operation) -> None:
    value = copy.deepcopy(operation.get("value"))
    if path == "":
        if not isinstance(value, dict | list):
            raise PatchFailed("the whole can only be replaced by an object or an array")
        root[""] = value
        return
    container, key = _find(root, path)
    _set(container, key, value)


def _from(root: dict[str, Any], operation: Operation) -> tuple[Any, str]:
    if not isinstance(operation.get("from"), str):
        raise PatchFailed("from is missing")
    return _find(root, operation["from"])


def _move(root: dict[str, Any], path: str, operation: Operation) -> None:
    value = _take(*_from(root, operation))
    container, key = _find(root, path)
    _insert(container, key, value)


def _copy(root: dict[str, Any], path: str, operation: Operation) -> None:
    value = copy.deepcopy(_get(*_from(root, operation)))
    container, key = _find(root, path)
    _insert(container, key, value)


def _test(root: dict[str, Any], path: str, operation: Operation) -> None:
    found = _get(*_find(root, path)) if path else root[""]
    if found != operation.get("value"):
        raise PatchFailed(f"testing path {path} failed")


_OPERATIONS: Mapping[str, Callable[[dict[str, Any], str, Operation], None]] = {
    "add": _add,
    "remove": _remove,
    "replace": _replace,
    "move": _move,
    "copy": _copy,
    "test": _test,
}
