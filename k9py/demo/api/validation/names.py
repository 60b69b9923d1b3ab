"""The syntax of names, keys and values: what is wrong with one, in the server's words (util/validation)."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

Rule = Callable[[str], tuple[str, ...]]
"""What is wrong with a text; nothing if it is fine."""

_LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_SUBDOMAIN = rf"{_LABEL}(\.{_LABEL})*"
_LABEL_1035 = "[a-z]([-a-z0-9]*[a-z0-9])?"
_QUALIFIED = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"
_CONFIG_KEY = "[-._a-zA-Z0-9]+"

LABEL = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end "
    f"with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '{_LABEL}')"
)
SUBDOMAIN = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start "
    "and end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
    r"'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
)
LABEL_1035 = (
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, "
    "and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is "
    f"'{_LABEL_1035}')"
)
QUALIFIED = (
    "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character "
    f"(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '{_QUALIFIED}')"
)
LABEL_VALUE = (
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and "
    "end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is "
    "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
)
CONFIG_KEY = (
    "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  "
    f"or 'key-name', regex used for validation is '{_CONFIG_KEY}')"
)

_MATCH = {
    pattern: re.compile(pattern).fullmatch for pattern in (_LABEL, _SUBDOMAIN, _LABEL_1035, _QUALIFIED, _CONFIG_KEY)
}


def too_long(limit: int, unit: str = "characters") -> str:
    """A text that has too many of them."""
    return f"must be no more than {limit} {unit}"


@lru_cache(maxsize=8192)
def label(text: str) -> tuple[str, ...]:
    """RFC 1123 label: names of namespaces, containers, ports' hosts."""
    return _check(text, _LABEL, 63, LABEL)


@lru_cache(maxsize=8192)
def subdomain(text: str) -> tuple[str, ...]:
    """RFC 1123 subdomain: names of most objects."""
    return _check(text, _SUBDOMAIN, 253, SUBDOMAIN)


def stateful_set_name(text: str) -> tuple[str, ...]:
    """A subdomain that is no longer than a label: a label of its pods has it."""
    found = subdomain(text)
    return found if found or len(text) <= 63 else (too_long(63),)


def label_1035(text: str) -> tuple[str, ...]:
    """RFC 1035 label."""
    return _check(text, _LABEL_1035, 63, LABEL_1035)


@lru_cache(maxsize=8192)
def qualified(text: str) -> tuple[str, ...]:
    """A key of a label, an annotation or a taint: `prefix/name`."""
    parts = text.split("/")
    if len(parts) > 2:
        return (
            f"a valid label key {QUALIFIED} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')",
        )
    found: list[str] = []
    if len(parts) == 2:
        if not parts[0]:
            found.append("prefix part must be non-empty")
        else:
            found += [f"prefix part {one}" for one in _check(parts[0], _SUBDOMAIN, 253, SUBDOMAIN, "bytes")]
    name = parts[-1]
    if not name:
        found.append("name part must be non-empty")
    elif len(name) > 63:
        found.append(f"name part {too_long(63, 'bytes')}")
    if not _MATCH[_QUALIFIED](name):
        found.append(f"name part {QUALIFIED}")
    return tuple(found)


@lru_cache(maxsize=8192)
def label_value(text: str) -> tuple[str, ...]:
    """The value of a label."""
    if not text:
        return ()
    return _check(text, _QUALIFIED, 63, LABEL_VALUE, "bytes")


def config_key(text: str) -> tuple[str, ...]:
    """A key of a config map or a secret: it becomes a file's name."""
    found = list(_check(text, _CONFIG_KEY, 253, CONFIG_KEY))
    if text == ".":
        found.append("must not be '.'")
    elif text == "..":
        found.append("must not be '..'")
    elif text.startswith(".."):
        found.append("must not start with '..'")
    return tuple(found)


def path_segment(text: str) -> tuple[str, ...]:
    """A name that only has to fit into a path: RBAC objects."""
    if text in (".", ".."):
        return (f"may not be '{text}'",)
    return tuple(f"may not contain '{one}'" for one in ("/", "%") if one in text)


def port_name(text: str) -> tuple[str, ...]:
    """IANA_SVC_NAME: the name of a port."""
    found: list[str] = []
    if len(text) > 15:
        found.append(too_long(15))
    if not re.fullmatch("[-a-z0-9]+", text):
        found.append("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)")
    if not re.search("[a-z]", text):
        found.append("must contain at least one letter (a-z)")
    if "--" in text:
        found.append("must not contain consecutive hyphens")
    if text[:1] == "-" or text[-1:] == "-":
        found.append("must not begin or end with a hyphen")
    return tuple(found)


def anything(text: str) -> tuple[str, ...]:
    """No rule."""
    return ()


def _check(text: str, pattern: str, limit: int, message: str, unit: str = "characters") -> tuple[str, ...]:
    found = []
    if len(text) > limit:
        found.append(too_long(limit, unit))
    if not _MATCH[pattern](text):
        found.append(message)
    return tuple(found)
