"""The ways in which programs write their logs."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from random import Random
from typing import Any


def _time(when: float) -> datetime:
    return datetime.fromtimestamp(when, UTC)


def json_line(when: float, level: str, message: str, **fields: Any) -> str:
    """As zap and pino write: one JSON object a line."""
    stamp = _time(when).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
    return json.dumps(
        {"time": stamp, "level": level, "msg": message, **fields}, ensure_ascii=False, separators=(",", ":")
    )


def logfmt_line(when: float, level: str, message: str, **fields: Any) -> str:
    """As Go's logfmt has it: ts=… level=… msg="…" key=value."""
    stamp = _time(when).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
    rest = "".join(f" {key}={_quoted(value)}" for key, value in fields.items())
    return f"ts={stamp} level={level} msg={_quoted(message)}{rest}"


def _quoted(value: Any) -> str:
    text = str(value)
    return json.dumps(text, ensure_ascii=False) if not text or set(text) & set(' ="') else text


def spring_line(when: float, level: str, logger: str, message: str, thread: str = "nio-8080-exec-1") -> str:
    """As Spring Boot writes to a console."""
    stamp = _time(when).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
    return f"{stamp} {level:>5} 1 --- [{thread:>15}] {logger:<40} : {message}"


def python_line(when: float, level: str, logger: str, message: str) -> str:
    """As Python's logging is set up most often."""
    return f"{_time(when).strftime('%Y-%m-%d %H:%M:%S,%f')[:-3]} {level} {logger}: {message}"


def access_line(when: float, client: str, request: str, status: int, size: int, agent: str, seconds: float) -> str:
    """As nginx writes, with $request_time at the end."""
    stamp = _time(when).strftime("%d/%b/%Y:%H:%M:%S +0000")
    return f'{client} - - [{stamp}] "{request} HTTP/1.1" {status} {size} "-" "{agent}" {seconds:.3f}'


def postgres_line(when: float, process: int, level: str, message: str) -> str:
    """As PostgreSQL writes with its default log_line_prefix."""
    return f"{_time(when).strftime('%Y-%m-%d %H:%M:%S.%f')[:-3]} UTC [{process}] {level}:  {message}"


def redis_line(when: float, message: str, role: str = "M") -> str:
    """As Redis writes: the process, its role, the time."""
    return f"1:{role} {_time(when).strftime('%d %b %Y %H:%M:%S.%f')[:-3]} * {message}"


def plain_line(when: float, message: str) -> str:
    """A time and a text."""
    return f"{_time(when).strftime('%Y/%m/%d %H:%M:%S')} {message}"


def klog_line(when: float, level: str, source: str, message: str) -> str:
    """As Kubernetes' own components write."""
    return f"{level}{_time(when).strftime('%m%d %H:%M:%S.%f')}       1 {source}] {message}"


def address(random: Random) -> str:
    """Somebody's address, out of the ranges that are for documentation (RFC 5737)."""
    return f"{random.choice(('192.0.2', '198.51.100', '203.0.113'))}.{random.randrange(1, 255)}"
