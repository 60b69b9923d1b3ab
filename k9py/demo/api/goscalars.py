"""Scalars as the real server writes them, whatever form they came in: quantities and times."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from fractions import Fraction
from functools import lru_cache
from math import ceil
from typing import Any

_QUANTITY = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+))(?:([numkMGTPE]|[KMGTPE]i|)|[eE]([+-]?\d+))")
_DECIMAL = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_LETTERS = {power: letter for letter, power in _DECIMAL.items()}
_BINARY = ("", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei")


def canonical_quantity(value: Any) -> Any:
    """A quantity in its canonical form: `0.5` is `500m`, `1024Mi` is `1Gi`, 1 is `1`. What is none stays as it is."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return value
    return _canonical(str(value).strip())


@lru_cache(4096)
def _canonical(text: str) -> str:
    match = _QUANTITY.fullmatch(text)
    if not match:
        return text
    number, suffix, exponent = Fraction(match[1]), match[2] or "", match[3]
    if exponent is not None:
        mantissa, power = _threes(number * Fraction(10) ** int(exponent))
        return f"{mantissa}e{power}" if power else str(mantissa)
    if suffix.endswith("i"):
        amount = number * 1024 ** _BINARY.index(suffix)
        if abs(amount) >= 1024:
            return _binary(ceil(amount))
    else:
        amount = number * Fraction(10) ** _DECIMAL[suffix]
    mantissa, power = _threes(amount)
    return f"{mantissa}{_LETTERS.get(power, f'e{power}')}"


def _binary(amount: int) -> str:
    times = 0
    while amount % 1024 == 0 and times < len(_BINARY) - 1:
        amount //= 1024
        times += 1
    return f"{amount}{_BINARY[times]}"


def _threes(amount: Fraction) -> tuple[int, int]:
    """A number as an integer and a power of ten, as large as can be, that is a multiple of three. No less than nano."""
    nanos = ceil(amount * 10**9)
    power = -9
    while nanos and nanos % 1000 == 0 and power < 18:
        nanos //= 1000
        power += 3
    return (nanos, power) if nanos else (0, 0)


def canonical_time(value: Any) -> Any:
    """A time in UTC and whole seconds. What is none stays as it is."""
    if not isinstance(value, str) or (value.endswith("Z") and len(value) == 20):
        return value
    try:
        return datetime.fromisoformat(value).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except ValueError:
        return value
