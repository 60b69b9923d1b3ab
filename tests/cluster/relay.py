"""Stands between k9py and the API server, so that a test can spoil the connection: cut it, hold it, refuse it.

It passes bytes and knows nothing of TLS: the kubeconfig names the server that the certificate is for.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from tests.cluster.kubectl import Manifest, write_kubeconfig

_CHUNK = 65536


class Relay:
    """A port of loopback that leads to an API server."""

    def __init__(self, config: Manifest) -> None:
        self._cluster: dict[str, Any] = dict(config["clusters"][0]["cluster"])
        self._user: dict[str, Any] = dict(config["users"][0]["user"])
        address = urlsplit(self._cluster["server"])
        self._target = (address.hostname or "", address.port or 443)
        self._pipes: set[_Pipe] = set()
        self._lock = threading.Lock()
        self._port = 0
        self._listener: socket.socket | None = None
        self.open()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.refuse()

    def kubeconfig(self, path: Path, user: Manifest | None = None, namespace: str = "") -> Path:
        """The kubeconfig that leads through here, as the cluster's own user or another."""
        address = urlsplit(self._cluster["server"])
        through = {"server": f"{address.scheme}://127.0.0.1:{self._port}{address.path}"}
        if address.scheme == "https":
            through["tls-server-name"] = self._target[0]
        return write_kubeconfig(path, self._cluster | through, user or self._user, namespace)

    def open(self) -> None:
        """Take connections, again at the same port."""
        listener = socket.create_server(("127.0.0.1", self._port))
        self._port = listener.getsockname()[1]
        self._listener = listener
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def refuse(self) -> None:
        """Cut what there is, and refuse new connections until `open`."""
        if self._listener is not None:
            # it is closed by the thread that waits on it, which this wakes
            self._listener.shutdown(socket.SHUT_RDWR)
            self._listener = None
        self.cut()

    def cut(self) -> None:
        """End the connections that there are."""
        for pipe in self._take():
            pipe.cut()

    def hold(self) -> None:
        """Leave the connections that there are open, and let nothing through them any more; new ones work."""
        with self._lock:
            for pipe in self._pipes:
                pipe.flowing.clear()

    def _take(self) -> set[_Pipe]:
        with self._lock:
            pipes, self._pipes = self._pipes, set()
        return pipes

    def _accept(self, listener: socket.socket) -> None:
        with listener, contextlib.suppress(OSError):
            while True:
                client, _ = listener.accept()
                self._connect(client)

    def _connect(self, client: socket.socket) -> None:
        try:
            server = socket.create_connection(self._target, timeout=10)
        except OSError:
            client.close()
            return
        server.settimeout(None)
        pipe = _Pipe(client, server)
        with self._lock:
            self._pipes.add(pipe)
        threading.Thread(target=pipe.run, daemon=True).start()


class _Pipe:
    """One connection, both ways."""

    def __init__(self, client: socket.socket, server: socket.socket) -> None:
        self.flowing = threading.Event()
        self.flowing.set()
        self._ends = (client, server)

    def run(self) -> None:
        """Until both ways have ended."""
        client, server = self._ends
        back = threading.Thread(target=self._pump, args=(server, client), daemon=True)
        with client, server:
            back.start()
            self._pump(client, server)
            back.join()

    def cut(self) -> None:
        for end in self._ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        self.flowing.set()

    def _pump(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := self._wait(source.recv(_CHUNK)):
                target.sendall(data)
        self.cut()

    def _wait(self, data: bytes) -> bytes:
        """What has been read, once it may pass; the end of a stream, too, waits."""
        self.flowing.wait()
        return data
