from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.style import Style

from k9py.store.column import Column
from k9py.ui.painting import GLYPHS, cell_text, crop_middle, paint_empty
from k9py.ui.widgets.table_layout import GLYPH, lay_out
from k9py.values.cell import Cell, Tone


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (Cell("Running"), "Running"),
        (Cell(since=880.0), "2m"),
        (Cell("14", since=880.0), "14 (2m ago)"),
        (Cell("", since=1000.0), "0s"),
    ],
)
def test_what_is_painted_of_a_cell(cell: Cell, text: str) -> None:
    assert cell_text(cell, 1000.0) == text


def test_every_tone_has_a_sign_of_its_own() -> None:
    assert set(GLYPHS) == set(Tone)
    assert len(set(GLYPHS.values())) == len(Tone)
    assert all(cell_len(sign) == 1 for sign in GLYPHS.values())


def test_a_name_is_cropped_in_its_middle() -> None:
    assert crop_middle("inventory-reconciler-7f9c6d5b8-x2k8p", 24) == "inventory-recon…b8-x2k8p"
    assert crop_middle("inventory-reconciler", 8) == "invento…"
    assert crop_middle("short", 24) == "short"


@given(st.text(st.sampled_from("ab-가나🚀é"), max_size=60), st.integers(0, 40))
def test_cropped_text_is_never_wider_than_it_may_be(text: str, width: int) -> None:
    assert cell_len(crop_middle(text, width)) <= max(width, 0)


@given(st.text(max_size=40), st.integers(1, 40))
def test_an_empty_line_is_as_wide_as_the_widget(text: str, width: int) -> None:
    strip = paint_empty(text, width, Style())
    assert cell_len(strip.text) == width


columns = st.lists(st.tuples(st.integers(1, 80), st.booleans(), st.booleans()), min_size=1, max_size=9)


def make_columns(shapes: list[tuple[int, bool, bool]], name_at: int) -> list[Column]:
    titles = ["NAME" if at == name_at else "T" * min(width, 12) for at, (width, _, _) in enumerate(shapes)]
    return [
        Column(title, lambda obj, joined: Cell(), align="right" if right else "left", glyph=glyph)
        for title, (_, right, glyph) in zip(titles, shapes, strict=True)
    ]


@given(columns, st.integers(0, 9), st.integers(12, 220))
def test_columns_never_overlap_and_each_can_be_reached(
    shapes: list[tuple[int, bool, bool]], name_at: int, room: int
) -> None:
    made = make_columns(shapes, name_at)
    widths = [max(width, len(column.title)) for (width, _, _), column in zip(shapes, made, strict=True)]
    layout = lay_out(made, widths, room)
    reached: set[int] = set()
    for scrolled in (0, *layout.stops):
        if scrolled > layout.width - room:
            break
        window = layout.window(scrolled)
        end = 0
        for place in window.places:
            assert place.start > end or end == 0
            end = place.end
            assert place.width > GLYPH * place.column.glyph
            whole = layout.places[place.index].width
            assert place.width == whole or place.column.align == "left"
        assert end <= room
        reached |= {place.index for place in window.places}
    wider_than_the_screen = {place.index for place in layout.places if place.width > room - layout.frozen - 1}
    assert reached | wider_than_the_screen == set(range(len(made)))


def test_everything_is_shown_as_wide_as_it_is_where_there_is_room() -> None:
    made = make_columns([(11, False, False), (20, False, False), (6, True, False)], 1)
    layout = lay_out(made, [11, 20, 6], 120)
    assert [place.width for place in layout.places] == [11, 20, 6]
    assert [place.start for place in layout.places] == [2, 15, 37]
    assert not layout.window(0).more_right
