"""The cart: Go, JSON lines. Of version 4.3.0 it is said that it never lets go of anything."""

from __future__ import annotations

from k9py.demo.node.program import Load, Process
from k9py.demo.world.programs.service import MIB, Service, memory_limit
from k9py.demo.world.programs.voices import json_line
from k9py.demo.world.traffic import Visit


class Cart(Service):
    """Keeps the carts in Redis."""

    app = "cart"
    voice = staticmethod(json_line)
    each = Load(0.0011, 0.12 * MIB)
    needs = ("redis",)

    def open(self, process: Process) -> None:
        """It connects."""
        self.say(process, "info", "starting", version=self.version, gomaxprocs=2)
        self.say(process, "info", "connected", redis=process.env.get("REDIS_URL", "redis:6379"), pool=16)

    def handle(self, process: Process, visit: Visit) -> None:
        """A cart becomes an order."""
        self.say(
            process,
            "info",
            "cart closed",
            order=visit.order,
            customer=visit.customer,
            things=[visit.thing],
            note=f"{visit.thing_name} 담김",
            trace=visit.trace,
        )


class LeakingCart(Cart):
    """Grows by more than a mebibyte a second, gets slow, and is killed."""

    leak = 1.6 * MIB

    def open(self, process: Process) -> None:
        """It looks at its heap every few seconds."""
        super().open(process)
        process.every(5.0, lambda: self._watch(process))

    def load(self, process: Process) -> Load:
        """More, the longer it runs; and collecting the garbage costs more and more."""
        usual = super().load(process)
        leaked = self.leak * (process.clock.now - process.started)
        return Load(usual.cores + 0.25 * leaked / memory_limit(process), usual.memory + leaked)

    def _watch(self, process: Process) -> None:
        used, most = self.load(process).memory, memory_limit(process)
        if used > most:
            process.exit(137, "OOMKilled")
        elif used > most / 2:
            self.say(
                process,
                "warn",
                "gc: heap grows",
                heapMiB=round(used / MIB),
                limitMiB=round(most / MIB),
                sessions=int(used / 2048),
                oldestSession=f"{process.clock.now - process.started:.0f}s",
            )
