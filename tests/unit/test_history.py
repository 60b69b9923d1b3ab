"""Commands typed, gone back to and forward to."""

from __future__ import annotations

from k9py.ui.history import MOST, History


def typed(*commands: str) -> History:
    history = History()
    for command in commands:
        history.push(command)
    return history


def test_back_and_forward_stop_at_the_ends() -> None:
    history = typed("pods", "svc", "crd")
    assert [history.step(-1), history.step(-1), history.step(-1)] == ["svc", "pods", None]
    assert [history.step(1), history.step(1), history.step(1)] == ["svc", "crd", None]


def test_last_goes_to_and_fro() -> None:
    history = typed("pods", "svc")
    assert [history.last(), history.last(), history.last()] == ["pods", "svc", "pods"]


def test_typing_forgets_what_lay_ahead_and_the_same_again_is_one() -> None:
    history = typed("pods", "svc", "svc")
    history.step(-1)
    history.push("crd")
    assert history.step(1) is None
    assert history.step(-1) == "pods"


def test_nothing_typed_is_nowhere_to_go() -> None:
    history = History()
    assert (history.step(-1), history.step(1), history.last()) == (None, None, None)


def test_the_oldest_is_let_go_of_never_the_newest() -> None:
    history = typed(*(str(number) for number in range(MOST + 5)))
    assert history.last() == str(MOST + 3)
    assert history.step(1) == str(MOST + 4)
