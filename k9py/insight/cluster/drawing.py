"""The whole map: first what is not well, then the control plane from the middle outwards, then the nodes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from k9py.insight.cluster.addons import draw_aggregated, draw_cluster_info
from k9py.insight.cluster.components import draw_api_server, draw_control_plane
from k9py.insight.cluster.facts import SLACK, Facts
from k9py.insight.cluster.lines import GRAVITY, Line, plural, say, title
from k9py.insight.cluster.nodes import NodeLines
from k9py.insight.cluster.probes import Verdict
from k9py.values.age import human_duration
from k9py.values.cell import Tone

MOST_ALARMS = 8
"""More of what is not well stands only where it is."""
_WELL = "Nothing is broken, as far as can be seen from here"


def draw(facts: Facts, nodes: NodeLines) -> tuple[Line, ...]:
    """All lines of the map, from top to bottom."""
    lines = [
        *draw_api_server(facts),
        *draw_control_plane(facts),
        *draw_aggregated(facts),
        *draw_cluster_info(facts),
        *nodes.draw(facts),
    ]
    return (*_alarms(lines, facts), *lines)


def _verdict(found: Sequence[Line], facts: Facts) -> Line:
    if found:
        return title(f"{plural(len(found), 'thing')} {'is' if len(found) == 1 else 'are'} not well", found[0].tone)
    if facts.readyz.probe.verdict is Verdict.ASKING:
        return title("Asking how it is …", Tone.BUSY)
    return title(_WELL, Tone.OK)


def _alarms(lines: Sequence[Line], facts: Facts) -> Iterator[Line]:
    found = sorted((line for line in lines if line.alarm), key=lambda line: GRAVITY.index(line.tone))
    yield _verdict(found, facts)
    for line in found[:MOST_ALARMS]:
        yield replace(line, key=f"alarm:{line.key}", cells=(say(line.alarm),), part="thing", grid=False, foldable=False)
    more = len(found) - MOST_ALARMS
    if more > 0:
        yield Line("alarm:more", f"and {more:,} more", (say("see below"),), Tone.DIM)
    if abs(facts.ahead) > SLACK:
        way = "ahead of" if facts.ahead > 0 else "behind"
        said = f"{human_duration(abs(facts.ahead))} {way} the cluster's; ages here are by the cluster's"
        yield Line("clock", "this machine's clock", (say(said),), Tone.WARN)
