"""Plays the commands of a transcript on a server."""

from __future__ import annotations

import http.client
import json
import os
import re
import secrets
import shlex
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from tests.contract.normal import normalize
from tests.contract.transcript import MANIFESTS, Transcript

KUBECTL = Path(sys.executable).with_name("kubectl")
PATIENCE = 90.0
"""Seconds that `until` waits."""
_LOCAL = re.compile(r"Forwarding from 127\.0\.0\.1:(\d+)")
METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}
TYPES = {
    "json": "application/json",
    "merge": "application/merge-patch+json",
    "strategic": "application/strategic-merge-patch+json",
    "patch": "application/json-patch+json",
    "apply": "application/apply-patch+yaml",
}


@dataclass(slots=True)
class Player:
    """One server, reached by kubectl and, for plain requests, through its proxy. `namespace` is the case's own."""

    kubeconfig: Path
    cache: Path
    proxy: int
    namespace: str
    folder: Path
    """What $TMP stands for."""
    _said: str = ""

    @property
    def node(self) -> str:
        """What $NODE stands for: the last one, which is no control plane."""
        return self._kubectl(["get", "nodes", "-o", "name"], {})[0].split()[-1].removeprefix("node/")

    def play(self, transcript: Transcript) -> Iterator[list[str]]:
        """The answers of its steps, one after the other."""
        for step in transcript.steps:
            yield self.answer(step.command)

    def answer(self, command: str) -> list[str]:
        """What a command is answered, normalized, in lines."""
        command = command.replace("$NS", self.namespace).replace("$TMP", str(self.folder))
        if "$NODE" in command:
            command = command.replace("$NODE", self.node)
        if command.startswith("until "):
            wanted, rest = _first_word(command.removeprefix("until "))
            return self._until(wanted, rest)
        return self._filtered(command)

    def _until(self, wanted: str, command: str) -> list[str]:
        end = time.monotonic() + PATIENCE
        while True:
            lines = self._filtered(command)
            if wanted in self._said:
                return lines
            if time.monotonic() > end:
                return [f"[never said {wanted!r}]", *lines]
            time.sleep(0.2)

    def _filtered(self, command: str) -> list[str]:
        command, *filters = re.split(r" \| (?=(?:sort|last|quiet|has|heads|count)\b)", command)
        text, code = self._run(command)
        self._said = text
        lines = normalize(text, self.namespace).splitlines()
        lines = _in_order(lines)
        for each in filters:
            word, _, rest = each.partition(" ")
            lines = FILTERS[word](lines, rest)
        return lines + ([f"[exit {code}]"] if code else [])

    def _run(self, command: str) -> tuple[str, int]:
        word, _, rest = command.partition(" ")
        if word in METHODS:
            return self._request(word, rest), 0
        words = shlex.split(command)
        environment: dict[str, str] = {}
        while re.fullmatch(r"\w+=.*", words[0]):
            name, _, value = words.pop(0).partition("=")
            environment[name] = value
        if words[0] == "forward":
            return self._forward(*words[1:]), 0
        if words[0] == "cat":
            return "".join(Path(word).read_text(encoding="utf-8") for word in words[1:]), 0
        if words[0] != "kubectl":
            raise ValueError(f"a transcript knows kubectl and plain requests, not {words[0]}")
        return self._kubectl(words[1:], environment)

    def _kubectl(self, words: Sequence[str], environment: Mapping[str, str]) -> tuple[str, int]:
        given = None
        if "<" in words:
            at = list(words).index("<")
            given = (MANIFESTS / words[at + 1]).read_text(encoding="utf-8")
            words = [*words[:at], *words[at + 2 :]]
        at = list(words).index("--") if "--" in words else len(words)
        argv = [str(KUBECTL), *words[:at], f"--kubeconfig={self.kubeconfig}", *words[at:]]
        if not any(word in ("-A", "--all-namespaces") or word.startswith(("-n", "--namespace")) for word in words[:at]):
            argv[1:1] = [f"--namespace={self.namespace}"]
        done = subprocess.run(
            argv,
            input=given,
            stdin=None if given is not None else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, "KUBECACHEDIR": str(self.cache), "TZ": "UTC", **environment},
            cwd=MANIFESTS,
            text=True,
            timeout=120,
            check=False,
        )
        return done.stdout, done.returncode

    def _forward(self, target: str, port: str, text: str) -> str:
        """What a port answers to a text, in which line ends are written with backslashes."""
        argv = [str(KUBECTL), f"--kubeconfig={self.kubeconfig}", f"--namespace={self.namespace}"]
        argv += ["port-forward", target, f":{port}"]
        with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
            assert process.stdout is not None
            try:
                said = process.stdout.readline()
                return _talk(int(found[1]), text) if (found := _LOCAL.search(said)) else said
            finally:
                process.terminate()

    def _request(self, method: str, rest: str) -> str:
        path, _, rest = rest.partition(" ")
        word, _, body = rest.partition(" ")
        headers = {"Content-Type": TYPES[word]} if word in TYPES else {}
        if word.startswith("as="):
            headers["Accept"] = f"application/json;as={word[3:]};v=v1;g=meta.k8s.io"
        connection = http.client.HTTPConnection("127.0.0.1", self.proxy, timeout=30)
        try:
            connection.request(method, path, body or None, headers)
            response = connection.getresponse()
            raw = response.read().decode()
        finally:
            connection.close()
        return f"{response.status} {response.headers.get_content_type()}\n{_pretty(raw)}"


