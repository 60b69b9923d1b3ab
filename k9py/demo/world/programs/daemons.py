"""Databases, and whatever else goes on by itself: it writes what it has to say at its own pace."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import NamedTuple

from k9py.demo.node.program import Load, Process
from k9py.demo.world.programs.service import MIB, Service
from k9py.demo.world.programs.voices import klog_line, logfmt_line, plain_line, postgres_line, redis_line
from k9py.demo.world.shop import Shop

Say = Callable[[float, Random], str]
"""A line of a log at a time."""


class Habit(NamedTuple):
    """What a program says at its start, and what it says again and again (seconds between, about)."""

    opening: tuple[Say, ...] = ()
    pace: float = 0.0
    lines: tuple[Say, ...] = ()


LITTLE = Load(0.0002, 0.0)


class Daemon(Service):
    """A program with habits."""

    def __init__(self, shop: Shop, app: str, habit: Habit, idle: Load, each: Load = LITTLE) -> None:
        super().__init__(shop, "")
        self.app, self.rest, self.each = app, idle, each
        self._habit = habit

    def open(self, process: Process) -> None:
        """It says what it says at its start."""
        for say in self._habit.opening:
            process.log(say(process.clock.now, process.random))
        if self._habit.lines:
            self._later(process)

    def _later(self, process: Process) -> None:
        process.after(self._habit.pace * (0.6 + 0.8 * process.random.random()), lambda: self._speak(process))

    def _speak(self, process: Process) -> None:
        process.log(process.random.choice(self._habit.lines)(process.clock.now, process.random))
        self._later(process)


POSTGRES = Habit(
    (
        lambda now, _: postgres_line(now, 1, "LOG", "starting PostgreSQL 18.1 on x86_64-pc-linux-musl, 64-bit"),
        lambda now, _: postgres_line(now, 1, "LOG", 'listening on IPv4 address "0.0.0.0", port 5432'),
        lambda now, _: postgres_line(now, 1, "LOG", "database system is ready to accept connections"),
    ),
    20.0,
    (
        lambda now, _: postgres_line(now, 27, "LOG", "checkpoint starting: time"),
        lambda now, by: postgres_line(
            now, 27, "LOG", f"checkpoint complete: wrote {by.randrange(40, 900)} buffers; sync={by.random():.3f} s"
        ),
        lambda now, by: postgres_line(
            now,
            by.randrange(60, 99),
            "LOG",
            f"duration: {by.randrange(510, 1900)}.{by.randrange(999):03d} ms  statement:"
            " SELECT * FROM orders WHERE customer = $1 ORDER BY placed DESC",
        ),
        lambda now, by: postgres_line(
            now, by.randrange(60, 99), "ERROR", 'duplicate key value violates unique constraint "orders_trace_key"'
        ),
    ),
)

REDIS = Habit(
    (
        lambda now, _: redis_line(now, "oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo", "C"),
        lambda now, _: redis_line(now, "Ready to accept connections tcp"),
    ),
    25.0,
    (
        lambda now, by: redis_line(now, f"{by.randrange(100, 900)} changes in 60 seconds. Saving..."),
        lambda now, by: redis_line(now, f"Background saving started by pid {by.randrange(100, 999)}"),
        lambda now, _: redis_line(now, "Background saving terminated with success"),
    ),
)

PROMETHEUS = Habit(
    (lambda now, _: logfmt_line(now, "info", "Server is ready to receive web requests.", component="web"),),
    45.0,
    (
        lambda now, by: logfmt_line(
            now, "info", "write block", component="tsdb", duration=f"{by.randrange(90, 900)}ms"
        ),
        lambda now, by: logfmt_line(
            now, "warn", "Error on ingesting out-of-order samples", component="scrape", num_dropped=by.randrange(1, 30)
        ),
    ),
)

GRAFANA = Habit(
    (lambda now, _: logfmt_line(now, "info", "HTTP Server Listen", logger="http.server", address="[::]:3000"),),
    60.0,
    (
        lambda now, by: logfmt_line(
            now, "info", "Request Completed", method="GET", path="/d/shop", ms=by.randrange(9, 90)
        ),
    ),
)

NODE_EXPORTER = Habit((lambda now, _: logfmt_line(now, "info", "Listening on", address="[::]:9100"),))

LOG_AGENT = Habit(
    (lambda now, _: f"[{plain_line(now, '[ info] [engine] started (pid=1)')}",),
    40.0,
    (
        lambda now, by: plain_line(now, f"[ info] [output:opensearch] chunk flushed, {by.randrange(40, 4000)} records"),
        lambda now, _: plain_line(now, "[ warn] [input:tail] file rotated, 다시 엽니다"),
    ),
)

RUNNER = Habit(
    (lambda now, _: plain_line(now, "√ Connected to ci.example.com, listening for jobs"),),
    50.0,
    (lambda now, by: plain_line(now, f"job {by.randrange(9000, 9999)} taken, handed to a pod of namespace ci"),),
)

OPERATOR = Habit(
    (lambda now, _: klog_line(now, "I", "main.go:94", '"Starting manager" controllers=["certificate" "shopbackup"]'),),
    30.0,
    (
        lambda now, by: klog_line(
            now,
            "I",
            "certificate_controller.go:161",
            f'"Reconciled" certificate="shop/www" durationMS={by.randrange(3, 90)}',
        ),
        lambda now, _: klog_line(
            now, "E", "cleanup.go:48", '"Cannot clean up" err="bucket archive-2019 not found" namespace="legacy"'
        ),
    ),
)

SIDECAR = Habit(
    (lambda now, _: logfmt_line(now, "info", "watching", path="/etc/tls"),),
    60.0,
    (lambda now, _: logfmt_line(now, "info", "certificate unchanged", path="/etc/tls/tls.crt", expires="61d"),),
)


def _small(cores: float, mebibytes: float) -> Load:
    return Load(cores, mebibytes * MIB)


DAEMONS = {
    "postgres:18.1-alpine": ("postgres", POSTGRES, _small(0.08, 640)),
    "redis:8.4-alpine": ("redis", REDIS, _small(0.02, 140)),
    "prom/prometheus:v3.8.0": ("prometheus", PROMETHEUS, _small(0.12, 810)),
    "grafana/grafana:12.3.0": ("grafana", GRAFANA, _small(0.02, 160)),
    "prom/node-exporter:v1.10.2": ("node-exporter", NODE_EXPORTER, _small(0.004, 19)),
    "fluent/fluent-bit:4.2.0": ("log-agent", LOG_AGENT, _small(0.015, 41)),
    "ci/runner:2.330.0": ("runner", RUNNER, _small(0.006, 82)),
    "ci/shop-operator:0.7.0": ("shop-operator", OPERATOR, _small(0.008, 31)),
    "shop/tls-reloader:0.3.1": ("tls-reloader", SIDECAR, _small(0.001, 9)),
    "shop/vault-agent:1.19.0": ("vault-agent", SIDECAR, _small(0.002, 22)),
}
"""By image: the app, its habits, what it uses."""
