"""What customers look at: catalog, search, reviews, recommendations."""

from __future__ import annotations

from k9py.demo.core.store import Obj
from k9py.demo.node.program import Load, Process
from k9py.demo.world.programs.service import MIB, Service, memory_limit
from k9py.demo.world.programs.voices import logfmt_line, plain_line, python_line
from k9py.demo.world.traffic import Visit


class Catalog(Service):
    """Go, logfmt."""

    app = "catalog"
    voice = staticmethod(logfmt_line)
    each = Load(0.0006, 0.05 * MIB)
    needs = ("postgres",)

    def open(self, process: Process) -> None:
        """It reads its catalog, and again every few minutes."""
        self.say(process, "info", "listening", addr=":8080", version=self.version)
        self._refresh(process)
        process.every(180.0, lambda: self._refresh(process))

    def handle(self, process: Process, visit: Visit) -> None:
        """A thing is looked up."""
        took = f"{1 + 20 * visit.number:.1f}ms"
        cache = "miss" if visit.number > 0.8 else "hit"
        self.say(process, "info", "get", thing=visit.thing, cache=cache, took=took, trace=visit.trace)

    def _refresh(self, process: Process) -> None:
        self.say(process, "info", "catalog refreshed", things=48_213, took="212ms")


class Search(Service):
    """Python, with what Korean customers look for."""

    app = "search"
    voice = staticmethod(python_line)
    rest = Load(0.02, 210 * MIB)
    each = Load(0.0028, 0.4 * MIB)

    def open(self, process: Process) -> None:
        """It loads its index."""
        self.say(process, "INFO", "search.index", "색인을 불러오는 중… (48,213개 상품)")
        process.after(2.0, lambda: self.say(process, "INFO", "search.index", "색인 준비 완료 ✅"))

    def handle(self, process: Process, visit: Visit) -> None:
        """Somebody looks for something."""
        count = int(40 * visit.number)
        text = f"검색어='{visit.thing_name}' 결과={count}건 {5 + 60 * visit.number:.0f}ms trace={visit.trace}"
        self.say(process, "INFO", "search.query", text)
        if not count:
            self.say(process, "WARNING", "search.query", f"결과 없음 trace={visit.trace}")


class Reviews(Service):
    """It is not ready: the cache that it asks is not there."""

    app = "reviews"
    each = Load(0.0004, 0.02 * MIB)

    def open(self, process: Process) -> None:
        """It tries again and again."""
        self.say(process, f"reviews {self.version} listening on :8080")
        self._try(process)
        process.every(20.0, lambda: self._try(process))

    def probe(self, process: Process, kind: str, handler: Obj) -> str:
        """It lives, but cannot serve."""
        return "HTTP probe failed with statuscode: 503" if kind == "readiness" and not self._cached(process) else ""

    def steady(self, process: Process) -> bool:
        """The cache may come."""
        return self._cached(process)

    def handle(self, process: Process, visit: Visit) -> None:
        """It answers out of its cache."""
        self.say(process, f"GET /reviews/{visit.thing} 200 trace={visit.trace}")

    def _cached(self, process: Process) -> bool:
        return self.shop.reaches(process.env.get("CACHE_URL", ""))

    def _try(self, process: Process) -> None:
        if not self._cached(process):
            host = process.env.get("CACHE_URL", "").partition("//")[2]
            text = (
                f"cache: dial tcp: lookup {host.partition(':')[0]} on 10.96.0.10:53: no such host; readiness withheld"
            )
            process.log(plain_line(process.clock.now, text), "stderr")


class Recommendations(Service):
    """Python. It keeps all that it has ever recommended, until it has too much."""

    app = "recommendations"
    voice = staticmethod(python_line)
    rest = Load(0.03, 150 * MIB)
    each = Load(0.0006, 0.1 * MIB)
    leak = 0.42 * MIB
    """Bytes a second."""

    def open(self, process: Process) -> None:
        """Its end is known: when the leak has filled what the container may have."""
        self.say(process, "INFO", "recommend", f"model v{self.version} loaded (손실 0.0213)")
        self._watch(process)
        process.every(10.0, lambda: self._watch(process))

    def load(self, process: Process) -> Load:
        """More, the longer it runs."""
        usual = super().load(process)
        leaked = self.leak * (process.clock.now - process.started)
        return Load(usual.cores, usual.memory + leaked)

    def handle(self, process: Process, visit: Visit) -> None:
        """What others bought."""
        text = f"customer={visit.customer} because={visit.thing} n=12 trace={visit.trace}"
        self.say(process, "INFO", "recommend", text)

    def _watch(self, process: Process) -> None:
        used, most = self.load(process).memory, memory_limit(process)
        if used > most:
            process.exit(137, "OOMKilled")
        elif used > 0.8 * most:
            text = (
                f"memory high: {used / MIB:.0f} MiB of {most / MIB:.0f} MiB, {self._kept(process)} entries in history"
            )
            self.say(process, "WARNING", "recommend.cache", text)

    def _kept(self, process: Process) -> int:
        return int(310 * (process.clock.now - process.started))
