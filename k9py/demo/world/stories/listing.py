"""All stories by name."""

from __future__ import annotations

from k9py.demo.world.stories import bad_deploy, crowded_house, leaking_cart, sleeping_worker, stale_pool
from k9py.demo.world.stories.story import Story

STORIES: dict[str, Story] = {
    module.STORY.name: module.STORY for module in (bad_deploy, sleeping_worker, stale_pool, leaking_cart, crowded_house)
}
"""The first is the one to begin with."""
