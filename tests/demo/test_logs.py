"""pods/log, with the errors of the real one."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from k9py.demo.serve import serving
from tests.demo.nodelab import Lab, Told


class Asked:
    """Someone who asks for logs."""

    def __init__(self, lab: Lab, url: str, session: aiohttp.ClientSession) -> None:
        self.lab, self.url, self.session = lab, url, session

    async def log(self, name: str, **query: object) -> tuple[int, str]:
        """Code and text; of an error its message."""
        params = {key: str(value) for key, value in query.items()}
        path = f"{self.url}/api/v1/namespaces/default/pods/{name}/log"
        async with self.session.get(path, params=params) as response:
            text = await response.text()
            kind = response.content_type
            return response.status, json.loads(text)["message"] if kind == "application/json" else text


@pytest.fixture
async def asked() -> AsyncIterator[Asked]:
    lab = Lab(nodes=1)
    lab.image("plain")
    lab.image("app", Told())
    async with serving(lab.cluster) as served, aiohttp.ClientSession() as session:
        yield Asked(lab, served.url, session)


async def test_lines_and_what_is_asked_of_them(asked: Asked) -> None:
    program = Told()
    asked.lab.image("talk", program)
    asked.lab.pod("talk", {"image": "talk"})
    asked.lab.cluster.clock.advance(5)
    process = program.processes[0]
    for number in range(5):
        asked.lab.cluster.clock.advance(10)
        process.log(f"line {number}")
    assert await asked.log("talk") == (200, "hello\nline 0\nline 1\nline 2\nline 3\nline 4\n")
    assert await asked.log("talk", tailLines=2) == (200, "line 3\nline 4\n")
    assert await asked.log("talk", tailLines=0) == (200, "")
    assert await asked.log("talk", sinceSeconds=15) == (200, "line 3\nline 4\n")
    assert await asked.log("talk", limitBytes=8) == (200, "hello\nli")
    stamp = asked.lab.cluster.clock.stamp(asked.lab.cluster.clock.now - 10.5)
    assert await asked.log("talk", sinceTime=stamp, tailLines=5) == (200, "line 3\nline 4\n")
    _, text = await asked.log("talk", tailLines=1, timestamps="true")
    written, _, rest = text.partition(" ")
    assert rest == "line 4\n"
    assert written.startswith("2026-11-25T")
    assert written.endswith("Z")


@pytest.mark.parametrize(
    ("query", "code", "message"),
    [
        (
            {"tailLines": -1},
            422,
            'PodLogOptions "web" is invalid: tailLines: Invalid value: -1: must be greater than or equal to 0',
        ),
        (
            {"sinceSeconds": 0},
            422,
            'PodLogOptions "web" is invalid: sinceSeconds: Invalid value: 0: must be greater than 0',
        ),
        (
            {"limitBytes": 0},
            422,
            'PodLogOptions "web" is invalid: limitBytes: Invalid value: 0: must be greater than 0',
        ),
        (
            {"sinceSeconds": 5, "sinceTime": "2026-11-25T17:06:30Z"},
            422,
            (
                'PodLogOptions "web" is invalid: []: Forbidden: '
                "at most one of `sinceTime` or `sinceSeconds` may be specified"
            ),
        ),
        ({"stream": "All"}, 422, 'PodLogOptions "web" is invalid: stream: Forbidden: may not be specified'),
        ({"tailLines": "x"}, 400, 'strconv.ParseInt: parsing "x": invalid syntax'),
        (
            {"sinceTime": "zz"},
            400,
            'parsing time "zz" as "2006-01-02T15:04:05Z07:00": cannot parse "zz" as "2006"',
        ),
        ({"container": "zz"}, 400, "container zz is not valid for pod web"),
    ],
)
async def test_what_cannot_be_asked(asked: Asked, query: dict[str, Any], code: int, message: str) -> None:
    asked.lab.pod("web")
    asked.lab.cluster.clock.advance(5)
    assert await asked.log("web", **query) == (code, message)


async def test_containers_that_have_no_log(asked: Asked) -> None:
    asked.lab.image("bad", Told(1, 2))
    asked.lab.image("crash", Told(2, 1))
    asked.lab.image("shop/web:1")
    asked.lab.pod("two", {"name": "a"}, {"name": "b"})
    asked.lab.pod("pull", {"image": "shop/web:2"})
    asked.lab.pod("never", {"image": "nope", "imagePullPolicy": "Never"})
    asked.lab.pod("waits", volumes=[{"name": "v", "configMap": {"name": "nope"}}])
    asked.lab.pod("init", initContainers=[{"name": "i", "image": "bad"}])
    asked.lab.pod("huge", {"resources": {"requests": {"cpu": "99"}}})
    asked.lab.pod("crash", {"image": "crash"})
    asked.lab.cluster.clock.advance(25)
    said = "a container name must be specified for pod two, choose one of: [a b]"
    assert await asked.log("two") == (400, said)
    head = 'container "main" in pod '
    assert await asked.log("pull") == (400, head + '"pull" is waiting to start: trying and failing to pull image')
    assert await asked.log("never") == (400, head + '"never" is waiting to start: ErrImageNeverPull')
    assert await asked.log("waits") == (400, head + '"waits" is waiting to start: ContainerCreating')
    assert await asked.log("init") == (400, head + '"init" is waiting to start: PodInitializing')
    assert await asked.log("init", container="i") == (200, "hello\n")
    assert await asked.log("huge") == (204, "")
    assert await asked.log("none") == (404, 'pods "none" not found')
    assert await asked.log("crash") == (200, "hello\n")
    assert await asked.log("crash", previous="true") == (200, "hello\n")
    missing = 'previous terminated container "a" in pod "two" not found'
    assert await asked.log("two", container="a", previous="true") == (400, missing)
    asked.lab.kubelets.stop("node1")
    said = 'Get "https://172.18.0.2:10250/containerLogs/default/crash/main": '
    assert await asked.log("crash") == (500, said + "dial tcp 172.18.0.2:10250: connect: no route to host")


async def test_a_log_is_followed_until_its_container_ends(asked: Asked) -> None:
    program = Told()
    asked.lab.image("talk", program)
    asked.lab.pod("talk", {"image": "talk"})
    asked.lab.cluster.clock.advance(5)
    process = program.processes[0]
    path = f"{asked.url}/api/v1/namespaces/default/pods/talk/log?follow=true&tailLines=1"
    async with asked.session.get(path) as response:
        assert await response.content.readline() == b"hello\n"
        process.log("more")
        assert await response.content.readline() == b"more\n"
        asked.lab.delete("talk")
        asked.lab.cluster.clock.advance(1)
        async with asyncio.timeout(5):
            assert await response.content.read() == b""
