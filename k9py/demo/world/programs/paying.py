"""Behind the checkout: payments, the ledger, the worker of the queue, messages to customers."""

from __future__ import annotations

from k9py.demo.core.store import Obj
from k9py.demo.node.program import Load, Process
from k9py.demo.world.programs.service import MIB, Service
from k9py.demo.world.programs.voices import json_line, python_line
from k9py.demo.world.traffic import Visit


class Payments(Service):
    """JSON lines. It holds a pool of connections to its bank, which may get stale: only a new start mends that."""

    app = "payments-api"
    voice = staticmethod(json_line)
    rest = Load(0.02, 140 * MIB)
    each = Load(0.0012, 0.2 * MIB)

    def open(self, process: Process) -> None:
        """It connects to its bank."""
        self.say(process, "info", "payments starting", version=self.version, bank="hana-sandbox")
        self.say(process, "info", "pool filled", host="bank.example.com:8443", size=8)

    def stale(self, process: Process) -> bool:
        """Whether its connections are dead."""
        return process.started < self.shop.bank_closed

    def handle(self, process: Process, visit: Visit) -> None:
        """Money moves, or does not."""
        if self.stale(process):
            visit.lost = self.app
            self.say(
                process,
                "error",
                "charge failed",
                order=visit.order,
                trace=visit.trace,
                error="bank.example.com:8443: write: broken pipe (pooled connection, idle 9h12m)",
            )
            self.say(process, "warn", "pool exhausted", size=8, dead=8, hint="pool is filled at start only")
            return
        self.say(
            process,
            "info",
            "charged",
            order=visit.order,
            amount=visit.amount,
            currency="KRW",
            customer=visit.customer,
            trace=visit.trace,
        )


class Ledger(Service):
    """Writes down what payments do. There is one of it, and it may not be evicted."""

    app = "ledger"
    each = Load(0.0003, 0.02 * MIB)
    rest = Load(0.01, 95 * MIB)

    def open(self, process: Process) -> None:
        """It closes a block every while."""
        process.every(17.0, lambda: self._close(process))

    def _close(self, process: Process) -> None:
        now = process.clock.now
        entries = int(self.shop.visits(now) / 4)
        self.say(process, f"block {int(now / 17)} closed: {entries} entries, sha256 {hash_of(int(now)):016x}")


class OrdersWorker(Service):
    """Takes orders from the queue, a few a second."""

    app = "orders-worker"
    voice = staticmethod(python_line)
    each = Load(0.0006, 0.05 * MIB)
    port = 9100

    def open(self, process: Process) -> None:
        """It looks at the queue every few seconds."""
        self.say(process, "INFO", "worker", f"orders-worker {self.version} ready, prefetch=4")
        process.every(4.0, lambda: self._take(process))

    def probe(self, process: Process, kind: str, handler: Obj) -> str:
        """It is ready when it runs."""
        return ""

    def _take(self, process: Process) -> None:
        taken = min(self.shop.queue, 4 + (self.shop.queue > 40) * 8)
        if not taken:
            return
        self.shop.queue -= taken
        text = f"{taken} orders handed to the warehouse, {self.shop.queue} wait"
        self.say(process, "INFO", "worker", text)
        member = self.shop.pick("notifications")
        if member and isinstance(member.program, Notifications):
            member.program.tell(member.process, taken)


class Notifications(Service):
    """Writes to customers, in Korean."""

    app = "notifications"
    each = Load(0.0002, 0.05 * MIB)

    def open(self, process: Process) -> None:
        """It begins."""
        self.say(process, "알림 서비스를 시작합니다 🚀")

    def tell(self, process: Process, count: int) -> None:
        """So many orders are on their way."""
        self.say(process, f"주문 {count}건이 발송되었습니다 📦 (카카오톡 {count}건, 이메일 {count // 2}건)")


def hash_of(number: int) -> int:
    """A number that looks like a hash, always the same for the same."""
    return (number * 0x9E3779B97F4A7C15) & 0xFFFFFFFFFFFFFFFF
