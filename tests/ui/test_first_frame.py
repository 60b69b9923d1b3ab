"""A page that opens says at once where it is: nobody is told "no cluster" in passing."""

from __future__ import annotations

from pathlib import Path

from k9py.ui.screens.about_page import AboutPage
from k9py.ui.widgets.top_bar import TopBar
from tests.ui.pages.show import show


async def test_a_page_names_its_cluster_before_anything_is_painted(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        page = AboutPage(shown.app.session)
        await shown.app.push_screen(page)
        assert page.query_one(TopBar).overview.context == "lab"
