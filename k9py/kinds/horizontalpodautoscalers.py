"""Autoscalers, in the server's columns, and what keeps them from scaling. Enter leads to what they scale."""

from __future__ import annotations

from k9py.kinds.conditions import Condition, condition, conditions_tone, telling
from k9py.kinds.kind import Opening, Part
from k9py.kinds.parts import opens_one
from k9py.kinds.server_columns import PartialObject, TableRow, conditions_column, row_tone, server_kind
from k9py.store.column import Joined
from k9py.values.cell import Tone, worst


class Scaled(Part, frozen=True):
    """What it scales (CrossVersionObjectReference)."""

    kind: str = ""
    name: str = ""
    api_version: str = ""

    @property
    def word(self) -> str:
        """How a person would name its kind: `deployment.apps`."""
        group, slash, _version = self.api_version.partition("/")
        return f"{self.kind.lower()}.{group}" if slash else self.kind.lower()


class AutoscalerSpec(Part, frozen=True):
    """What is wanted."""

    scale_target_ref: Scaled = Scaled()


class Autoscaler(PartialObject, gc=False):
    """An autoscaler."""

    spec: AutoscalerSpec = AutoscalerSpec()


class AutoscalerRow(TableRow, gc=False):
    """A row of it."""

    object: Autoscaler


def _full(row: AutoscalerRow) -> Condition | None:
    """That it would scale further than it may is to be seen; that it rests at its least is as it should be."""
    limited = condition(row.told.conditions, "ScalingLimited")
    full = limited is not None and (limited.status, limited.reason) == ("True", "TooManyReplicas")
    return limited if full else None


def _tone(row: AutoscalerRow, joined: Joined) -> Tone:
    return worst((row_tone(row, joined), Tone.WARN if _full(row) else Tone.PLAIN))


def _says(row: AutoscalerRow) -> str:
    full = _full(row)
    calm = conditions_tone(row.told.conditions) in (Tone.OK, Tone.PLAIN)
    return str(full) if full and calm else telling(row.told.conditions)


def _opens(row: AutoscalerRow) -> Opening | None:
    metadata, scaled = row.metadata, row.object.spec.scale_target_ref
    title = f"autoscaler {metadata.name}"
    return opens_one(scaled.word, title, scaled.name, metadata.namespace) if scaled.name else None


KIND = server_kind(
    "autoscaling",
    "horizontalpodautoscalers",
    conditions_column(_tone, _says),
    row=AutoscalerRow,
    tone=_tone,
    opens=_opens,
)
