"""Kubernetes quantities read as numbers, and rounded as kubectl and k9s round CPU, memory and shares of them."""

from __future__ import annotations

import re
from functools import lru_cache

_QUANTITY = re.compile(r"([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+))(?:[eE]([+-]?[0-9]+)|(n|u|m|k|[KMGTPE]i|[MGTPE]|))")
_MEBIBYTE = 1 << 20
_SCALE: dict[str, float] = {
    "": 1.0,
    **{suffix: 10.0**power for suffix, power in zip("num", (-9, -6, -3), strict=True)},
    **{suffix: 10.0**power for suffix, power in zip("kMGTPE", range(3, 21, 3), strict=True)},
    **{f"{suffix}i": 2.0**power for suffix, power in zip("KMGTPE", range(10, 70, 10), strict=True)},
}

_UNITS = ("", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei")


@lru_cache(maxsize=4096)
def parse_quantity(text: str) -> float:
    """The number that a quantity stands for: `100m`, `61Mi`, `1e3`, `2.5G`. Raises ValueError."""
    match = _QUANTITY.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not a quantity")
    number, exponent, suffix = match.groups()
    return float(number) * (10.0 ** int(exponent) if exponent else _SCALE[suffix])


def millicores(cores: float) -> int:
    """Thousandths of a core, rounded up as kubectl top rounds them: what uses something never shows as 0."""
    # not quite 1, so that a float's dust does not round up: 0.012 cores are 12 of them
    return int(cores * 1000 + 0.999999)


def mebibytes(size: float) -> int:
    """Whole mebibytes of a size in bytes."""
    return int(size // _MEBIBYTE)


def say_size(size: float) -> str:
    """A size in bytes as `df -h` says it, in Kubernetes' units: `512Mi`, `39.2Gi`."""
    unit = 0
    while size >= 1024 and unit < len(_UNITS) - 1:
        size, unit = size / 1024, unit + 1
    return f"{size:.1f}".removesuffix(".0") + _UNITS[unit]


def percent(used: int, whole: int) -> int:
    """How much of the whole is used, rounded down."""
    return 100 * used // whole
