"""The log of a container: pods/log, as apiserver and kubelet answer it together."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from aiohttp import web

from k9py.demo.cluster import Cluster
from k9py.demo.core.status import Cause, StatusError, bad_request, forbidden_value, invalid, invalid_value
from k9py.demo.core.store import Obj
from k9py.demo.http.call import Call
from k9py.demo.http.channels.containers import choose, pod_of
from k9py.demo.node.log import Line, Log
from k9py.values.age import parse_time

LOOK = 5.0
"""Seconds after which a log that is quiet looks whether anybody still reads it."""


@dataclass(frozen=True, slots=True)
class Options:
    """PodLogOptions."""

    follow: bool
    previous: bool
    timestamps: bool
    since: float
    """Seconds since the epoch; 0 for all."""
    tail: int | None
    limit: int | None


async def log(cluster: Cluster, call: Call) -> web.StreamResponse:
    """Answer the lines there are, and those that come if they are followed."""
    options = _options(cluster, call)
    pod = pod_of(cluster, call)
    name = choose(pod, call.query.get("container", ""))
    if not pod["spec"].get("nodeName"):
        return web.Response(status=204)
    _check_node(cluster, pod, name)
    found = _find(cluster, pod, name, options.previous)
    response = web.StreamResponse(headers={"Content-Type": "text/plain"})
    await response.prepare(call.request)
    if found is not None:
        await _write(call.request, response, found, options)
    await response.write_eof()
    return response


# what is asked for


def _options(cluster: Cluster, call: Call) -> Options:
    tail, limit, seconds = (call.number(name) for name in ("tailLines", "limitBytes", "sinceSeconds"))
    since = _since_time(call.query.get("sinceTime", ""))
    causes = list(_causes(call, tail, limit, seconds, since))
    if causes:
        raise invalid("", "PodLogOptions", call.target.name, causes)
    if seconds is not None:
        since = cluster.clock.now - seconds
    return Options(call.flag("follow"), call.flag("previous"), call.flag("timestamps"), since or 0.0, tail, limit)


def _since_time(text: str) -> float | None:
    if not text:
        return None
    found = parse_time(text) if "T" in text else None
    if found is None:
        raise bad_request(f'parsing time "{text}" as "2006-01-02T15:04:05Z07:00": cannot parse "{text}" as "2006"')
    return float(int(found))


def _causes(
    call: Call, tail: int | None, limit: int | None, seconds: int | None, since: float | None
) -> Iterator[Cause]:
    """Source: ValidatePodLogOptions."""
    if "stream" in call.query:
        yield forbidden_value("stream", "may not be specified")
    if tail is not None and tail < 0:
        yield invalid_value("tailLines", str(tail), "must be greater than or equal to 0")
    if limit is not None and limit < 1:
        yield invalid_value("limitBytes", str(limit), "must be greater than 0")
    if seconds is not None and since is not None:
        yield forbidden_value("[]", "at most one of `sinceTime` or `sinceSeconds` may be specified")
    if seconds is not None and seconds < 1:
        yield invalid_value("sinceSeconds", str(seconds), "must be greater than 0")


def _check_node(cluster: Cluster, pod: Obj, name: str) -> None:
    """A machine that is down does not answer."""
    kubelet = cluster.kubelets.on(pod["spec"]["nodeName"])
    if kubelet is None or kubelet.down:
        metadata = pod["metadata"]
        host = f"{kubelet.address if kubelet else pod['spec']['nodeName']}:10250"
        path = f"containerLogs/{metadata['namespace']}/{metadata['name']}/{name}"
        raise StatusError(500, "", f'Get "https://{host}/{path}": dial tcp {host}: connect: no route to host')


# where it is


def _find(cluster: Cluster, pod: Obj, name: str, previous: bool) -> Log | None:
    """The log that the status points to (the kubelet's validateContainerLogStatus). None: it is gone."""
    status = _status_of(pod, name)
    who = f'container "{name}" in pod "{pod["metadata"]["name"]}"'
    if status is None:
        raise bad_request(f"{who} is not available")
    state, last = status.get("state", {}), status.get("lastState", {}).get("terminated") or {}
    if previous and not last.get("containerID"):
        raise bad_request(f"previous terminated {who} not found")
    if "waiting" in state and not last:
        reason = state["waiting"].get("reason", "")
        raise bad_request(f"{who} is waiting to start: {_WAITING.get(reason, reason)}")
    wanted = last if previous or "waiting" in state else state.get("terminated", status)
    run = cluster.kubelets.find(pod["metadata"]["uid"])
    container = run.containers.get(name) if run else None
    return container.log_of(wanted.get("containerID", "")) if container else None


_WAITING = {"ErrImagePull": "image can't be pulled", "ImagePullBackOff": "trying and failing to pull image"}


def _status_of(pod: Obj, name: str) -> Obj | None:
    status = pod.get("status") or {}
    for plural in ("containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses"):
        for one in status.get(plural, ()):
            if one["name"] == name:
                found: Obj = one
                return found
    return None


# how it is written


async def _write(request: web.Request, response: web.StreamResponse, found: Log, options: Options) -> None:
    left = options.limit
    lines = [line for line in found.lines if line.time >= options.since]
    if options.tail is not None:
        lines = lines[len(lines) - options.tail :] if options.tail < len(lines) else lines
    number = found.lines[-1].number + 1 if found.lines else 0
    while True:
        left = await _write_lines(response, lines, options, left)
        if left == 0 or not options.follow:
            return
        lines = [line for line in found.lines if line.number >= number]
        if lines:
            number = lines[-1].number + 1
        elif found.ended or not await _news(request, found):
            return


async def _news(request: web.Request, found: Log) -> bool:
    """Wait for more. Answers whether anybody still reads."""
    while request.transport is not None and not request.transport.is_closing():
        try:
            async with asyncio.timeout(LOOK):
                await found.moved()
                return True
        except TimeoutError:
            continue
    return False


async def _write_lines(
    response: web.StreamResponse, lines: list[Line], options: Options, left: int | None
) -> int | None:
    """Write lines, but not more bytes than are left. Answers how many are left then."""
    data = b"".join(_line(line, options.timestamps) for line in lines)
    if left is not None:
        data = data[:left]
        left -= len(data)
    if data:
        await response.write(data)
    return left


def _line(line: Line, timestamps: bool) -> bytes:
    text = line.text + b"\n"
    return nano_stamp(line.time).encode() + b" " + text if timestamps else text


def nano_stamp(seconds: float) -> str:
    """A time with all nine digits of its fraction, as the kubelet writes it (RFC3339NanoFixed)."""
    whole, nanoseconds = divmod(round(seconds * 1e9), 10**9)
    return f"{datetime.fromtimestamp(whole, UTC):%Y-%m-%dT%H:%M:%S}.{nanoseconds:09}Z"


ROUTES = {("GET", "pods", "log"): log}
