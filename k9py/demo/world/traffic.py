"""The customers: they look around, and some order. What they do is seen in the logs of all that it goes through."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from k9py.demo.world.programs.voices import address
from k9py.demo.world.shop import Member, Shop

SEEN = 100.0
"""Of so many requests one is written to the logs."""

BUYING = 0.3
"""The part of the requests in the logs that are orders."""

THINGS = (
    ("김치-1kg", "배추김치 1kg"),
    ("tea-jeju", "제주 녹차"),
    ("lamp-moon", "moon lamp 🌙"),
    ("mug-tiger", "tiger mug 🐯"),
    ("socks-3", "three pairs of socks"),
    ("ramen-12", "라면 12개"),
    ("desk-oak", "oak desk"),
    ("kite-red", "red kite"),
)
"""What there is to buy: its key, and its name."""

LOOKS = {"catalog": 5, "search": 3, "storefront": 4, "reviews": 1, "recommendations": 2}
"""Where those go who look around, and how often."""

AGENTS = ("Mozilla/5.0 (X11; Linux x86_64)", "Mozilla/5.0 (iPhone; 한국어)", "ShopApp/5.2 (Android 15)", "curl/8.9.1")


@dataclass(slots=True)
class Visit:
    """A request, or an order on its way: its ids are the same in the logs of all apps."""

    trace: str
    customer: str
    client: str
    agent: str
    thing: str
    thing_name: str
    amount: int
    """In won."""
    order: str = ""
    lost: str = ""
    """The app that could not be reached."""
    number: float = 0.5
    """Chance of its own: durations, small differences."""
    path: list[str] = field(default_factory=list)


def new_visit(random: Random) -> Visit:
    """Somebody comes."""
    thing, name = random.choice(THINGS)
    return Visit(
        trace=f"{random.getrandbits(48):012x}",
        customer=f"c{random.randrange(1000, 9999)}",
        client=address(random),
        agent=random.choice(AGENTS),
        thing=thing,
        thing_name=name,
        amount=random.randrange(5, 900) * 100,
        number=random.random(),
    )


class Traffic:
    """Lets customers come, as many as the hour has."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._number = 48_211

    def start(self) -> None:
        """From now on they come."""
        rate = max(0.1, self._shop.visits(self._shop.clock.now) / SEEN)
        self._shop.clock.after(self._shop.random.expovariate(rate), self._come)

    def _come(self) -> None:
        self.start()
        random = self._shop.random
        visit = new_visit(random)
        if random.random() < BUYING:
            self._number += 1
            visit.order = f"ord-{self._number}"
            self._order(visit)
        else:
            self._look(visit, random.choices(tuple(LOOKS), tuple(LOOKS.values()))[0])

    def _look(self, visit: Visit, app: str) -> None:
        member = self._shop.pick(app)
        if member:
            member.program.handle(member.process, visit)
        elif app != "reviews":  # the storefront goes without them
            visit.lost = app
        self._answer(visit, f"/{app}")

    def _order(self, visit: Visit) -> None:
        self._step(visit, "cart", lambda: self._step(visit, "checkout", lambda: self._pay(visit)))

    def _step(self, visit: Visit, app: str, then: Callable[[], None]) -> None:
        """One app does its part, and soon after the next one; or nobody is there."""
        member = self._shop.pick(app)
        if member is None:
            visit.lost = app
            self._end(visit)
            return
        visit.path.append(app)
        member.program.handle(member.process, visit)
        self._shop.clock.after(0.03 + 0.2 * visit.number, then if not visit.lost else lambda: self._end(visit))

    def _pay(self, visit: Visit) -> None:
        member = self._shop.pick("payments-api")
        if member:
            member.program.handle(member.process, visit)
        else:
            visit.lost = "payments-api"
        self._confirm(visit, self._shop.pick("checkout"))
        self._end(visit)

    def _confirm(self, visit: Visit, checkout: Member | None) -> None:
        """The checkout hears how the payment went."""
        if checkout:
            checkout.program.confirm(checkout.process, visit)

    def _end(self, visit: Visit) -> None:
        if not visit.lost:
            self._shop.queue += 1
        self._shop.note(visit.lost)
        self._answer(visit, "/orders")

    def _answer(self, visit: Visit, path: str) -> None:
        gateway = self._shop.pick("gateway")
        if gateway:
            visit.path.append(path)
            gateway.program.handle(gateway.process, visit)
