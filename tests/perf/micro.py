"""What the parts take on their own, without a cluster: python -m tests.perf.micro. Ratios hold, digits do not.

The yardstick is the standard library's json.loads over the same pods, in the same run.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from functools import partial
from math import inf
from statistics import median

import msgspec
from rich.style import Style

from k9py.kinds.registry import decoder, kind_for
from k9py.kinds.wellknown import PODS
from k9py.kube.forms import Objects
from k9py.kube.wire import Lines, decode_events, decode_page
from k9py.store.collection import Collection
from k9py.store.view import View
from k9py.ui.consoles import SLICE as TERMINAL_SLICE
from k9py.ui.painting import Palette
from k9py.ui.terminal.terminal import Terminal
from k9py.ui.themes import ANSI_DARK
from k9py.ui.widgets.log_buffer import LogBuffer
from k9py.ui.widgets.log_sieve import Sieve
from k9py.ui.widgets.log_view import SLICE
from k9py.ui.widgets.table_layout import lay_out
from k9py.ui.widgets.table_paint import paint_row
from k9py.ui.widgets.terminal_paint import TerminalPalette, paint_cells
from k9py.values.batch import Batch
from k9py.values.log import Entry
from k9py.values.log_reading import Level
from tests.perf import fleet
from tests.perf.fleet import Json

PODS_IN_ALL, A_PAGE = 10_000, 500
DIRTY = 200
LINES, AT_ONCE = 1_000_000, 500
OUTPUT, SHELL = 5_000_000, (200, 50)
WIDTH, VISIBLE = 198, 48
_CHUNK = 65_536
_RUNS = 5


def pod(number: int, restarts: int = 0) -> Json:
    """A pod as a server sends it, with a stand-in for the managedFields that it adds."""
    made = fleet.pod(number, f"worker-{number % 100:03}")
    made["metadata"] |= {
        "uid": f"{number:032x}",
        "resourceVersion": str(number + restarts * PODS_IN_ALL),
        "creationTimestamp": "2026-01-01T00:00:00Z",
        "managedFields": [
            {"manager": "kubelet", "fieldsV1": {f"f:field-{n:03}": {".": {}, "f:value": {}} for n in range(160)}}
        ],
    }
    made |= fleet.pod_status(number)
    made["status"]["containerStatuses"][0]["restartCount"] = restarts
    return made


def pages() -> Iterator[bytes]:
    """The list, as it comes over the wire."""
    for first in range(0, PODS_IN_ALL, A_PAGE):
        items = [pod(number) for number in range(first, first + A_PAGE)]
        yield json.dumps({"kind": "PodList", "metadata": {}, "items": items}, separators=(",", ":")).encode()


def clock(work: Callable[[], object], now: Callable[[], float] = time.perf_counter) -> float:
    """Seconds."""
    began = now()
    work()
    return now() - began


def measure_list(collection: Collection) -> dict[str, float]:
    """Take a whole list in."""
    spent = {"json.loads": 0.0, "split and decode pages": 0.0, "Collection.apply": 0.0}
    for body in pages():
        spent["json.loads"] += clock(partial(json.loads, body))
        began = time.perf_counter()
        batch = Objects().read_page(decode_page(body))
        spent["split and decode pages"] += time.perf_counter() - began
        spent["Collection.apply"] += clock(partial(collection.apply, batch))
    return spent


def change(collection: Collection, turn: int) -> None:
    """Make DIRTY rows dirty, each with another restart count."""
    numbers = range(turn, PODS_IN_ALL, PODS_IN_ALL // DIRTY)
    raws = [msgspec.Raw(msgspec.json.encode(pod(number, turn + 1))) for number in numbers]
    collection.apply(Batch([(False, raw) for raw in raws]))


def measure_view(collection: Collection) -> dict[str, float]:
    """Compute, sort and paint rows."""
    view = View(kind_for(PODS), [collection])
    spent = {"View.flush, all rows": clock(view.flush)}
    flushes = []
    for turn in range(_RUNS):
        change(collection, turn)
        flushes.append(clock(view.flush))
    spent[f"View.flush, {DIRTY} rows"] = median(flushes)
    sorts = []
    for title in ("NODE", "AGE", "RESTARTS", "IP", "NAME"):
        view.sort_by(title)
        sorts.append(clock(view.flush))
    spent["View.flush, another sort"] = median(sorts)
    spent[f"paint {VISIBLE} rows"] = median(clock(partial(paint, view)) for _ in range(_RUNS))
    return spent


def paint(view: View) -> None:
    """A screen of rows, none of them painted before."""
    window = lay_out(view.columns, view.widths, WIDTH).window(0)
    palette = Palette(lambda _name, _partial: Style())
    for index in range(VISIBLE):
        paint_row(view.row_at(index), window, WIDTH, palette, time.time(), ())


def measure_watch(collection: Collection) -> dict[str, float]:
    """Follow a burst of events, each a whole pod."""
    lines = [json.dumps({"type": "MODIFIED", "object": pod(number, 99)}).encode() for number in range(1_000)]
    stream = b"\n".join(lines) + b"\n"

    def split() -> None:
        cutter = Lines()
        for at in range(0, len(stream), _CHUNK):
            if block := cutter.feed(stream[at : at + _CHUNK]):
                decode_events(block)

    changes = [(False, event.object) for event in decode_events(stream)]
    return {
        "json.loads, 1,000 events": clock(lambda: [json.loads(line) for line in lines]),
        "split and decode 1,000 events": median(clock(split) for _ in range(_RUNS)),
        "Collection.apply, 1,000 events": clock(lambda: collection.apply(Batch(changes))),
    }


def line(number: int) -> str:
    """A line of a log: JSON, logfmt, klog, or as a web server writes it."""
    level = "error" if number % 97 == 0 else "info"
    match number % 4:
        case 0:
            said = {"time": "2026-01-01T00:00:00Z", "level": level, "msg": f"결제 {number}", "trace": f"{number:032x}"}
            return json.dumps(said, ensure_ascii=False)
        case 1:
            return f'time=2026-01-01T00:00:00Z level={level} msg="GET /cart/{number}" status=200 duration=12ms'
        case 2:
            return f'I0131 09:14:02.123456  7 sync.go:12] "synced" key="shop/{number}"'
    return f'10.0.0.1 - - [01/Jan/2026:00:00:00 +0000] "GET /cart/{number} HTTP/1.1" 200 5120 "-" "Mozilla/5.0 (X11)"'


def measure_log() -> dict[str, float]:
    """Take a million lines in, and work out what is shown of them: some found or of a level, folded, wrapped.

    Slices are what the loop waits for: their processor time is told, as others may be at work on the machine.
    """
    buffer, spent = LogBuffer(), {}

    def take(first: int) -> float:
        entries = [Entry(number, number % 3, number, line(number)) for number in range(first, first + AT_ONCE)]
        return clock(partial(buffer.extend, entries), time.thread_time)

    def tell(what: str, slices: list[float]) -> None:
        spent[what] = sum(slices)
        spent[f"  longest slice, {what.partition(': ')[2]}"] = max(slices)

    def sift(what: str, change: Callable[[], None]) -> None:
        slices = [clock(change, time.thread_time)]
        while buffer.busy:
            slices.append(clock(partial(buffer.sift, SLICE), time.thread_time))
        tell(f"LogBuffer, {LINES:,} lines: {what}", slices)

    tell(f"LogBuffer, {LINES:,} lines: taken in", [take(first) for first in range(0, LINES, AT_ONCE)])
    for what, sieve in {
        "a word": Sieve(re.compile("cart/77", re.IGNORECASE)),
        "an expression": Sieve(re.compile(r"cart/7\d+7 ", re.IGNORECASE), context=3),
        "a level": Sieve(level=Level.ERROR),
        "folded": Sieve(folds=True),
        "all": Sieve(),
    }.items():
        sift(what, partial(buffer.show, sieve))
    sift("wrapped", partial(buffer.wrap, 80))
    buffer.show(Sieve(re.compile(r"cart/7\d+7 ", re.IGNORECASE), level=Level.ERROR, folds=True))
    buffer.sift(inf)
    tell("LogBuffer, 50,000 lines: taken in and sifted", [take(LINES + first) for first in range(0, 50_000, AT_ONCE)])
    return spent


def measure_shell() -> dict[str, float]:
    """Take in what `cat` of a large file writes, and other output, as a pane does: in slices of a frame.

    Slices are what the loop waits for: their processor time is told.
    """
    spent = {}
    for what, said in {
        "lines": line(3),
        "colours": "\x1b[01;34mbin\x1b[0m  \x1b[01;32mrun.sh\x1b[0m  \x1b[38;5;208mpay.log\x1b[m",
        "Korean": "결제 서버가 시작되었습니다 🚀 GET /장바구니 200",
        "one long line": "x" * 4_000,
        "cleared screens": "\x1b[2J\x1b[H",
    }.items():
        data = f"{said}\r\n".encode()
        data *= (OUTPUT if what != "cleared screens" else OUTPUT // 100) // len(data)
        terminal, slices = Terminal(*SHELL), []
        terminal.feed(data)
        while terminal.busy:
            slices.append(clock(partial(terminal.advance, TERMINAL_SLICE), time.thread_time))
        spent[f"Terminal, {len(data) / 1e6:.2f} MB: {what}"] = sum(slices)
        spent[f"  longest slice, {what}"] = max(slices)
    palette = TerminalPalette(ANSI_DARK, ANSI_DARK.foreground_color, ANSI_DARK.background_color)
    spent[f"paint {SHELL[1]} rows of a shell"] = clock(
        lambda: [paint_cells(row, SHELL[0], palette) for row in terminal.screen.rows]
    )
    return spent


def main() -> None:
    """Print what each part takes, and how much of the yardstick's time that is."""
    collection = Collection("micro", PODS, decoder(kind_for(PODS)), keep_whole=True)
    spent = (
        measure_list(collection)
        | measure_view(collection)
        | measure_watch(collection)
        | measure_log()
        | measure_shell()
    )
    yardstick = spent["json.loads"]
    print(f"{PODS_IN_ALL:,} pods of {len(json.dumps(pod(1), separators=(',', ':'))) / 1000:.1f} KB")
    for what, seconds in spent.items():
        print(f"{what:46} {1000 * seconds:8.1f} ms  {seconds / yardstick:6.3f} × json.loads")
    packed = sum(len(record.packed) for record in collection.records.values())
    print(f"{'kept whole, compressed':38} {packed / len(collection.records):8.0f} bytes a pod")


if __name__ == "__main__":
    main()
