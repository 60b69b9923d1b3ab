"""Label selectors match what kubectl's do."""

from __future__ import annotations

import pytest

from k9py.values.selector import LabelExpression, LabelSelector, SelectorError, parse_selector, selector_from

WEB = {"app": "web", "tier": "front", "weight": "5", "empty": ""}


@pytest.mark.parametrize(
    ("text", "matches"),
    [
        ("", True),
        ("app=web", True),
        ("app==web", True),
        ("app=api", False),
        ("app!=api", True),
        ("app!=web", False),
        ("owner!=me", True),
        ("app in (web, api)", True),
        ("app in (api)", False),
        ("app notin (api,db)", True),
        ("app notin (web)", False),
        ("owner notin (me)", True),
        ("app", True),
        ("owner", False),
        ("!owner", True),
        ("! app", False),
        ("weight>4", True),
        ("weight>5", False),
        ("weight<6", True),
        ("tier<6", False),
        ("empty=", True),
        ("app=", False),
        ("app in (web,)", True),
        ("empty in ()", True),
        (" app = web , tier in (front,back) ,!owner ", True),
        ("app=web,tier=back", False),
        ("in=x", False),
        ("app.kubernetes.io/name=web", False),
    ],
)
def test_matching(text: str, matches: bool) -> None:
    assert parse_selector(text).matches(WEB) is matches


@pytest.mark.parametrize(
    ("text", "message", "position"),
    [
        ("app=web,", "expected a label at 9, found the end", 8),
        ("app=web tier=x", "expected ',' at 9, found 'tier'", 8),
        ("=web", "expected a label at 1, found '='", 0),
        ("app in web", "expected '(' at 8, found 'web'", 7),
        ("app in (web", "expected ')' at 12, found the end", 11),
        ("weight>x", "expected a whole number at 8, found 'x'", 7),
        ("app=(", "expected a value at 5, found '('", 4),
    ],
)
def test_mistakes_say_where_they_are(text: str, message: str, position: int) -> None:
    with pytest.raises(SelectorError) as caught:
        parse_selector(text)
    assert caught.value.message == message
    assert caught.value.position == position


def test_nothing_has_labels_of_its_own() -> None:
    assert parse_selector("!app").matches(None)
    assert not parse_selector("app").matches(None)


def test_a_selector_of_a_spec_is_written_as_kubectl_writes_it() -> None:
    spec = LabelSelector(
        {"tier": "front", "app": "web"},
        (
            LabelExpression("zone", "NotIn", ("b", "a")),
            LabelExpression("owner", "DoesNotExist"),
            LabelExpression("app", "Exists"),
        ),
    )
    selector = selector_from(spec)
    assert str(selector) == "app=web,app,!owner,tier=front,zone notin (a,b)"
    assert selector.matches(WEB)
    assert not selector.matches({**WEB, "zone": "a"})


def test_no_selector_selects_nothing_and_an_empty_one_everything() -> None:
    assert not selector_from(None).matches(WEB)
    assert selector_from(LabelSelector()).matches(WEB)
    assert selector_from(LabelSelector()).matches(None)


def test_an_unknown_operator_is_refused() -> None:
    with pytest.raises(SelectorError, match="Near is not an operator"):
        selector_from(LabelSelector(None, (LabelExpression("zone", "Near"),)))
