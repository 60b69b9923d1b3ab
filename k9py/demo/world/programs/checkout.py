"""The checkout: Java, Spring, stack traces."""

from __future__ import annotations

from k9py.demo.node.program import Load, Process
from k9py.demo.world.programs.service import MIB, Service
from k9py.demo.world.programs.voices import spring_line
from k9py.demo.world.traffic import Visit

PAYMENTS = "http://payments-api.payments:8080"


class Checkout(Service):
    """Asks payments for the money; it reads where they are from PAYMENTS_URL."""

    app = "checkout"
    voice = staticmethod(spring_line)
    rest = Load(0.03, 310 * MIB)
    each = Load(0.0022, 0.6 * MIB)
    needs: tuple[str, ...] = ("postgres",)
    variable = "PAYMENTS_URL"
    packaged = PAYMENTS

    def open(self, process: Process) -> None:
        """As Spring Boot begins."""
        self._say(process, "INFO", "Application", f"Starting Application v{self.version} using Java 21.0.9")
        self._say(process, "INFO", "PaymentsClient", f"payments.url = {self.payments(process)}")
        self._say(process, "INFO", "Application", "Started Application in 2.914 seconds")

    def payments(self, process: Process) -> str:
        """Where it looks for payments."""
        return process.env.get(self.variable) or self.packaged

    def handle(self, process: Process, visit: Visit) -> None:
        """An order; it is lost where payments have no such name."""
        if not self.shop.reaches(self.payments(process)):
            visit.lost = "payments-api"
            self._lose(process, visit, f"UnknownHostException: {_host(self.payments(process))}")
            return
        text = f"order {visit.order} of {visit.customer}: {visit.amount} KRW, asking payments [trace={visit.trace}]"
        self._say(process, "INFO", "OrderService", text)

    def confirm(self, process: Process, visit: Visit) -> None:
        """The money has come, or nobody answered."""
        if visit.lost:
            self._lose(process, visit, "ConnectException: Connection refused")
            return
        self._say(process, "INFO", "OrderService", f"order {visit.order} paid ✔ [trace={visit.trace}]")

    def _lose(self, process: Process, visit: Visit, why: str) -> None:
        """A stack trace is one entry of many lines."""
        self._say(
            process,
            "ERROR",
            "OrderService",
            f"order {visit.order} failed: payments cannot be reached [trace={visit.trace}]",
        )
        process.log(
            "org.springframework.web.client.ResourceAccessException: I/O error on POST request for"
            f' "{self.payments(process)}/v1/charges": {why.partition(": ")[2]}'
        )
        for frame in (
            "org.springframework.web.client.DefaultRestClient.createResourceAccessException(DefaultRestClient.java:697)",
            "com.example.shop.checkout.PaymentsClient.charge(PaymentsClient.java:84)",
            "com.example.shop.checkout.OrderService.place(OrderService.java:131)",
            "com.example.shop.checkout.OrderController.post(OrderController.java:52)",
        ):
            process.log(f"\tat {frame}")
        process.log(f"Caused by: java.net.{why}")
        process.log("\t... 41 more")

    def _say(self, process: Process, level: str, part: str, text: str) -> None:
        """`part` is the class that speaks."""
        self.say(process, level, f"c.e.shop.{self.app}.{part}", text)


class BadCheckout(Checkout):
    """Version 7.2.0: reads another variable, its packaged address has a letter too few, and it gives up soon."""

    variable = "PAYMENTS_V2_URL"
    packaged = "http://payments-api.payment:8080"
    patience = 25.0
    """Seconds after which it ends when payments have not been seen."""

    def open(self, process: Process) -> None:
        """It checks its connections in the background, so that it is ready long before it fails."""
        super().open(process)
        process.after(8.0, lambda: self._check(process, last=False))
        process.after(self.patience, lambda: self._check(process, last=True))

    def _check(self, process: Process, last: bool) -> None:
        url = self.payments(process)
        if self.shop.reaches(url):
            return
        client = "PaymentsClient"
        self._say(process, "WARN", client, f"health check of {url} failed: UnknownHostException: {_host(url)}")
        self._say(process, "WARN", client, f"payments.url comes from application.yaml; {self.variable} is not set")
        if last:
            self._say(process, "ERROR", "Application", "Application run failed")
            process.log(f"java.lang.IllegalStateException: payments not reachable at {url} for {self.patience:.0f} s")
            process.log("\tat com.example.shop.checkout.PaymentsClient.giveUp(PaymentsClient.java:143)")
            process.log("\tat com.example.shop.checkout.PaymentsClient$Watchdog.run(PaymentsClient.java:201)")
            process.log(f"Caused by: java.net.UnknownHostException: {_host(url)}: Name or service not known")
            process.log("\tat java.base/java.net.Inet6AddressImpl.lookupAllHostAddr(Native Method)")
            process.exit(1)


class Refunds(Checkout):
    """It cannot live without payments, and looks for them where they are not: a crash loop."""

    app = "refunds"
    rest = Load(0.02, 220 * MIB)
    needs = ()

    def start(self, process: Process) -> None:
        """It ends as soon as it has seen that nobody is there."""
        super().start(process)
        if not self.shop.reaches(self.payments(process)):
            process.after(3.0, lambda: self._die(process))

    def _die(self, process: Process) -> None:
        url = self.payments(process)
        self._say(process, "ERROR", "Application", f"결제에 연결할 수 없습니다: payments cannot be reached at {url}")
        process.log('Exception in thread "main" java.lang.IllegalStateException: no payments, no refunds')
        process.log("\tat com.example.shop.refunds.Application.main(Application.java:37)")
        process.log(f"Caused by: java.net.UnknownHostException: {_host(url)}: Name or service not known")
        process.log("\tat java.base/java.net.InetAddress$CachedLookup.get(InetAddress.java:988)")
        process.log("\t... 7 more")
        process.exit(1)


def _host(url: str) -> str:
    return url.rpartition("//")[2].partition(":")[0]
