"""The metadata of a pod template."""

from __future__ import annotations

from collections.abc import Iterator

from k9py.demo.api.validation.meta import check_labels
from k9py.demo.api.validation.names import qualified
from k9py.demo.api.validation.words import broken
from k9py.demo.core.status import Cause
from k9py.demo.core.store import Obj


def check_template_metadata(path: str, metadata: Obj) -> Iterator[Cause]:
    """Labels and annotations."""
    yield from check_labels(f"{path}.labels", metadata.get("labels") or {})
    for key in sorted(metadata.get("annotations") or {}):
        yield from broken(f"{path}.annotations", key, lambda text: qualified(text.lower()))
