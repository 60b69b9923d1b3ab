"""What a lease tells of who holds it: renewed in time or not."""

from __future__ import annotations

from typing import NamedTuple

from k9py.insight.cluster.facts import Facts
from k9py.insight.cluster.lines import Phrase, ago, say
from k9py.insight.cluster.objects import Lease
from k9py.values.age import human_duration
from k9py.values.cell import Tone

RENEWS = 60
"""Seconds after which an API server that has not renewed its lease (each 10 s) is worth a look. Its lease itself lasts
an hour, as it only tells when another may remove it (KEP-1965)."""


class Sign(NamedTuple):
    """A sign of life: how it feels, in a word, when it was given, and what is wrong with it."""

    tone: Tone
    word: str
    when: Phrase
    alarm: str = ""


def read_sign(lease: Lease, facts: Facts, trouble: str, within: int | None = None) -> Sign:
    """Judge a lease by how long a renewal of it holds (`within` seconds instead), against the cluster's clock.

    While nothing is heard of leases (`trouble`) none can be judged.
    """
    if lease.renewed is None:
        return Sign(Tone.DIM, "never renewed", say(""))
    renewed = facts.here(lease.renewed)
    if trouble:
        return Sign(Tone.DIM, "not known now", ago("renewed", renewed, Tone.DIM))
    if not lease.holder:
        return Sign(Tone.WARN, "held by nobody", ago("given up", renewed), "nobody holds its lease")
    holds = within or lease.lasts
    age = facts.now - renewed
    if age <= holds:
        return Sign(Tone.OK, "ok", ago("renewed", renewed))
    lasted = human_duration(age)
    alarm = f"its lease has not been renewed for {lasted} (each renewal holds {human_duration(holds)})"
    return Sign(Tone.WARN if within and age <= lease.lasts else Tone.BAD, "expired", ago("renewed", renewed), alarm)
