"""wget, curl, nslookup, nc, ping, httpd: what reaches the Services of the cluster, and nothing else."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from urllib.parse import urlsplit

from k9py.demo.node.files import FileError, Folder
from k9py.demo.node.network import DOMAIN, Endpoint, Unanswered, Unknown, connect, resolve
from k9py.demo.node.shell.command import Call, applet, decode, encode
from k9py.demo.node.shell.running import base_name
from k9py.demo.node.shell.streams import read_all
from k9py.demo.node.shell.tasks import Signal, Steps

TRIP = 0.002
"""Seconds that a request takes at least."""
PATIENCE = 130.0
"""Seconds before nobody is waited for any more."""


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


def _own(call: Call, port: int) -> Endpoint:
    return Endpoint(call.system.program, call.system.process, port)


def _ask(call: Call, url: _Reached, method: str, headers: list[str], body: bytes, limit: float) -> Steps[None]:
    """Send a request. Unknown and Unanswered if there is nobody; the latter after `limit` seconds of silence."""
    yield TRIP
    process = call.system.process
    try:
        endpoint = connect(process.cluster, process.namespace, url.host, url.port, _own(call, url.port))
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


@applet("wget")
def wget(call: Call) -> Steps[int]:
    """Get a file by HTTP."""
    found, urls = call.options("qO:ST:t:cP:Y:U:", ["spider", "post-data=", "header=", "no-check-certificate", "timeout="])
    if not urls:
        yield from call.complain("BusyBox v1.35.0 multi-call binary.\n\nUsage: wget [-cqS] [--spider] [-O FILE] [-T SEC] URL...")
        return 1
    url = _Reached(urls[0])
    limit = float(found.get("T", found.get("timeout", 900)))
    process = call.system.process
    quiet = "q" in found
    shown = url.host if url.port in (80, 443) else f"{url.host}:{url.port}"
    try:
        _, addresses = resolve(process.cluster, process.namespace, url.host)
    except Unknown:
        yield TRIP
        return (yield from call.fail(f"bad address '{shown}'"))
    if not quiet:
        yield from call.complain(f"Connecting to {shown} ({addresses[0]}:{url.port})")
    post = found.get("post-data")
    headers = ["User-Agent: Wget", *([found["header"]] if "header" in found else [])]
    try:
        yield from _ask(call, url, "POST" if post is not None else "GET", headers, encode(post or ""), min(limit, PATIENCE))
    except Unanswered as error:
        if not error.refused and limit <= PATIENCE:
            return (yield from call.fail("download timed out"))
        return (yield from call.fail(f"can't connect to remote host ({addresses[0]}): {error}"))
    if url.status == -1:
        return (yield from call.fail("error getting response"))
    if "S" in found:
        yield from call.complain("  " + decode(url.raw_head).strip().replace("\r\n", "\n  "))
    if url.status >= 400 or url.status < 200:
        return (yield from call.fail(f"server returned error: {url.version} {url.status} {url.reason}".rstrip()))
    if "spider" in found:
        if not quiet:
            yield from call.complain("remote file exists")
        return 0
    return (yield from _save(call, found, url, quiet))


def _save(call: Call, found: dict[str, str], url: _Reached, quiet: bool) -> Steps[int]:
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
            "connect-timeout=", "write-out=", "verbose", "insecure", "location", "user-agent=", "data-raw=", "http1.1"]  # fmt: skip
    headers = [value for name, value in zip(call.args, call.args[1:], strict=False) if name in ("-H", "--header")]
    found, urls = call.options("sSfiIX:H:d:o:m:w:vkLA:Ou:", long)
    if not urls:
        yield from call.complain("curl: try 'curl --help' or 'curl --manual' for more information")
        return 2
    url = _Reached(urls[0])
    silent = bool(found.keys() & {"s", "silent"}) and not found.keys() & {"S", "show-error"}
    data = found.get("d", found.get("data", found.get("data-raw")))
    method = found.get("X", found.get("request", "HEAD" if found.keys() & {"I", "head"} else "POST" if data is not None else "GET"))
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


@applet("nslookup", "dig")
def nslookup(call: Call) -> Steps[int]:
    """Ask the cluster's DNS for a name."""
    names = [arg for arg in call.args if not arg.startswith(("-", "@", "+"))]
    if not names:
        yield from call.complain("BusyBox v1.35.0 multi-call binary.\n\nUsage: nslookup [-type=QUERY_TYPE] [-debug] HOST [DNS_SERVER]")
        return 1
    yield TRIP
    process = call.system.process
    config = decode(call.system.files.read("/etc/resolv.conf"))
    server = next((line.split()[1] for line in config.splitlines() if line.startswith("nameserver")), "127.0.0.1")
    try:
        full, addresses = resolve(process.cluster, process.namespace, names[0])
    except Unknown:
        full, addresses = names[0], []
    if call.name == "dig":
        yield from call.put(encode("".join(f"{full}.\t\t30\tIN\tA\t{one}\n" for one in addresses)))
        return 0
    yield from call.say(f"Server:\t\t{server}\nAddress:\t{server}:53\n")
    if not addresses:
        asked = names[0] if "." in names[0] else f"{names[0]}.{process.namespace}.svc.{DOMAIN}"
        yield from call.say(f"** server can't find {asked}: NXDOMAIN\n")
        return 1
    for address in addresses:
        yield from call.say(f"Name:\t{full}\nAddress: {address}")
    yield from call.say("")
    return 0


