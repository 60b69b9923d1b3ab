"""Quantities added up exactly, and what pods ask for together (component-helpers' PodRequests and PodLimits)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple

from k9py.insight.describe.facts import Obj, each, get, sub, text

_QUANTITY = re.compile(r"([+-]?[0-9.]+)(?:[eE]([+-]?[0-9]+)|([a-zA-Z]*))")
_POWERS = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_SUFFIXES = {power: suffix for suffix, power in _POWERS.items()}
_BINARY = ("", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei")


class Amount(NamedTuple):
    """A quantity, and whether it is told in powers of two, as the first that was added was."""

    value: Decimal = Decimal()
    binary: bool = False

    def __add__(self, other: tuple[object, ...]) -> Amount:
        assert isinstance(other, Amount)
        return Amount(self.value + other.value, self.binary if self.value else other.binary)

    def __str__(self) -> str:
        """As Go's Quantity writes it: the largest unit of which it is a whole number."""
        return _write_binary(self.value) if self.binary and abs(self.value) >= 1024 else _write_decimal(self.value)

    def share(self, whole: Amount) -> int:
        """How many hundredths of the whole, rounded down; 0 of nothing."""
        return int(self.value * 100 / whole.value) if whole.value else 0


ZERO = Amount()


def read_amount(written: str) -> Amount:
    """A quantity as it is written; zero for what is none."""
    match = _QUANTITY.fullmatch(written)
    if match is None:
        return ZERO
    number, exponent, suffix = match.groups()
    if suffix and suffix in _BINARY:
        return Amount(Decimal(number) * 1024 ** _BINARY.index(suffix), binary=True)
    return Amount(Decimal(number).scaleb(int(exponent) if exponent else _POWERS.get(suffix, 0)))


def _write_binary(value: Decimal) -> str:
    whole, power = int(value), 0
    while whole % 1024 == 0 and power < len(_BINARY) - 1:
        whole, power = whole // 1024, power + 1
    return f"{whole}{_BINARY[power]}"


def _write_decimal(value: Decimal) -> str:
    power = 0
    while value % 1 and power > -9:
        value, power = value * 1000, power - 3
    while value and value % 1000 == 0 and power < 18:
        value, power = value / 1000, power + 3
    return f"{int(value)}{_SUFFIXES[power]}"


Amounts = dict[str, Amount]


def read_amounts(found: Obj) -> Amounts:
    """A list of resources (ResourceList)."""
    return {name: read_amount(text(found, name)) for name in found}


def add(some: Iterable[Mapping[str, Amount]]) -> Amounts:
    """Lists of resources, added up."""
    total: Amounts = {}
    for amounts in some:
        for name, amount in amounts.items():
            total[name] = total.get(name, ZERO) + amount
    return total


def _most(some: Iterable[Mapping[str, Amount]]) -> Amounts:
    total: Amounts = {}
    for amounts in some:
        for name, amount in amounts.items():
            total[name] = max(total.get(name, amount), amount)
    return total


def of_pod(pod: Obj, kind: str) -> Amounts:
    """What a pod asks for (`requests`) or may use at most (`limits`).

    Containers and sidecars run at the same time, the other init containers one after the other before them. What is
    said of the pod as a whole counts instead of that, and its overhead is added.
    """
    spec = sub(pod, "spec")
    beside: list[Amounts] = []
    before: list[Amounts] = []
    for container in each(spec, "initContainers"):
        amounts = read_amounts(sub(container, "resources", kind))
        if get(container, "restartPolicy") == "Always":
            beside.append(amounts)
            before.append(add(beside))
        else:
            before.append(add([*beside, amounts]))
    running = add([*(read_amounts(sub(one, "resources", kind)) for one in each(spec, "containers")), *beside])
    total = {**_most([running, *before]), **read_amounts(sub(spec, "resources", kind))}
    overhead = read_amounts(sub(spec, "overhead"))
    if kind == "limits":
        overhead = {name: amount for name, amount in overhead.items() if name in total}
    return add([total, overhead])
