"""wget and curl."""

from __future__ import annotations

import posixpath
import re
from urllib.parse import urlsplit

from k9py.demo.node.files import FileError
from k9py.demo.node.network import Unanswered, Unknown, connect, resolve
from k9py.demo.node.shell.applets.network import PATIENCE, TRIP, own_endpoint
from k9py.demo.node.shell.command import Call, applet, decode, encode
from k9py.demo.node.shell.running import base_name
from k9py.demo.node.shell.tasks import Steps


class _Reached:
    """A request on its way: where to, and what came back."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        self.scheme, self.host = parts.scheme, parts.hostname or ""
        try:
            self.port = parts.port or (443 if parts.scheme == "https" else 80)
        except ValueError:
            self.port = 0
        self.path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self.head: dict[str, str] = {}
        self.status, self.reason, self.version, self.body = 0, "", "HTTP/1.1", b""
        self.raw_head = b""

    @property
    def authority(self) -> str:
        return self.host if self.port in (80, 443) else f"{self.host}:{self.port}"

    def take(self, answer: bytes) -> bool:
        """Read an answer; False if it is no HTTP."""
        head, found, body = answer.partition(b"\r\n\r\n")
        lines = decode(head).split("\r\n")
        match = re.match(r"(HTTP/\d(?:\.\d)?) (\d{3}) ?(.*)", lines[0])
        if not found or not match:
            return False
        self.version, self.status, self.reason = match[1], int(match[2]), match[3]
        self.head = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        self.raw_head, self.body = head + b"\r\n\r\n", body
        if self.head.get("transfer-encoding") == "chunked":
            self.body = _whole(body)
        return True


def _whole(body: bytes) -> bytes:
    found = []
    while body:
        size, _, rest = body.partition(b"\r\n")
        length = int(size.split(b";")[0] or b"0", 16)
        if not length:
            break
        found.append(rest[:length])
        body = rest[length + 2 :]
    return b"".join(found)


def _ask(call: Call, url: _Reached, method: str, headers: list[str], body: bytes, limit: float) -> Steps[None]:
    """Send a request. Unknown and Unanswered if there is nobody; the latter after `limit` seconds of silence."""
    yield TRIP
    process = call.system.process
    try:
        endpoint = connect(process.cluster, process.namespace, url.host, url.port, own_endpoint(call, url.port))
    except Unanswered as error:
        if not error.refused:
            yield limit
        raise
    head = [f"{method} {url.path} HTTP/1.1", f"Host: {url.authority}", *headers]
    if body:
        head.append(f"Content-Length: {len(body)}")
    answer = endpoint.answer(encode("\r\n".join([*head, "Connection: close", "", ""])) + body)
    if answer is None:
        raise Unanswered(refused=True)
    if not url.take(answer):
        url.body, url.status = answer, -1


_WGET = "BusyBox v1.35.0 multi-call binary.\n\nUsage: wget [-cqS] [--spider] [-O FILE] [-T SEC] URL..."


@applet("wget")
def wget(call: Call) -> Steps[int]:
    """Get a file by HTTP."""
    long = ["spider", "post-data=", "header=", "no-check-certificate", "timeout="]
    found, urls = call.options("qO:ST:t:cP:Y:U:", long)
    if not urls:
        yield from call.complain(_WGET)
        return 1
    url = _Reached(urls[0])
    process = call.system.process
    shown = url.host if url.port in (80, 443) else f"{url.host}:{url.port}"
    try:
        _, addresses = resolve(process.cluster, process.namespace, url.host)
    except Unknown:
        yield TRIP
        return (yield from call.fail(f"bad address '{shown}'"))
    if "q" not in found:
        yield from call.complain(f"Connecting to {shown} ({addresses[0]}:{url.port})")
    problem = yield from _fetch(call, found, url, addresses[0])
    if problem:
        return (yield from call.fail(problem))
    if "S" in found:
        yield from call.complain("  " + decode(url.raw_head).strip().replace("\r\n", "\n  "))
    return (yield from _save(call, found, url, "q" in found))


def _fetch(call: Call, found: dict[str, str], url: _Reached, address: str) -> Steps[str]:
    """Send the request; what has gone wrong, or nothing."""
    limit = float(found.get("T", found.get("timeout", 900)))
    post = found.get("post-data")
    headers = ["User-Agent: Wget", *([found["header"]] if "header" in found else [])]
    method = "GET" if post is None else "POST"
    try:
        yield from _ask(call, url, method, headers, encode(post or ""), min(limit, PATIENCE))
    except Unanswered as error:
        if not error.refused and limit <= PATIENCE:
            return "download timed out"
        return f"can't connect to remote host ({address}): {error}"
    if url.status == -1:
        return "error getting response"
    if not 200 <= url.status < 400:
        return f"server returned error: {url.version} {url.status} {url.reason}".rstrip()
    return ""


def _save(call: Call, found: dict[str, str], url: _Reached, quiet: bool) -> Steps[int]:
    if "spider" in found:
        if not quiet:
            yield from call.complain("remote file exists")
        return 0
    target = found.get("O", base_name(url.path.partition("?")[0]).strip("/") or "index.html")
    path = posixpath.join(call.path(found.get("P", ".")), target)
    if target == "-":
        if not quiet:
            yield from call.complain("writing to stdout")
        yield from call.put(url.body)
    else:
        if "O" not in found and call.system.files.exists(path):
            return (yield from call.fail(f"can't open '{target}': File exists"))
        try:
            call.system.files.write(path, url.body)
        except FileError as error:
            return (yield from call.fail(f"can't open '{target}': {error}"))
        if not quiet:
            yield from call.complain(f"saving to '{target}'")
    if not quiet:
        name = "-" if target == "-" else target
        size = len(url.body)
        yield from call.complain(f"{name[:20]:<20} 100% |{'*' * 32}| {size:>5}  0:00:00 ETA")
        yield from call.complain("written to stdout" if target == "-" else f"'{target}' saved")
    return 0


@applet("curl")
def curl(call: Call) -> Steps[int]:
    """Ask a server by HTTP."""
    long = ["silent", "show-error", "fail", "include", "head", "request=", "header=", "data=", "output=", "max-time=",
            "connect-timeout=", "write-out=", "verbose", "insecure", "location",
            "user-agent=", "data-raw="]  # fmt: skip
    headers = [value for name, value in zip(call.args, call.args[1:], strict=False) if name in ("-H", "--header")]
    found, urls = call.options("sSfiIX:H:d:o:m:w:vkLA:Ou:", long)
    if not urls:
        yield from call.complain("curl: try 'curl --help' or 'curl --manual' for more information")
        return 2
    url = _Reached(urls[0])
    silent = bool(found.keys() & {"s", "silent"}) and not found.keys() & {"S", "show-error"}
    data = found.get("d", found.get("data", found.get("data-raw")))
    method = found.get(
        "X", found.get("request", "HEAD" if found.keys() & {"I", "head"} else "POST" if data is not None else "GET")
    )
    limit = float(found.get("m", found.get("max-time", found.get("connect-timeout", PATIENCE))))
    began = call.system.clock.now
    kept = ["User-Agent: curl/8.14.1", "Accept: */*", *headers]
    if data is not None and not any(one.lower().startswith("content-type") for one in headers):
        kept.append("Content-Type: application/x-www-form-urlencoded")
    try:
        yield from _ask(call, url, method, kept, encode(data or ""), limit)
    except (Unknown, Unanswered) as error:
        return (yield from _curl_error(call, url, error, silent, began))
    if url.status == -1:
        yield from call.complain("curl: (1) Received HTTP/0.9 when not allowed")
        return 1
    if found.keys() & {"v", "verbose"}:
        yield from _verbose(call, url, method, kept)
    failed = bool(found.keys() & {"f", "fail"}) and url.status >= 400
    if failed:
        if not silent:
            yield from call.complain(f"curl: (22) The requested URL returned error: {url.status}")
    else:
        shown = url.raw_head if found.keys() & {"i", "include", "I", "head"} else b""
        yield from _curl_out(call, found, shown + (b"" if method == "HEAD" else url.body))
    form = found.get("w", found.get("write-out"))
    if form:
        yield from call.put(encode(_written(form, url, call.system.clock.now - began)))
    return 22 if failed else 0


def _curl_out(call: Call, found: dict[str, str], data: bytes) -> Steps[None]:
    target = found.get("o", found.get("output", "-"))
    if target == "-":
        yield from call.put(data)
    else:
        call.system.files.write(call.path(target), data)


def _curl_error(call: Call, url: _Reached, error: Exception, silent: bool, began: float) -> Steps[int]:
    if isinstance(error, Unknown):
        code, text = 6, f"Could not resolve host: {url.host}"
    elif str(error).endswith("refused"):
        code, text = 7, f"Failed to connect to {url.host} port {url.port} after 1 ms: Could not connect to server"
    else:
        waited = int((call.system.clock.now - began) * 1000)
        code, text = 28, f"Connection timed out after {waited} milliseconds"
    if not silent:
        yield from call.complain(f"curl: ({code}) {text}")
    return code


def _verbose(call: Call, url: _Reached, method: str, headers: list[str]) -> Steps[None]:
    yield from call.complain(f"* Connected to {url.host} port {url.port}")
    for line in (f"{method} {url.path} HTTP/1.1", f"Host: {url.authority}", *headers, ""):
        yield from call.complain(f"> {line}")
    for line in decode(url.raw_head).rstrip().split("\r\n"):
        yield from call.complain(f"< {line}")
    yield from call.complain("< ")


def _written(form: str, url: _Reached, seconds: float) -> str:
    values = {"http_code": f"{url.status:03}", "response_code": f"{url.status:03}", "time_total": f"{seconds:.6f}",
              "size_download": str(len(url.body)), "time_connect": f"{seconds / 3:.6f}",
              "time_starttransfer": f"{seconds * 0.9:.6f}"}  # fmt: skip
    text = re.sub(r"%\{(\w+)\}", lambda match: values.get(match[1], ""), form)
    return text.replace("\\n", "\n").replace("\\t", "\t")
