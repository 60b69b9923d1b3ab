"""What a log line says, where it says it in JSON, in logfmt or as klog writes: its level, its message, its fields.

Of any other line a word among its first ones may tell the level.
"""

from __future__ import annotations

import re
from enum import IntEnum
from typing import Any, NamedTuple

import msgspec

from k9py.values.text import clean


class Level(IntEnum):
    """How bad what a line tells is. NONE: it does not say."""

    NONE = 0
    TRACE = 1
    DEBUG = 2
    INFO = 3
    WARN = 4
    ERROR = 5
    FATAL = 6


class Reading(NamedTuple):
    """A line that was understood. Fields are without time, level and message."""

    level: Level
    message: str
    fields: tuple[tuple[str, str], ...] = ()


_WORDS = {
    "trace": Level.TRACE,
    "debug": Level.DEBUG,
    "dbg": Level.DEBUG,
    "info": Level.INFO,
    "inf": Level.INFO,
    "information": Level.INFO,
    "notice": Level.INFO,
    "warn": Level.WARN,
    "warning": Level.WARN,
    "wrn": Level.WARN,
    "error": Level.ERROR,
    "err": Level.ERROR,
    "severe": Level.ERROR,
    "fatal": Level.FATAL,
    "critical": Level.FATAL,
    "crit": Level.FATAL,
    "panic": Level.FATAL,
    "alert": Level.FATAL,
    "emergency": Level.FATAL,
    "emerg": Level.FATAL,
}
_KLOG_LEVELS = {"I": Level.INFO, "W": Level.WARN, "E": Level.ERROR, "F": Level.FATAL}

_LEVEL_KEYS = ("level", "severity", "lvl", "loglevel", "log.level", "levelname", "@l")
_MESSAGE_KEYS = ("msg", "message", "event", "@m", "log", "text")
_TIME_KEYS = frozenset({"ts", "time", "timestamp", "@timestamp", "@t", "t", "datetime"})

_FIRST = 100
"""Signs of a line in which its level stands, if it has one."""
_ANY_WORD = "|".join(sorted(_WORDS, key=len, reverse=True))
_HINT = re.compile(_ANY_WORD)
"""Soon said of small letters: most lines without a level have none of these words."""
_WORD = re.compile(rf"(?<![\w/.-])({_ANY_WORD})(?![\w/.-])", re.IGNORECASE)
_KLOG = re.compile(r"([IWEF])\d{4} \d\d:\d\d:\d\d\.\d+ +\d+ ([^\s\]]+)\] ?")
_PAIR = re.compile(r'([A-Za-z_@][\w.@/-]*)=("(?:[^"\\]|\\.)*"|[^\s"]\S*|)(?:\s+|$)')
_JSON_LEVEL = re.compile(rf'"(?:{"|".join(map(re.escape, _LEVEL_KEYS))})"\s*:\s*(?:"(\w+)"|(\d+))', re.IGNORECASE)
_PAIR_LEVEL = re.compile(r'(?:^|\s)(?:level|lvl|severity)="?(\w+)', re.IGNORECASE)

_decode = msgspec.json.Decoder().decode
_decode_text = msgspec.json.Decoder(str).decode


def read_line(text: str) -> Reading | None:
    """What a line says, in its parts; None where it is no more than a text."""
    if text.startswith("{"):
        return _read_json(text)
    if found := _KLOG.match(text):
        return _read_klog(text, found)
    return _read_pairs(text) if "=" in text[:_FIRST] else None


def level_of(text: str) -> Level:
    """How bad what a line tells is. The whole line is not read for it: there may be a million of them."""
    if text.startswith("{"):
        found = _JSON_LEVEL.search(text)
        return _level(found[1] or found[2]) if found else Level.NONE
    if found := _KLOG.match(text):
        return _KLOG_LEVELS[found[1]]
    found = _PAIR_LEVEL.search(text, 0, 4 * _FIRST) if "=" in text else None
    if not found and _HINT.search(text[:_FIRST].lower()):
        found = _WORD.search(text, 0, _FIRST)
    return _level(found[1]) if found else Level.NONE


def _level(said: Any) -> Level:
    """A word, or a number as bunyan and pino write it (30 is info)."""
    word = str(said).lower()
    if word.isdecimal():
        number = int(word) // 10
        return Level(min(number, Level.FATAL)) if len(word) == 2 else Level.NONE
    return _WORDS.get(word, Level.NONE)


def _read_json(text: str) -> Reading | None:
    try:
        found = _decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None
    return _read_fields({str(key): value for key, value in found.items()}) if isinstance(found, dict) else None


def _read_klog(text: str, found: re.Match[str]) -> Reading:
    """`I0131 09:14:02.123456  7 file.go:12] "message" key="value"` (KEP-1602)."""
    level, rest = _KLOG_LEVELS[found[1]], text[found.end() :]
    if said := re.match(r'"(?:[^"\\]|\\.)*"', rest):
        fields = _pairs(rest[said.end() :].lstrip())
        if fields is not None:
            return Reading(level, clean(_unquote(said[0])), tuple((key, clean(value)) for key, value in fields.items()))
    return Reading(level, rest)


def _read_pairs(text: str) -> Reading | None:
    fields = _pairs(text)
    if not fields or not any(key in fields for key in ("level", "lvl", "msg", "severity")):
        return None
    return _read_fields(fields)


def _pairs(text: str) -> dict[str, Any] | None:
    """The pairs of a line that is made of nothing else."""
    fields: dict[str, Any] = {}
    at = 0
    while at < len(text):
        found = _PAIR.match(text, at)
        if found is None:
            return None
        fields[found[1]] = _unquote(found[2])
        at = found.end()
    return fields


def _unquote(text: str) -> str:
    if not text.startswith('"'):
        return text
    try:
        return _decode_text(text)
    except (msgspec.DecodeError, UnicodeError):
        return text[1:-1]


def _read_fields(fields: dict[str, Any]) -> Reading:
    level, message = _take(fields, _LEVEL_KEYS), _take(fields, _MESSAGE_KEYS)
    rest = tuple((clean(key), _say(value)) for key, value in fields.items() if key.lower() not in _TIME_KEYS)
    return Reading(Level.NONE if level is None else _level(level), "" if message is None else _say(message), rest)


def _take(fields: dict[str, Any], keys: tuple[str, ...]) -> Any:
    """The first of these fields, which is then no longer among the others."""
    for key in keys:
        for name in (key, key.upper(), key.capitalize()):
            if name in fields:
                return fields.pop(name)
    return None


def _say(value: Any) -> str:
    """A value in one line, fit for a terminal: in JSON escape sequences may be written out."""
    if isinstance(value, str):
        return clean(value)
    return clean(msgspec.json.encode(value).decode())