@applet("nc", "netcat")
def nc(call: Call) -> Steps[int]:
    """A connection by hand; -z only tries."""
    found, operands = call.options("zvw:nlp:ukN")
    if "l" in found:
        return (yield from call.fail("listening is not there in this simulation; httpd -f -p PORT is"))
    if len(operands) < 2 or not operands[1].isdigit():
        yield from call.complain("BusyBox v1.35.0 multi-call binary.\n\nUsage: nc [OPTIONS] HOST PORT")
        return 1
    host, port = operands[0], int(operands[1])
    process = call.system.process
    yield TRIP
    try:
        endpoint = connect(process.cluster, process.namespace, host, port, _own(call, port))
        _, addresses = resolve(process.cluster, process.namespace, host)
    except Unknown:
        return (yield from call.fail(f"bad address '{host}'"))
    except Unanswered as error:
        if not error.refused:
            yield float(found.get("w", PATIENCE))
        shown = f"{host} ({resolve(process.cluster, process.namespace, host)[1][0]}:{port})"
        return (yield from call.fail(f"{shown}: {error}"))
    if "v" in found:
        yield from call.complain(f"{host} ({addresses[0]}:{port}) open")
    if "z" in found:
        return 0
    while data := (yield from call.stdin.read()):
        yield from call.put(endpoint.answer(data) or b"")
    return 0


@applet("ping", "ping6")
def ping(call: Call) -> Steps[int]:
    """Whether an address is there."""
    found, names = call.options("c:w:W:i:q46s:I:")
    if not names:
        return (yield from call.fail("missing operand"))
    process = call.system.process
    try:
        _, addresses = resolve(process.cluster, process.namespace, names[0])
    except Unknown:
        return (yield from call.fail(f"bad address '{names[0]}'"))
    yield from call.say(f"PING {names[0]} ({addresses[0]}): 56 data bytes")
    count = int(found.get("c", 10**9))
    times: list[float] = []
    for index in range(count):
        took = 0.05 + process.random.random() * 0.2
        times.append(took)
        yield from call.say(f"64 bytes from {addresses[0]}: seq={index} ttl=63 time={took:.3f} ms")
        if index < count - 1:
            yield float(found.get("i", "1"))
    low, high, mean = min(times), max(times), sum(times) / len(times)
    yield from call.say(f"\n--- {names[0]} ping statistics ---")
    yield from call.say(f"{count} packets transmitted, {count} packets received, 0% packet loss")
    yield from call.say(f"round-trip min/avg/max = {low:.3f}/{mean:.3f}/{high:.3f} ms")
    return 0


