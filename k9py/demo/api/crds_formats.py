"""The formats of strings that a CRD's schema can ask for (kube-openapi's strfmt). Others are free."""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from k9py.values.age import parse_time

_HEX = "[0-9a-fA-F]"
_UUID = r"[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?V[0-9a-fA-F]{3}-?N[0-9a-fA-F]{3}-?[0-9a-fA-F]{12}"
_HOST = r"([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*\.?"
_DURATION = r"(?:\s*\d+(?:\.\d+)?\s*(?:ns|nano|us|µs|micro|ms|milli|s|sec|m|min|h|hr|hour|d|day|w|wk|week)s?\s*)+"
_TIME = r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:?\d\d)?"


def _uuid(version: str = _HEX, variant: str = _HEX) -> Callable[[str], bool]:
    return _matches(_UUID.replace("V", version).replace("N", variant))


def _matches(pattern: str) -> Callable[[str], bool]:
    match = re.compile(pattern).fullmatch
    return lambda text: match(text) is not None


def _parses(parse: Callable[[str], object]) -> Callable[[str], bool]:
    def check(text: str) -> bool:
        try:
            return parse(text) is not None
        except (ValueError, binascii.Error):
            return False

    return check


_is_time = _matches(_TIME)


def _date_time(text: str) -> bool:
    return _is_time(text) and parse_time(text.upper().replace(" ", "T")) is not None


FORMATS: Mapping[str, Callable[[str], bool]] = {
    "date-time": _date_time,
    "datetime": _date_time,
    "date": _parses(date.fromisoformat),
    "duration": _matches(_DURATION),
    "byte": _parses(lambda text: base64.b64decode(text, validate=True)),
    "ipv4": _parses(ipaddress.IPv4Address),
    "ipv6": _parses(ipaddress.IPv6Address),
    "cidr": _parses(lambda text: ipaddress.ip_network(text, strict=False) if "/" in text else None),
    "mac": _matches(f"({_HEX}{{2}}[:-]){{5}}{_HEX}{{2}}"),
    "uri": _matches(r"[A-Za-z][A-Za-z0-9+.-]*:\S+|/\S*"),
    "email": _matches(r"[^@\s]+@[^@\s]+"),
    "hostname": _matches(_HOST),
    "uuid": _uuid(),
    "uuid3": _uuid("3"),
    "uuid4": _uuid("4", "[89abAB]"),
    "uuid5": _uuid("5", "[89abAB]"),
}
"""Whether a text has a format."""
_UNCHECKED = frozenset(
    {
        *("bsonobjectid", "isbn", "isbn10", "isbn13", "creditcard", "ssn", "hexcolor", "rgbcolor", "password"),
        *("int32", "int64", "float", "double", "k8s-short-name", "k8s-long-name"),
    }
)
"""Formats that are known, but not looked at here."""


def unknown_formats(schema: Any) -> Iterator[str]:
    """Formats in a schema that the real server does not know."""
    if isinstance(schema, dict):
        found = schema.get("format")
        if isinstance(found, str) and found not in FORMATS and found not in _UNCHECKED:
            yield found
        for each in schema.values():
            yield from unknown_formats(each)
    elif isinstance(schema, list):
        for each in schema:
            yield from unknown_formats(each)
