"""Waiting for what tasks and servers bring about."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


async def until(condition: Callable[[], bool], what: str = "") -> None:
    """Let tasks and the server work until a condition holds."""
    end = asyncio.get_running_loop().time() + 10
    while not condition():
        assert asyncio.get_running_loop().time() < end, f"never came to be: {what or condition}"
        await asyncio.sleep(0.002)