def _in_order(lines: list[str]) -> list[str]:
    """Causes of a refusal stand in any order: the real server's come out of Go's maps."""
    runs = groupby(lines, key=lambda line: line.startswith("* "))
    return [line for causes, run in runs for line in (sorted(run) if causes else run)]


def _talk(port: int, text: str) -> str:
    """Send a text, and read until the other side has no more to say."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(text.encode().decode("unicode_escape").encode())
        return b"".join(iter(lambda: connection.recv(4096), b"")).decode()


def _pretty(raw: str) -> str:
    """JSON as it can be read; events of a watch in a line each."""
    try:
        return json.dumps(json.loads(raw), indent=1, sort_keys=True, ensure_ascii=False)
    except ValueError:
        pass
    try:
        events = [json.loads(line) for line in raw.splitlines()]
    except ValueError:
        return raw
    return "\n".join(json.dumps(event, sort_keys=True, ensure_ascii=False) for event in events)


def _first_word(text: str) -> tuple[str, str]:
    """The first word, which may stand in quotes, and what follows."""
    match = re.match(r"'([^']*)' |\"([^\"]*)\" |(\S+) ", text)
    if match is None:
        raise ValueError(f"until what? {text}")
    return next(group for group in match.groups() if group is not None), text[match.end() :]


FILTERS: Mapping[str, Callable[[list[str], str], list[str]]] = {
    "sort": lambda lines, _: sorted(lines),
    "last": lambda lines, _: lines[-1:],
    "quiet": lambda lines, _: [],
    "heads": lambda lines, _: [line.split(":")[0] for line in lines if line[:1].isalpha()],
    "count": lambda lines, _: [str(len(lines))],
    "has": lambda lines, text: [line for line in lines if text in line],
}


@contextmanager
def proxying(kubeconfig: Path) -> Iterator[int]:
    """`kubectl proxy` on a port of its own, for plain requests with the kubeconfig's credentials."""
    options = ["--port=0", "--reject-paths=^$", "--append-server-path"]
    argv = [str(KUBECTL), f"--kubeconfig={kubeconfig}", "proxy", *options]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        try:
            yield int(said.rsplit(":", 1)[1])
        finally:
            process.terminate()


@contextmanager
def playing(kubeconfig: Path, cache: Path, proxy: int) -> Iterator[Player]:
    """A player with a namespace of its own, which is gone afterwards."""
    namespace = f"contract-{secrets.token_hex(3)}"
    folder = cache / namespace
    folder.mkdir(parents=True)
    player = Player(kubeconfig, cache, proxy, namespace, folder)
    player.answer(f"kubectl create namespace {player.namespace}")
    player.answer("until default kubectl get serviceaccount default")
    try:
        yield player
    finally:
        player.answer(f"kubectl delete namespace {player.namespace} --wait=false")
