"""What conditions say of an object's health, whatever its kind (API conventions, "Typical status properties")."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from k9py.kinds.kind import Part
from k9py.values.cell import Tone, worst

_GOOD = (
    *("Ready", "Available", "Healthy", "Synced", "Established", "Accepted", "Programmed", "Reconciled", "Valid"),
    *("Succeeded", "Installed", "ScalingActive", "AbleToScale", "Initialized", "NamesAccepted", "ResolvedRefs"),
)
"""Types that are True of what is well, those first that say most."""
_RANKS = {kind: rank for rank, kind in enumerate(_GOOD)}
_DONE = frozenset({"Complete", "Completed", "Finished"})
_BAD = frozenset({"Failed", "Degraded", "Stalled", "Error", "ReplicaFailure", "NonStructuralSchema"})
_BUSY = frozenset({"Progressing", "Reconciling", "Updating", "Issuing", "Terminating"})
_GOING_ON = ("pending", "progress", "reconciling", "creating", "provisioning", "issuing", "initializing", "updating")
"""What a reason that something is not yet well begins or ends with, when it is on its way to be."""
_STATES = {
    Tone.OK: "true ready active bound available healthy synced running valid",
    Tone.WARN: "warning",
    Tone.BAD: "false failed error denied degraded lost invalid unhealthy notready",
    Tone.BUSY: "pending progressing unknown outofsync missing updating creating provisioning",
    Tone.DONE: "complete completed succeeded suspended released",
    Tone.GOING: "terminating deleting",
}
_STATE_TONES = {word: tone for tone, words in _STATES.items() for word in words.split()}
_ARRIVED = "NewReplicaSetAvailable"
"""Why Progressing stays True of a deployment, and of what takes after it, that is complete."""


class Condition(Part, frozen=True):
    """One condition of a status."""

    type: str
    status: str = ""
    reason: str = ""

    def __str__(self) -> str:
        reason = f" ({self.reason})" if self.reason else ""
        return f"{self.type}={self.status}{reason}"


def state_tone(word: str) -> Tone:
    """How a phase or another word for a state feels; PLAIN where it is not known."""
    return _STATE_TONES.get(word.lower(), Tone.PLAIN)


Conditions = tuple[Condition, ...] | None
"""Of a status; some servers write null for none."""


def read_conditions(status: Any) -> Conditions:
    """Those of a status that may be anything; none, where it means something of its own by the word."""
    found = status.get("conditions") if isinstance(status, Mapping) else None
    try:
        told: Conditions = msgspec.convert(found, Conditions)
    except msgspec.ValidationError:
        return None
    return told


def condition(conditions: Conditions, wanted: str) -> Condition | None:
    """The condition of a type."""
    return next((each for each in conditions or () if each.type == wanted), None)


def holds(conditions: Conditions, wanted: str, status: str = "True") -> bool:
    """Whether the condition of a type is so."""
    found = condition(conditions, wanted)
    return found is not None and found.status == status


def conditions_tone(conditions: Conditions) -> Tone:
    """The worst of what they say; nothing, where their types mean nothing to us."""
    return worst(map(_tone, conditions or ()))


def telling(conditions: Conditions) -> str:
    """What is not as it should be: `Ready=False (NoIssuer)`; of what is well what says most of it."""
    tone = conditions_tone(conditions)
    if tone is Tone.PLAIN:
        return ""
    found = [each for each in conditions or () if _tone(each) is tone]
    if tone in (Tone.BAD, Tone.BUSY):
        return ",".join(map(str, found))
    return min((each.type for each in found), key=lambda kind: _RANKS.get(kind, 0))


def _tone(condition: Condition) -> Tone:
    match condition.type, condition.status:
        case (kind, "True") if kind in _RANKS:
            return Tone.OK
        case (kind, "True") if kind in _DONE:
            return Tone.DONE
        case (kind, "True") if kind in _BAD:
            return Tone.BAD
        case (kind, "True") if kind in _BUSY:
            return Tone.PLAIN if condition.reason == _ARRIVED else Tone.BUSY
        case (kind, "Unknown") if kind in _RANKS:
            return Tone.BUSY
        case (kind, "False") if kind in _RANKS:
            return Tone.BUSY if _goes_on(condition.reason) else Tone.BAD
        case ("Progressing", "False") if "Deadline" in condition.reason or "Fail" in condition.reason:
            return Tone.BAD
    return Tone.PLAIN


def _goes_on(reason: str) -> bool:
    word = reason.lower()
    return word.startswith(_GOING_ON) or word.endswith(_GOING_ON)
