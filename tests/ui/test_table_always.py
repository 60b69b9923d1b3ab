from __future__ import annotations

from random import Random

import pytest

from k9py.store.filter import parse_filter
from tests.ui.helpers import TONES
from tests.ui.table_scene import MANY, Scene, show

KEYS = ("j", "k", "ctrl+f", "ctrl+b", "g", "G", "space", "ctrl+@", "l", "h")


async def step(scene: Scene, chance: Random) -> None:
    """One thing that happens: mostly to the cluster, now and then by a key."""
    names = chance.sample(MANY, chance.randint(1, 12))
    what = chance.choice(["put", "put", "delete", "key", "key", "filter", "sort"])
    if what == "put":
        await scene.change(names=names, status=chance.choice(list(TONES)), restarts=chance.randrange(30))
    elif what == "delete":
        scene.world.delete(*names)
    elif what == "key":
        await scene.press(chance.choice(KEYS))
    elif what == "filter":
        scene.world.view.set_filter(parse_filter(chance.choice(["", "pod-0.[13579]", "!pod-05", "nothing"])))
    else:
        scene.world.view.sort_by(chance.choice(["NAME", "STATUS", "CPU", "AGE"]))


@pytest.mark.parametrize("seed", range(8))
async def test_the_screen_is_always_what_the_view_says(seed: int) -> None:
    chance = Random(seed)
    async with show(*MANY[:50], size=(100, 13)) as scene:
        terminal = scene.lines
        scene.table.refreshed.clear()
        for _ in range(40):
            await step(scene, chance)
            await scene.follow()
            for y in scene.table.refreshed & set(range(13)):
                terminal[y] = scene.table.render_line(y).text.rstrip()
            scene.table.refreshed.clear()
            assert scene.lines == terminal
            check_cursor(scene)


def check_cursor(scene: Scene) -> None:
    view, table = scene.world.view, scene.table
    if len(view) == 0:
        assert table.cursor_key is None
        return
    assert table.cursor_key is not None
    index = view.index_of(table.cursor_key)
    assert index is not None
    top = table.scroll_offset.y
    assert 0 <= top <= max(0, len(view) - 12)
    if top <= index < top + 12:
        assert scene.lines[index - top + 1][0] in "▸✓"
    assert scene.names == [view.key_at(at).name for at in range(top, min(len(view), top + 12))]
