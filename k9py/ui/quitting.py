"""Leaving k9py: with something under way the person is asked, and what was sent gets a moment to end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from k9py.ui.screens.dialogs import Sure

if TYPE_CHECKING:
    from k9py.ui.app import K9pyApp

PATIENCE = 2.0
"""Seconds that what is under way has to end, so that the audit has its outcome."""


async def quit_app(app: K9pyApp) -> None:
    """Leave, unless something is under way and the person would rather stay."""
    if lines := app.hub.describe_under_way():
        stays = "What was sent stays sent. Nothing more is sent when you quit."
        if not await app.push_screen_wait(Sure("Something is under way", [*lines, "", stays], "Stay", "Quit")):
            return
        app.say("sending nothing more; waiting for what is under way …")
        await app.hub.ledger.settle(PATIENCE)
    app.exit()
