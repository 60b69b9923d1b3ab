"""Quantities are read and said as Kubernetes and kubectl do."""

from __future__ import annotations

import pytest

from k9py.values.quantity import mebibytes, millicores, parse_quantity, percent


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0),
        ("1", 1),
        ("1.5", 1.5),
        (".5", 0.5),
        ("2.", 2),
        ("-1", -1),
        ("+3", 3),
        ("100m", 0.1),
        ("250u", 0.00025),
        ("12345678n", 0.012345678),
        ("2k", 2000),
        ("3M", 3e6),
        ("4G", 4e9),
        ("1T", 1e12),
        ("1P", 1e15),
        ("1E", 1e18),
        ("1Ki", 1024),
        ("128Mi", 128 * 2**20),
        ("1.5Gi", 1.5 * 2**30),
        ("1Ti", 2**40),
        ("1Pi", 2**50),
        ("1Ei", 2**60),
        ("1e3", 1000),
        ("1E3", 1000),
        ("5e-1", 0.5),
    ],
)
def test_quantities(text: str, number: float) -> None:
    assert parse_quantity(text) == pytest.approx(number)


@pytest.mark.parametrize("text", ["", "m", "1 Gi", "1Mib", "ten", "1K", "0x10", "1e", "--1"])
def test_what_is_no_quantity_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a quantity"):
        parse_quantity(text)


@pytest.mark.parametrize(
    ("cores", "milli"), [(0, 0), (0.012, 12), (0.0121, 13), (0.000000001, 1), (0.0001, 1), (1.5, 1500), (0.29, 290)]
)
def test_cpu_is_rounded_up_to_millicores(cores: float, milli: int) -> None:
    assert millicores(cores) == milli


def test_memory_is_rounded_down_to_mebibytes() -> None:
    assert mebibytes(62 * 2**20 - 1) == 61


def test_percents_are_rounded_down() -> None:
    assert percent(29, 100) == 29
    assert percent(199, 200) == 99
    assert percent(300, 200) == 150
