"""The options of `k9py demo`, checked: nothing heavy is imported here."""

from __future__ import annotations

import argparse

from k9py.demo.plan import Plan
from k9py.values.errors import ConfigError

MOST_PODS = 100_000
MOST_NODES = 5_000


def plan_from(options: argparse.Namespace) -> Plan:
    """The plan that the options describe. ConfigError for one that cannot be."""
    _check("--pods", options.pods, 0, MOST_PODS)
    _check("--nodes", options.nodes, 0, MOST_NODES)
    _check("--speed", options.speed, 0.01, 1000)
    _check("--port", options.port, 0, 65535)
    if options.churn is not None:
        _check("--churn", options.churn, 0, 10_000)
    return Plan(
        pods=options.pods,
        nodes=options.nodes,
        seed=options.seed,
        speed=options.speed,
        churn=options.churn,
        story=_story(options.story) if options.story else "",
        off=_parts(options.like) if options.like else frozenset(),
    )


def story_of(plan: Plan) -> str:
    """What a person is told of the incident that is to happen; empty if none is."""
    if not plan.story:
        return ""
    from k9py.demo.world.stories import STORIES

    return STORIES[plan.story].summary


def _check(name: str, value: float, least: float, most: float) -> None:
    if not least <= value <= most:
        raise ConfigError(f"{name} {value} cannot be", f"choose a number from {least} to {most}")


def _parts(version: str) -> frozenset[str]:
    from k9py.demo.core.parts import OLDEST, VERSION, parts_of

    try:
        return parts_of(version)
    except ValueError:
        raise ConfigError(f"--like {version} cannot be", f"choose from 1.{OLDEST} to 1.{VERSION[1]}") from None


def _story(wanted: str) -> str:
    from k9py.demo.world.stories import STORIES

    if wanted not in STORIES:
        known = ", ".join(f"{name} ({story.summary})" for name, story in STORIES.items())
        raise ConfigError(f"there is no story {wanted}", f"choose one: {known}")
    return wanted