@applet("httpd")
def httpd(call: Call) -> Steps[int]:
    """Serve the files of a folder by HTTP. It runs on, in the background unless -f is given."""
    found, _ = call.options("fp:h:c:u:r:v")
    port = int(found.get("p", "80").rpartition(":")[2])
    home = call.path(found.get("h", "."))
    if port in call.system.listening:
        return (yield from call.fail("bind: Address already in use"))
    call.system.listening[port] = _files_at(call, home)
    if "f" not in found:
        entry = call.system.enter(list(call.argv), 1)
        call.system.start(entry, _serve(call, port))
        return 0
    return (yield from _serve(call, port))


def _serve(call: Call, port: int) -> Steps[int]:
    try:
        while True:
            yield Signal()
    finally:
        call.system.listening.pop(port, None)


def _files_at(call: Call, home: str) -> Callable[[bytes], bytes]:
    files, clock = call.system.files, call.system.clock

    def answer(received: bytes) -> bytes:
        if not received:
            return b""
        words = decode(received.split(b"\r\n")[0]).split(" ")
        path = posixpath.normpath("/" + words[1].partition("?")[0]) if len(words) > 1 else "/"
        full = posixpath.join(home, path.strip("/"))
        if isinstance(files.get(full), Folder):
            full = posixpath.join(full, "index.html")
        date = write_http_date(clock.now)
        try:
            body, status = files.read(full), "200 OK"
        except FileError:
            body, status = _MISSING, "404 Not Found"
        kind = {"html": "text/html", "txt": "text/plain", "json": "application/json"}.get(full.rpartition(".")[2], "application/octet-stream")
        head = f"HTTP/1.1 {status}\r\nDate: {date}\r\nConnection: close\r\nContent-type: "
        head += f"{kind if status.startswith('2') else 'text/html'}\r\n"
        if status.startswith("2"):
            head += f"Accept-Ranges: bytes\r\nLast-Modified: {date}\r\nContent-Length: {len(body)}\r\n"
        return encode(head + "\r\n") + (b"" if words[0] == "HEAD" else body)

    return answer


_MISSING = (
    b"<HTML><HEAD><TITLE>404 Not Found</TITLE></HEAD>\n<BODY><H1>404 Not Found</H1>\n"
    b"The requested URL was not found\n</BODY></HTML>\n"
)


def write_http_date(seconds: float) -> str:
    """As HTTP has it."""
    from k9py.demo.node.shell.applets.printing import write_date

    return write_date("%a, %d %b %Y %H:%M:%S GMT", seconds)


@applet("ip", "ifconfig")
def ip(call: Call) -> Steps[int]:
    """The addresses of the pod."""
    address = call.system.process.ip or "10.244.0.2"
    if call.name == "ifconfig":
        yield from call.say(f"eth0      Link encap:Ethernet  HWaddr 0A:58:0A:F4:00:02\n          inet addr:{address}  Bcast:0.0.0.0  Mask:255.255.255.0")
        yield from call.say("lo        Link encap:Local Loopback\n          inet addr:127.0.0.1  Mask:255.0.0.0")
    elif call.args[:1] in (["r"], ["route"]):
        gateway = address.rpartition(".")[0] + ".1"
        yield from call.say(f"default via {gateway} dev eth0")
    else:
        yield from call.say("1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue qlen 1000\n    inet 127.0.0.1/8 scope host lo")
        yield from call.say(f"2: eth0@if7: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue\n    inet {address}/24 scope global eth0")
    return 0


@applet("netstat", "ss")
def netstat(call: Call) -> Steps[int]:
    """What listens where."""
    process = call.system.process
    ports = {port["containerPort"] for port in process.container.get("ports", ())} | call.system.listening.keys()
    yield from call.say("Active Internet connections (only servers)")
    yield from call.say("Proto Recv-Q Send-Q Local Address           Foreign Address         State       ")
    for port in sorted(ports):
        if _own(call, port).open:
            yield from call.say(f"tcp        0      0 {f'0.0.0.0:{port}':<23} {'0.0.0.0:*':<23} LISTEN      ")
    return 0


__all__ = ["read_all"]
