"""What the API server answers when it refuses (meta/v1 Status), worded as the real one words it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple


class Cause(NamedTuple):
    """Why one field is refused (StatusCause): `reason` as `FieldValueRequired`, `message` without the field's path."""

    field: str
    reason: str
    message: str

    @property
    def line(self) -> str:
        """Path and message, as they stand in the Status's message."""
        return f"{self.field}: {self.message}"


def required(field: str, detail: str = "") -> Cause:
    """A value that is missing."""
    return Cause(field, "FieldValueRequired", "Required value" + (f": {detail}" if detail else ""))


def invalid_value(field: str, value: str, detail: str) -> Cause:
    """A value that cannot be. `value` as Go writes it: strings in quotes, numbers bare, objects as JSON."""
    return Cause(field, "FieldValueInvalid", f"Invalid value: {value}: {detail}")


def forbidden_value(field: str, detail: str) -> Cause:
    """A value that may not be there."""
    return Cause(field, "FieldValueForbidden", f"Forbidden: {detail}")


def unsupported_value(field: str, value: str, supported: Sequence[str]) -> Cause:
    """A value that is none of those that can be."""
    listed = ", ".join(f'"{one}"' for one in supported)
    return Cause(field, "FieldValueNotSupported", f'Unsupported value: "{value}": supported values: {listed}')


def duplicate_value(field: str, value: str) -> Cause:
    """A value that is there already."""
    return Cause(field, "FieldValueDuplicate", f"Duplicate value: {value}")


class StatusError(Exception):
    """A refusal. `details` as in the Status, without the empty."""

    def __init__(
        self, code: int, reason: str, message: str, details: Mapping[str, Any] | None = None, retry_after: int = 0
    ) -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason
        self.message = message
        self.details = dict(details or {})
        self._detailed = details is not None
        if retry_after:
            self.details["retryAfterSeconds"] = retry_after
        self.retry_after = retry_after

    def status(self) -> dict[str, Any]:
        """The Status object."""
        head = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "message": self.message}
        details = {"details": self.details} if self.details or self._detailed else {}
        reason = {"reason": self.reason} if self.reason else {}
        return {**head, **reason, **details, "code": self.code}


def _full(plural: str, group: str) -> str:
    return f"{plural}.{group}" if group else plural


def _details(plural: str, group: str, name: str, **more: Any) -> dict[str, Any]:
    found = {"name": name, "group": group, "kind": plural, **more}
    return {key: value for key, value in found.items() if value}


def not_found(group: str, plural: str, name: str) -> StatusError:
    """No such object."""
    message = f'{_full(plural, group)} "{name}" not found'
    return StatusError(404, "NotFound", message, _details(plural, group, name))


def no_such_path() -> StatusError:
    """No such resource, or no such path."""
    return StatusError(404, "NotFound", "the server could not find the requested resource", {})


def already_exists(group: str, plural: str, name: str) -> StatusError:
    """An object of that name is there."""
    message = f'{_full(plural, group)} "{name}" already exists'
    return StatusError(409, "AlreadyExists", message, _details(plural, group, name))


def conflict(group: str, plural: str, name: str, why: str) -> StatusError:
    """Something has changed meanwhile."""
    message = f'Operation cannot be fulfilled on {_full(plural, group)} "{name}": {why}'
    return StatusError(409, "Conflict", message, _details(plural, group, name))


MODIFIED = "the object has been modified; please apply your changes to the latest version and try again"


def invalid(group: str, kind: str, name: str, causes: Sequence[Cause]) -> StatusError:
    """Fields that cannot be."""
    lines = list(dict.fromkeys(cause.line for cause in causes))
    text = lines[0] if len(lines) == 1 else f"[{', '.join(lines)}]"
    listed = [{"reason": cause.reason, "message": cause.message, "field": cause.field} for cause in causes]
    message = f'{_full(kind, group)} "{name}" is invalid: {text}'
    return StatusError(422, "Invalid", message, _details(kind, group, name, causes=listed))


def forbidden(group: str, plural: str, name: str, why: str) -> StatusError:
    """Not allowed."""
    named = f'{_full(plural, group)} "{name}"' if name else _full(plural, group)
    return StatusError(403, "Forbidden", f"{named} is forbidden: {why}", _details(plural, group, name))


def unauthorized() -> StatusError:
    """Nobody we know."""
    return StatusError(401, "Unauthorized", "Unauthorized")


def bad_request(message: str) -> StatusError:
    """Not understood."""
    return StatusError(400, "BadRequest", message)


def method_not_allowed() -> StatusError:
    """Understood, but that resource cannot do it."""
    return StatusError(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", {})


def no_watch(group: str, plural: str) -> StatusError:
    """Of what is worked out when it is asked for, there are no changes to see."""
    message = f'watch is not supported on resources of kind "{_full(plural, group)}"'
    return StatusError(405, "MethodNotAllowed", message, _details(plural, group, ""))


def expired(message: str) -> StatusError:
    """A version that is not known any more."""
    return StatusError(410, "Expired", message)


def unsupported_media_type(message: str) -> StatusError:
    """A body in a form that cannot be read."""
    return StatusError(415, "UnsupportedMediaType", message)


def too_many_requests(message: str, details: Mapping[str, Any], retry_after: int = 0) -> StatusError:
    """Not now. A disruption budget that blocks answers so too."""
    return StatusError(429, "TooManyRequests", message, details, retry_after)
