"""What runs and ends: backups, exports, builds, migrations."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from k9py.demo.node.program import Load, Process, Program
from k9py.demo.world.programs.service import MIB
from k9py.demo.world.programs.voices import plain_line


class Step(NamedTuple):
    """A line that is written so many seconds after the start."""

    after: float
    text: str
    stamped: bool = True


MODEST = Load(0.2, 64 * MIB)


class Task(Program):
    """Writes its lines, then ends."""

    def __init__(self, steps: tuple[Step, ...], seconds: float, code: int = 0, used: Load = MODEST) -> None:
        self._steps = steps
        self._seconds = seconds
        self._code = code
        self._used = used

    def start(self, process: Process) -> None:
        """Each of its lines comes in its time, give or take a little."""
        pace = 0.8 + 0.4 * process.random.random()
        for step in self._steps:
            process.after(step.after * pace, self._line(process, step))
        process.after(self._seconds * pace, lambda: process.exit(self._code))

    def load(self, process: Process) -> Load:
        """The same all the time."""
        return self._used

    def _line(self, process: Process, step: Step) -> Callable[[], None]:
        def write() -> None:
            process.log(plain_line(process.clock.now, step.text) if step.stamped else step.text)

        return write


BACKUP = Task(
    (
        Step(0.5, "pg_dump: connecting to postgres-0.postgres-headless.data"),
        Step(1.0, "pg_dump: reading extensions"),
        Step(3.0, "pg_dump: dumping contents of table public.orders"),
        Step(6.0, "pg_dump: dumping contents of table public.customers"),
        Step(9.0, "upload: s3://shop-backups/postgres.dump.zst (218.4 MiB) 완료"),
    ),
    10.0,
)

EXPORT = Task(
    (
        Step(0.5, "analytics-export 0.4.0: exporting yesterday's orders"),
        Step(2.0, "Traceback (most recent call last):", stamped=False),
        Step(2.0, '  File "/app/export.py", line 88, in <module>', stamped=False),
        Step(2.0, "    main(parse_arguments())", stamped=False),
        Step(2.0, '  File "/app/export.py", line 61, in main', stamped=False),
        Step(2.0, "    warehouse.upload(rows)", stamped=False),
        Step(2.0, '  File "/app/warehouse.py", line 24, in upload', stamped=False),
        Step(2.0, '    raise PermissionError(f"403 for {self.bucket}: key has expired")', stamped=False),
        Step(2.0, "PermissionError: 403 for analytics-lake: key has expired (만료된 키)", stamped=False),
    ),
    3.0,
    code=1,
)

BUILD = Task(
    (
        Step(0.2, "#1 [internal] load build definition from Dockerfile", stamped=False),
        Step(1.0, "#4 [build 2/6] COPY go.mod go.sum ./", stamped=False),
        Step(3.0, "#6 [build 4/6] RUN go test ./...", stamped=False),
        Step(9.0, "#6 6.12 ok   example.com/shop/catalog/store   4.811s", stamped=False),
        Step(12.0, "#8 [build 6/6] RUN go build -o /out/app", stamped=False),
        Step(17.0, "#9 pushing layers 2.1s done", stamped=False),
        Step(18.0, "#9 DONE 2.4s", stamped=False),
    ),
    19.0,
    used=Load(0.9, 240 * MIB),
)

REPORT = Task(
    (
        Step(0.4, "일일 보고서를 만듭니다"),
        Step(3.0, "주문 12,408건, 매출 ₩418,220,900"),
        Step(4.0, "report sent to #shop-daily"),
    ),
    5.0,
)

WAIT = Task((Step(0.1, "postgres-rw.data:5432 - accepting connections"),), 1.0, used=Load(0.01, 4 * MIB))

MIGRATE = Task(
    (
        Step(0.2, 'Flyway 11.8: schema "checkout" is at version 41'),
        Step(0.9, 'Schema "checkout" is up to date. No migration necessary.'),
    ),
    1.5,
    used=Load(0.1, 60 * MIB),
)


TASKS = {
    "data/backup:1.4.0": BACKUP,
    "data/analytics-export:0.4.0": EXPORT,
    "data/daily-report:1.0.0": REPORT,
    "data/vacuum:0.1.0": REPORT,
    "ci/builder:24.1": BUILD,
    "shop/wait:1": WAIT,
    "shop/flyway:11.8": MIGRATE,
}
"""By image."""
