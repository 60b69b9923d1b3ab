"""Events as events.k8s.io/v1 serves them: the same objects as those of the core, shown the same."""

from __future__ import annotations

from dataclasses import replace

from k9py.kinds import events

KIND = replace(events.KIND, group="events.k8s.io")
