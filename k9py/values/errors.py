"""What can go wrong, said in one line and with its cure. Every error that a person may see is one of these."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class K9pyError(Exception):
    """Something a person must be told: `message` in one line, `cure` what they can do about it (may be empty)."""

    def __init__(self, message: str, cure: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.cure = cure

    @property
    def line(self) -> str:
        """Message and cure in one line."""
        return f"{self.message} — {self.cure}" if self.cure else self.message


class ConfigError(K9pyError):
    """The kubeconfig, an option or a setting is not usable."""


class Unreachable(K9pyError):
    """No answer: refused, unknown host, timed out, cut, bad certificate. It may have been `sent`, and done."""

    sent = False


class LoginFailed(K9pyError):
    """The credentials could not be had: an exec plugin failed, a token file is missing, a login has expired."""


class ApiError(K9pyError):
    """The API server answered with a Status (meta/v1) or with something else at or above 400."""

    def __init__(
        self,
        status: int,
        reason: str,
        message: str,
        cure: str = "",
        details: Mapping[str, Any] | None = None,
        retry_after: float | None = None,
        text: str = "",
    ) -> None:
        super().__init__(message, cure)
        self.status = status
        self.reason = reason
        self.details: Mapping[str, Any] = details or {}
        self.retry_after = retry_after
        """Seconds that the server asks to wait (Retry-After header or details.retryAfterSeconds)."""
        self.text = text
        """The whole of an answer that is no Status, uncleaned: what a failing readyz says of each check."""

    @property
    def gone(self) -> bool:
        """The resourceVersion or continue token is too old: list again (410)."""
        return self.status == 410

    @property
    def denied(self) -> bool:
        """Known to the server, and not permitted (403)."""
        return self.status == 403

    @property
    def unauthorized(self) -> bool:
        """Not known to the server: no or expired credentials (401)."""
        return self.status == 401

    @property
    def missing(self) -> bool:
        """No such object, or no such kind (404)."""
        return self.status == 404

    @property
    def conflict(self) -> bool:
        """Changed or replaced meanwhile (409)."""
        return self.status == 409
