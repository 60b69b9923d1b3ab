"""What programs write becomes rows of cells: as xterm and tmux have it, however the bytes are cut."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from k9py.ui.terminal.looks import BOLD, PLAIN, REVERSE, RGB, UNDERLINE, Look, change_look
from k9py.ui.terminal.rows import Row, open_line
from k9py.ui.terminal.terminal import BEHIND, Terminal

RECORDINGS = Path(__file__).parent / "recordings"


def terminal_of(*written: str | bytes, width: int = 20, height: int = 5, kept: int = 100) -> Terminal:
    terminal = Terminal(width, height, kept)
    write(terminal, *written)
    return terminal


def write(terminal: Terminal, *written: str | bytes) -> None:
    for data in written:
        terminal.feed(data.encode() if isinstance(data, str) else data)
    terminal.advance()


def lines_of(terminal: Terminal) -> list[str]:
    """All lines, what has gone by first, without spaces at the ends and empty lines at the end."""
    lines = [terminal.line(number).text.rstrip() for number in range(terminal.lines)]
    while lines and not lines[-1]:
        lines.pop()
    return lines


def screen_of(terminal: Terminal) -> list[str]:
    return [row.text for row in terminal.screen.rows]


def cursor_of(terminal: Terminal) -> tuple[int, int]:
    return terminal.screen.column, terminal.screen.y


def state_of(terminal: Terminal) -> object:
    """All that can be told apart of a terminal."""
    screen = terminal.screen
    rows = [(row.chars, row.looks, row.wraps) for row in (*screen.main, *screen.rows)]
    return (
        rows,
        [open_line(line) for line in screen.history],
        (screen.x, screen.y, screen.look, screen.top, screen.bottom, screen.modes, screen.title, screen.tabs),
        screen.take_answers(),
    )


def check_whole(terminal: Terminal) -> None:
    """Whether each cell has a sign of its width, and a look."""
    screen = terminal.screen
    for row in (*screen.main, *screen.rows):
        assert len(row.chars) == len(row.looks) >= screen.width
        for char, after in pairwise([*row.chars, " "]):
            assert (cell_len(char) == 2) == (not after) or (not char and after)
            assert cell_len(char) <= 2
    assert 0 <= screen.x <= screen.width
    assert 0 <= screen.y < screen.height
    assert len(screen.rows) == len(screen.main) == screen.height


# any bytes, cut anywhere

PIECES = st.sampled_from(
    [
        *(
            b"a",
            b"hello world ",
            "한글".encode(),
            "🚀".encode(),
            "e\u0301".encode(),
            "👩\u200d👩".encode(),
            b"\xff\xc3",
        ),
        *(b"\r", b"\n", b"\r\n", b"\b", b"\t", b"\x0e", b"\x0f", b"\x07", b"\x1b", b"\x18", b"\x9b", b"\x7f"),
        *(b"\x1b[", b"\x1b[31m", b"\x1b[1;48;5;200m", b"\x1b[38:2::1:2:3m", b"\x1b[m", b"\x1b[7;4m", b"\x1b[>4;2m"),
        *(b"\x1b[5;7H", b"\x1b[H", b"\x1b[2J", b"\x1b[J", b"\x1b[1J", b"\x1b[3J", b"\x1b[K", b"\x1b[1K", b"\x1b[2K"),
        *(b"\x1b[2L", b"\x1b[M", b"\x1b[3@", b"\x1b[2P", b"\x1b[4X", b"\x1b[2S", b"\x1b[T", b"\x1b[2;4r", b"\x1b[r"),
        *(b"\x1b[A", b"\x1b[9B", b"\x1b[30C", b"\x1b[D", b"\x1b[G", b"\x1b[3d", b"\x1b[I", b"\x1b[Z", b"\x1b[3b"),
        *(b"\x1b[?1049h", b"\x1b[?1049l", b"\x1b[?7l", b"\x1b[?7h", b"\x1b[4h", b"\x1b[4l", b"\x1b[?6h", b"\x1b[?6l"),
        *(b"\x1b7", b"\x1b8", b"\x1bM", b"\x1bD", b"\x1bE", b"\x1bc", b"\x1b(0", b"\x1b(B", b"\x1b#8", b"\x1b[!p"),
        *(b"\x1b]0;title\x07", b"\x1b]2;\xed\x95\x9c\x1b\\", b"\x1b]52;c;aGk=\x07", b"\x1bP1$r\x1b\\", b"\x1b]"),
        *(b"\x1b[6n", b"\x1b[c", b"\x1b[?2004$p", b"\x1b]11;?\x1b\\", b"\x1b[s", b"\x1b[u", b"\x1bH", b"\x1b[3g"),
    ]
)
STREAMS = st.lists(PIECES | st.binary(max_size=3), max_size=60).map(b"".join)


@settings(max_examples=300, deadline=None)
@given(STREAMS, st.lists(st.integers(0, 400)), st.integers(1, 13), st.integers(1, 6))
def test_however_bytes_are_cut_the_screen_is_the_same(data: bytes, cuts: list[int], width: int, height: int) -> None:
    whole, cut = Terminal(width, height, 20), Terminal(width, height, 20)
    write(whole, data)
    places = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    for begin, end in pairwise(places):
        write(cut, data[begin:end])
    assert state_of(whole) == state_of(cut)
    check_whole(whole)


@settings(max_examples=100, deadline=None)
@given(STREAMS, st.integers(1, 13), st.integers(1, 6))
def test_so_it_is_byte_by_byte_and_in_slices_of_no_time(data: bytes, width: int, height: int) -> None:
    whole, cut = Terminal(width, height), Terminal(width, height)
    write(whole, data)
    for at in range(len(data)):
        cut.feed(data[at : at + 1])
    while cut.busy:
        cut.advance(0)
    assert state_of(whole) == state_of(cut)


@settings(max_examples=200, deadline=None)
@given(st.lists(STREAMS | st.tuples(st.integers(1, 30), st.integers(1, 8)), max_size=8))
def test_a_screen_is_whole_after_any_bytes_and_sizes(events: list[bytes | tuple[int, int]]) -> None:
    terminal = Terminal(10, 4, 10)
    for event in events:
        if isinstance(event, bytes):
            write(terminal, event)
        else:
            terminal.screen.resize(*event)
        check_whole(terminal)


@pytest.mark.parametrize("recording", sorted(RECORDINGS.glob("*.bytes")), ids=lambda path: path.stem)
def test_programs_look_as_in_tmux(recording: Path) -> None:
    terminal = terminal_of(recording.read_bytes(), width=80, height=24, kept=1000)
    shown = [line.rstrip() for line in recording.with_suffix(".screen").read_text().split("\n")]
    while shown and not shown[-1]:
        shown.pop()
    assert lines_of(terminal) == shown


# text


def test_lines_that_have_gone_by_are_kept_up_to_a_number() -> None:
    terminal = terminal_of("".join(f"line {n}\r\n" for n in range(20)), height=4, kept=10)
    assert lines_of(terminal) == [f"line {n}" for n in range(7, 20)]
    assert (terminal.lines, terminal.screen.gone) == (14, 7)


def test_long_lines_wrap_when_the_next_sign_comes() -> None:
    terminal = terminal_of("x" * 20)
    assert (screen_of(terminal)[:2], cursor_of(terminal)) == (["x" * 20, ""], (19, 0))
    write(terminal, "y")
    assert (screen_of(terminal)[:2], cursor_of(terminal)) == (["x" * 20, "y"], (1, 1))
    assert [row.wraps for row in terminal.screen.rows[:2]] == [20, 0]


def test_a_line_that_goes_on_ends_where_it_goes_on() -> None:
    terminal = terminal_of("가나다라 x", width=5)
    assert [row.text for row in terminal.screen.rows[:3]] == ["가나", "다라 ", "x"]
    narrowed = terminal_of("", width=10)
    narrowed.screen.resize(5, 4)
    write(narrowed, "abcdefgh")
    assert [row.text for row in narrowed.screen.rows[:2]] == ["abcde", "fgh"]
    for model in (terminal, narrowed):
        before = [(row.text, bool(row.wraps)) for row in model.screen.rows[:2]]
        write(model, "\r\n" * 9)
        assert [(model.line(number).text, model.line(number).wraps) for number in range(2)] == before
    narrowed.screen.resize(10, 4)
    write(narrowed, "\x1b[H" + "abcde" * 2)
    assert narrowed.screen.rows[0].text == "abcdeabcde"


def test_what_is_pushed_beyond_where_a_line_went_on_is_not_lost() -> None:
    terminal = terminal_of("abcd가", "\x1b[H\x1b[1@x", width=5)
    assert terminal.screen.rows[0].text == "xabcd"
    widened = terminal_of("abcdefgh", width=5)
    widened.screen.resize(10, 5)
    write(widened, "\x1b[H\x1b[3@XYZ")
    assert widened.screen.rows[0].text == "XYZabcde"


def test_without_wrapping_the_last_cell_is_written_over() -> None:
    assert screen_of(terminal_of("\x1b[?7labcdefgh", width=5))[:2] == ["abcdh", ""]


def test_wide_signs_take_two_cells_and_never_half_a_one() -> None:
    terminal = terminal_of("결제 서버🚀", width=7)
    assert screen_of(terminal)[:2] == ["결제 서", "버🚀"]
    write(terminal, "\x1b[1;2Hx")  # over the right half of the first one
    assert terminal.screen.rows[0].chars[:4] == [" ", "x", "제", ""]
    write(terminal, "\x1b[1;3H\x1b[P")
    assert terminal.screen.rows[0].chars[:4] == [" ", "x", " ", " "]


def test_marks_stand_with_their_letters() -> None:
    terminal = terminal_of("e\u0301", "\u1112\u1161\u11ab", "👍\U0001f3fd", "❤\ufe0f", "👩\u200d👩")
    assert terminal.screen.rows[0].chars[:10] == [
        "e\u0301",
        "\u1112\u1161\u11ab",
        "",
        "👍\U0001f3fd",
        "",
        "❤",
        "👩",
        "",
        "👩",
        "",
    ]


def test_what_would_turn_or_hide_text_is_not_shown() -> None:
    assert screen_of(terminal_of("a\u202eb\u200bc\u2066d\ufeffe\x85\x9b31mf"))[0] == "abcde31mf"


def test_lines_are_drawn_with_the_special_graphics() -> None:
    assert screen_of(terminal_of("\x1b(0lqk\x1b(Blqk\x1b)0\x0ex\x0fx"))[0] == "┌─┐lqk│x"


def test_a_sign_is_repeated() -> None:
    assert screen_of(terminal_of("ab\x1b[3b"))[0] == "abbbb"


# moving, erasing, scrolling


def test_what_scrolls_is_between_the_margins() -> None:
    terminal = terminal_of("1\r\n2\r\n3\r\n4\r\n5\x1b[2;4r\x1b[4;1H\n\x1b[2;1H\x1bM", height=5)
    assert screen_of(terminal) == ["1", "", "3", "4", "5"]
    assert lines_of(terminal) == ["1", "", "3", "4", "5"]


def test_lines_that_scroll_out_at_the_top_are_kept_even_over_a_fixed_last_line() -> None:
    terminal = terminal_of("\x1b[1;4r\x1b[5;1Hstatus\x1b[1;1H" + "\r\n".join("abcdef"), height=5)
    assert lines_of(terminal) == ["a", "b", "c", "d", "e", "f", "status"]


def test_a_cleared_screen_can_be_read_back() -> None:
    terminal = terminal_of("one\r\ntwo\x1b[H\x1b[2Jthree")
    assert lines_of(terminal) == ["one", "two", "three"]
    write(terminal, "\x1b[3J")
    assert lines_of(terminal) == ["three"]


def test_erased_cells_keep_the_background() -> None:
    terminal = terminal_of("\x1b[44mab\x1b[K\x1b[m")
    assert terminal.screen.rows[0].looks[10] == Look(ground=4)


def test_a_program_that_fills_the_screen_leaves_no_trace() -> None:
    terminal = terminal_of("$ vim\r\n\x1b[?1049h\x1b[2J\x1b[Hinside" + "\r\n~" * 9, height=5)
    assert terminal.screen.alternate
    assert screen_of(terminal) == ["~"] * 5
    write(terminal, "\x1b[?1049l$ ")
    assert lines_of(terminal) == ["$ vim", "$"]
    assert cursor_of(terminal) == (2, 1)


def test_the_end_of_a_program_that_filled_the_screen_is_kept() -> None:
    terminal = terminal_of("$ vim\r\n\x1b[?1049h\x1b[Htext\r\nmore")
    terminal.screen.close("── the connection was lost ──")
    assert [line for line in lines_of(terminal) if line] == [
        "$ vim",
        "text",
        "more",
        "── the connection wa",
        "s lost ──",
    ]


# looks


def look_after(params: str) -> Look:
    return change_look(PLAIN, params)


def test_looks() -> None:
    assert look_after("1;31") == Look(1, None, BOLD)
    assert look_after("38;5;208;4") == Look(208, None, UNDERLINE)
    assert look_after("48;2;1;2;3") == Look(None, RGB | 0x010203)
    assert look_after("38:2::255:0:300;7") == Look(RGB | 0xFF00FF, None, REVERSE)
    assert look_after("38:5:17") == Look(17)
    assert look_after("4:3;97;100") == Look(15, 8, UNDERLINE)
    assert look_after("58;5;1;3") == look_after("3")
    assert look_after("1;31;") == PLAIN
    assert look_after("38;5") == look_after("38") == look_after("38;9") == look_after("999") == PLAIN


# what goes out


def test_queries_are_answered() -> None:
    terminal = terminal_of("ab\x1b[6n\x1b[5n\x1b[c\x1b[>c\x1b[?7$p\x1b[?2026$p\x1b[18t\x1b]11;?\x07")
    assert terminal.screen.take_answers().decode() == (
        "\x1b[1;3R\x1b[0n\x1b[?62;22c\x1b[>0;10;1c\x1b[?7;1$y\x1b[?2026;0$y\x1b[8;5;20t\x1b]11;rgb:0000/0000/0000\x1b\\"
    )
    assert terminal.screen.take_answers() == b""


def test_nothing_that_a_program_has_set_is_sent_back_to_it() -> None:
    terminal = terminal_of("\x1b]0;rm -rf /\r\x07\x1b[21t\x1b]52;c;?\x07\x1bP+q544e\x1b\\\x1b]50;?\x07")
    assert terminal.screen.take_answers() == b""
    assert terminal.screen.title == "rm -rf /"


def test_who_asks_on_and_on_is_not_answered_on_and_on() -> None:
    assert len(terminal_of("\x1b[6n" * 100_000).screen.take_answers()) < 5_000


def test_titles_are_cleaned_and_short() -> None:
    assert terminal_of("\x1b]2;a\u202eb" + "c" * 10_000 + "\x07").screen.title == "ab" + "c" * 198


# sizes


def test_what_does_not_fit_comes_back() -> None:
    terminal = terminal_of("\r\n".join(f"{n} {'x' * 15}" for n in range(5)), height=5)
    before = screen_of(terminal)
    terminal.screen.resize(8, 2)
    assert [row.text[:8] for row in terminal.screen.rows] == ["3 xxxxxx", "4 xxxxxx"]
    assert cursor_of(terminal) == (7, 1)
    terminal.screen.resize(20, 5)
    assert screen_of(terminal) == before
    assert cursor_of(terminal)[1] == 4


def test_empty_rows_go_first() -> None:
    terminal = terminal_of("one\r\ntwo", height=5)
    terminal.screen.resize(20, 3)
    assert (lines_of(terminal), len(terminal.screen.history)) == (["one", "two"], 0)


def test_the_main_screen_fits_too_while_the_other_is_shown() -> None:
    terminal = terminal_of("\r\n".join("abcde") + "\x1b[?1049hinside", height=5)
    terminal.screen.resize(20, 3)
    write(terminal, "\x1b[?1049l")
    assert lines_of(terminal) == list("abcde")


# time


def test_much_is_taken_in_a_slice_at_a_time() -> None:
    terminal = Terminal(80, 24)
    terminal.feed(b"a line of some length\r\n" * 100_000)
    assert terminal.behind
    slices = 0
    while terminal.busy:
        terminal.advance(0.001)
        slices += 1
    assert slices > 10
    assert not terminal.behind
    assert BEHIND < 2_000_000


def test_rows_know_when_they_have_changed() -> None:
    terminal = terminal_of("one\r\ntwo")
    for row in terminal.screen.rows:
        row.painted = "painted"
    write(terminal, "\x1b[1;1HX")
    assert [row.painted for row in terminal.screen.rows[:2]] == [None, "painted"]
    assert isinstance(terminal.line(0), Row)
