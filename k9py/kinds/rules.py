"""The rules of a role, in the columns of permissions."""

from __future__ import annotations

from dataclasses import replace

from k9py.kinds.permissions import KIND as PERMISSIONS
from k9py.kinds.permissions import RULES

KIND = replace(PERMISSIONS, plural=RULES.gvr.plural)
