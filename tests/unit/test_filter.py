"""What is typed after `/` keeps the rows that it should."""

from __future__ import annotations

import pytest

from k9py.store.filter import FilterError, parse_filter

ROW = "shop checkout-6f7c9 1/2 CrashLoopBackOff 14 worker-a"
LABELS = {"app": "checkout", "Tier": "Front"}


@pytest.mark.parametrize(
    ("text", "keeps"),
    [
        ("checkout", True),
        ("crashloop", True),
        ("CHECKOUT-6F", True),
        ("shop checkout", True),
        (r"c\S+t-\d", True),
        ("^shop", True),
        ("payments", False),
        ("!payments", True),
        ("!crash", False),
        ("-l app=checkout", True),
        ("-l Tier=Front,app in (checkout,cart)", True),
        ("-l tier=front", False),
        ("!-l app=checkout", False),
        ("한국", False),
        ("app=checkout", False),
        (" 14 ", True),
    ],
)
def test_filtering(text: str, keeps: bool) -> None:
    wanted = parse_filter(text)
    assert wanted is not None
    assert wanted.text == text
    assert wanted.keeps(ROW, LABELS) is keeps


@pytest.mark.parametrize("text", ["", " ", "!", "-", "-l", "-l ", "!-l "])
def test_nothing_is_asked_for_yet(text: str) -> None:
    assert parse_filter(text) is None


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("web[", "bad regular expression: unterminated character set at 4"),
        ("(a", "bad regular expression: missing ), unterminated subpattern at 1"),
        ("*", "bad regular expression: nothing to repeat at 1"),
        ("a{99999999999999}", "bad regular expression: the repetition number is too large"),
        ("-l app=web,", "bad labels: expected a label at 9, found the end"),
    ],
)
def test_mistakes_are_said_and_not_ignored(text: str, line: str) -> None:
    with pytest.raises(FilterError) as caught:
        parse_filter(text)
    assert caught.value.message == line


def test_an_expression_that_python_has_doubts_about_is_used_as_it_is() -> None:
    wanted = parse_filter("[[a]")
    assert wanted is not None
    assert wanted.keeps("a", None)
