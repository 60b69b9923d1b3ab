"""Events, as they are stored (core/v1)."""

from __future__ import annotations

from collections.abc import Iterator

from k9py.demo.api.defaults.filling import filled
from k9py.demo.api.strategy import Strategy
from k9py.demo.api.validation.names import qualified
from k9py.demo.api.validation.words import broken, invalid
from k9py.demo.core.status import Cause, required
from k9py.demo.core.store import Obj


def _check_event(obj: Obj, old: Obj | None) -> Iterator[Cause]:
    """An event: new ones (with an eventTime) have to say more than those of old clients."""
    about, namespace = obj.get("involvedObject") or {}, obj["metadata"].get("namespace", "")
    if about.get("namespace", "") not in (namespace, "") or (not about.get("namespace") and namespace != "default"):
        yield invalid("involvedObject.namespace", about.get("namespace", ""), "does not match event.namespace")
    if not obj.get("eventTime") or old is not None:
        return
    controller = obj.get("reportingComponent", "")
    if not controller:
        yield required("reportingController")
    yield from broken("reportingController", controller, qualified)
    for name, limit in (("reportingInstance", 128), ("action", 128), ("reason", 128)):
        text = obj.get(name, "")
        if not text:
            yield required(name)
        elif len(text) > limit:
            yield invalid(name, "", f"can have at most {limit} characters")
    if obj.get("type") not in ("Normal", "Warning"):
        yield invalid("type", "", f"has invalid value: {obj.get('type', '')}")


_TIMES = dict.fromkeys(("firstTimestamp", "lastTimestamp", "eventTime"))
_DEFAULT = filled(source={}, **_TIMES, reportingComponent="", reportingInstance="")
STRATEGIES = (Strategy("events", _DEFAULT, validate=_check_event, generation=False),)
