"""What an object says at a path, whatever it is: an object may lack anything, and hold null where a value belongs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from k9py.insight.describe.sheet import NONE, UNSET
from k9py.values.age import human_duration, parse_time

Obj = Mapping[str, Any]
EMPTY: Obj = {}


def get(found: Any, *path: str) -> Any:
    """The value at a path; None where there is none."""
    for name in path:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def sub(found: Any, *path: str) -> Obj:
    """The mapping at a path; an empty one where there is none."""
    value = get(found, *path)
    return value if isinstance(value, Mapping) else EMPTY


def each(found: Any, *path: str) -> list[Obj]:
    """The mappings of the list at a path."""
    return [item for item in _list(found, path) if isinstance(item, Mapping)]


def texts(found: Any, *path: str) -> list[str]:
    """The list at a path, as texts."""
    return [say(item) for item in _list(found, path)]


def _list(found: Any, path: tuple[str, ...]) -> list[Any]:
    value = get(found, *path)
    return value if isinstance(value, list) else []


def text(found: Any, *path: str, none: str = "") -> str:
    """The value at a path as a text; `none` where there is none, or an empty one."""
    value = get(found, *path)
    return none if value is None or value == "" else say(value)


def number(found: Any, *path: str) -> int:
    """The whole number at a path; 0 where there is none."""
    value = get(found, *path)
    return int(value) if isinstance(value, int | float) else 0


def say(value: Any) -> str:
    """A value on one line, as Go prints it: `true`, `[a b]`, `map[a:b]`."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return f"[{' '.join(map(say, value))}]"
    if isinstance(value, Mapping):
        return f"map[{' '.join(f'{name}:{say(item)}' for name, item in sorted(value.items()))}]"
    return "<nil>" if value is None else json.dumps(value)


def truth(value: Any, none: str = "False") -> str:
    """`True` or `False`, as kubectl writes a few of them; `none` where there is neither."""
    return none if value is None else "True" if value else "False"


def join(values: Iterable[str], by: str = ",", none: str = NONE) -> str:
    """Texts on one line."""
    return by.join(values) or none


def pairs(found: Any, *path: str) -> list[str]:
    """The mapping at a path as `key=value`, sorted."""
    return [f"{name}={say(value)}" for name, value in sorted(sub(found, *path).items())]


def joined_pairs(found: Any, *path: str) -> str:
    """The same on one line, or <none>."""
    return join(pairs(found, *path))


def when(found: Any, *path: str, none: str = UNSET) -> str:
    """The time at a path as kubectl writes it (RFC 1123, in the local zone)."""
    value = get(found, *path)
    seconds = parse_time(value) if isinstance(value, str) else None
    if seconds is None:
        return none
    return datetime.fromtimestamp(seconds).astimezone().strftime("%a, %d %b %Y %H:%M:%S %z")


def ago(now: float, found: Any, *path: str) -> str:
    """How long ago the time at a path was; <unknown> where there is none."""
    value = get(found, *path)
    seconds = parse_time(value) if isinstance(value, str) else None
    return "<unknown>" if seconds is None else human_duration(now - seconds)


def controller(found: Obj) -> str:
    """`Kind/name` of the owner that controls an object, or nothing."""
    for owner in each(found, "metadata", "ownerReferences"):
        if owner.get("controller"):
            return f"{text(owner, 'kind')}/{text(owner, 'name')}"
    return ""


_OPERATORS = {
    "In": "{key} in ({values})",
    "NotIn": "{key} notin ({values})",
    "Exists": "{key}",
    "DoesNotExist": "!{key}",
}


def selector(found: Any, *path: str) -> str:
    """A LabelSelector (meta/v1) as kubectl writes it: `app=web,tier in (a,b)`; empty where it selects by nothing."""
    labels = sub(found, *path)
    terms = [(name, f"{name}={say(value)}") for name, value in sub(labels, "matchLabels").items()]
    for term in each(labels, "matchExpressions"):
        form = _OPERATORS.get(text(term, "operator"), "{key} ? ({values})")
        key = text(term, "key")
        terms.append((key, form.format(key=key, values=",".join(sorted(texts(term, "values"))))))
    return ",".join(written for _, written in sorted(terms, key=lambda term: term[0]))
