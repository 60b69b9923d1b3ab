"""One forwarded connection to a port of a pod."""

from __future__ import annotations

import re
from hashlib import sha256

from k9py.demo.cluster import Cluster
from k9py.demo.node.network import Endpoint, listener

_REQUEST = re.compile(rb"(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|TRACE|CONNECT) \S+ HTTP/1\.[01]\r\n")
_START = re.compile(rb"[A-Z]{3,7}(?: |$)")
_LENGTH = re.compile(rb"\r\ncontent-length:\s*(\d+)", re.IGNORECASE)
_CLOSE = re.compile(rb"\r\nconnection:\s*close", re.IGNORECASE)
_KEEP = re.compile(rb"\r\nconnection:\s*keep-alive", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding:\s*chunked", re.IGNORECASE)


class RefusedError(Exception):
    """Nobody listens at that port, in the words of the container runtime."""


class PortConnection:
    """Bytes to a program, and what it answers. HTTP requests are answered when they are whole; `over` ends it."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._held = b""
        self.over = False

    def receive(self, data: bytes) -> bytes:
        """The answer to bytes, as far as there is one yet."""
        self._held += data
        answers = []
        while self._held and not self.over:
            request = self._next()
            if request is None:
                break
            answers.append(self._answer(request))
        return b"".join(answers)

    def _next(self) -> bytes | None:
        """The next request that is whole; of what is not HTTP, all there is."""
        held = self._held
        if not _START.match(held[:8]) or (b"\r\n" in held and not _REQUEST.match(held)):
            self._held = b""
            return held
        head, found, rest = held.partition(b"\r\n\r\n")
        if not found:
            return None
        size = _body_length(head, rest)
        if size is None or len(rest) < size:
            return None
        end = len(head) + 4 + size
        self._held = held[end:]
        return held[:end]

    def _answer(self, request: bytes) -> bytes:
        answer = self._endpoint.answer(request)
        if answer is None:
            self.over = True
            return b""
        if answer.startswith(b"HTTP/1"):
            head = answer.partition(b"\r\n\r\n")[0]
            old = b" HTTP/1.0\r\n" in request[:4096] and not _KEEP.search(request)
            self.over = bool(old or _CLOSE.search(head) or _CLOSE.search(request.partition(b"\r\n\r\n")[0]))
        return answer


def _body_length(head: bytes, rest: bytes) -> int | None:
    """Bytes of a request's body; None if they cannot be known yet."""
    if _CHUNKED.search(head):
        end = rest.find(b"0\r\n\r\n")
        return None if end < 0 else end + 5
    match = _LENGTH.search(head)
    return int(match[1]) if match else 0


def connect_to(cluster: Cluster, uid: str, port: int) -> PortConnection:
    """A connection to a port of a pod. RefusedError if nobody listens there."""
    endpoint = listener(cluster, uid, port)
    if endpoint is None:
        raise RefusedError(_refused(uid, port))
    return PortConnection(endpoint)


def _refused(uid: str, port: int) -> str:
    sandbox = sha256(uid.encode()).hexdigest()
    return (
        f"error forwarding port {port} to pod {sandbox}, uid : failed to execute portforward in network namespace "
        f'"/var/run/netns/cni-{uid}": failed to connect to localhost:{port} inside namespace "{sandbox}", '
        f"IPv4: dial tcp4 127.0.0.1:{port}: connect: connection refused "
        f"IPv6 dial tcp6: address localhost: no suitable address found "
    )
