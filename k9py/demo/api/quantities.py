"""Quantities as the API server writes them back (apimachinery's resource.Quantity in its canonical form)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Any

from k9py.demo.core.store import Obj

Amounts = dict[str, Fraction]
"""Resources as numbers."""

_QUANTITY = re.compile(r"([+-]?)(\d+\.?\d*|\.\d+)(?:([eE][+-]?\d+)|(n|u|m|k|Ki|[MGTPE]i?|))")
_DECIMAL = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_BINARY = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}
_BY_POWER = {power: suffix for suffix, power in _DECIMAL.items()}


@lru_cache(maxsize=8192)
def amount(text: str) -> Fraction:
    """The exact number. ValueError for what is no quantity."""
    found = _QUANTITY.fullmatch(text)
    if found is None:
        raise ValueError(text)
    sign, digits, exponent, suffix = found.groups()
    number = Fraction(digits) * (-1 if sign == "-" else 1)
    if exponent:
        return number * Fraction(10) ** int(exponent[1:])
    if suffix in _BINARY:
        return number * (1 << _BINARY[suffix])
    return number * Fraction(10) ** _DECIMAL[suffix]


@lru_cache(maxsize=8192)
def canonical(text: str, least: int = -9) -> str:
    """The quantity as it is written back: `0.5` is `500m`, `1024Mi` is `1Gi`. Rounded up to 10 to the `least`."""
    found = _QUANTITY.fullmatch(text)
    if found is None:
        return text
    scale = Fraction(10) ** least
    number = amount(text)
    rounded = -((-number) // scale) * scale if number >= 0 else number // scale * scale
    if found[4] in _BINARY and abs(rounded) >= 1024:
        return _binary(rounded)
    return _decimal(rounded, bool(found[3]))


def write_amount(number: Fraction, like: str = "") -> str:
    """A number in the form that another quantity has."""
    found = _QUANTITY.fullmatch(like)
    binary = found is not None and found[4] in _BINARY
    return _binary(number) if binary and abs(number) >= 1024 else _decimal(number, bool(found and found[3]))


def total(quantities: Iterable[Any]) -> str:
    """The sum, in the form of the first of them that is not zero."""
    texts = [str(one) for one in quantities]
    like = next((text for text in texts if amount(text)), "")
    return write_amount(sum(map(amount, texts), Fraction(0)), like)


def settle(holder: Obj, name: str) -> None:
    """Write all quantities of a resource list in their canonical form, in place (rounded up to thousandths)."""
    resources = holder.get(name)
    if resources:
        for key, value in resources.items():
            if value.__class__ is not str or value not in _SETTLED:
                resources[key] = canonical(str(value), -3)


_SETTLED = frozenset(("1", "2", "100m", "200m", "500m", "64Mi", "128Mi", "256Mi", "512Mi", "1Gi", "2Gi"))
"""Those that are seen most."""


def numbers(resources: Mapping[str, Any] | None) -> Amounts:
    """A resource list as numbers."""
    return {name: amount(str(value)) for name, value in (resources or {}).items()}


def _binary(number: Fraction) -> str:
    if number.denominator != 1:
        return _decimal(number, False)
    whole = int(number)
    for suffix, power in reversed(_BINARY.items()):
        if whole % (1 << power) == 0:
            return f"{whole >> power}{suffix}"
    return str(whole)


def _decimal(number: Fraction, exponent: bool) -> str:
    if not number:
        return "0"
    for power in (18, 15, 12, 9, 6, 3, 0, -3, -6, -9):
        scaled = number / Fraction(10) ** power
        if scaled.denominator == 1:
            suffix = (f"e{power}" if power else "") if exponent else _BY_POWER[power]
            return f"{int(scaled)}{suffix}"
    return str(int(number))
