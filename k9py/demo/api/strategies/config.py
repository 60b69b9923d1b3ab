"""Config maps and secrets."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING

from k9py.demo.api.strategy import Strategy
from k9py.demo.api.validation.config import check_config_map, check_secret
from k9py.demo.core.store import Obj

if TYPE_CHECKING:
    from k9py.demo.api.registry import Registry


def default_secret(obj: Obj) -> None:
    """Any sort of secret; what came as text is encoded."""
    obj.setdefault("type", "Opaque")
    texts = obj.pop("stringData", None)
    if texts:
        encoded = {name: b64encode(text.encode()).decode() for name, text in texts.items()}
        obj["data"] = {**(obj.get("data") or {}), **encoded}


def prepare_secret(obj: Obj, old: Obj | None, registry: Registry) -> None:
    """A type that is not said stays."""
    if old is not None and not obj.get("type"):
        obj["type"] = old["type"]


STRATEGIES = (
    Strategy("configmaps", validate=check_config_map, generation=False),
    Strategy("secrets", default_secret, prepare=prepare_secret, validate=check_secret, generation=False),
)
