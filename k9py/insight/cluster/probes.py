"""What was asked of a server, a kubelet or a kube-proxy, and how that was answered."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from k9py.values.cell import Tone
from k9py.values.errors import ApiError, K9pyError


class Verdict(Enum):
    """How a question was answered."""

    ASKING = "asking …"
    OK = "ok"
    BAD = "not well"
    """What was asked says itself that it is not well."""
    DENIED = "not permitted"
    REFUSED = "nothing listens"
    """Nothing listens there."""
    SILENT = "no answer"
    """No answer, or none that came through."""


TONES = {
    Verdict.ASKING: Tone.BUSY,
    Verdict.OK: Tone.OK,
    Verdict.BAD: Tone.BAD,
    Verdict.DENIED: Tone.DIM,
    Verdict.REFUSED: Tone.DIM,
    Verdict.SILENT: Tone.WARN,
}


@dataclass(frozen=True, slots=True)
class Probe:
    """One answer. `text` is what it says, or why there is none; `took` is in seconds."""

    verdict: Verdict = Verdict.ASKING
    text: str = ""
    took: float = 0.0

    @property
    def tone(self) -> Tone:
        """How it feels."""
        return TONES[self.verdict]


NOT_ASKED = Probe()


def judge_error(error: K9pyError, took: float = 0.0) -> Probe:
    """What an error means: the API server's own words have a reason, those of what it passes a request on to have none.

    It says `connection refused` of a port where nothing listens (apimachinery's proxy, "error trying to reach").
    """
    if not isinstance(error, ApiError):
        return Probe(Verdict.SILENT, error.message, took)
    if error.denied or error.unauthorized:
        return Probe(Verdict.DENIED, error.message, took)
    if not error.reason:
        return Probe(Verdict.BAD, error.text or error.message, took)
    refused = "connection refused" in error.message
    return Probe(Verdict.REFUSED if refused else Verdict.SILENT, error.message, took)
