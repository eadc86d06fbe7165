"""Cases about mail: receiving, new ticket, further message, followers, and all of it in a big database."""

import random
from collections import defaultdict

from .fill import OTHERS, OURS, PLAIN, fill
from .measure import Series
from .table import Row, compared
from .worlds import FOLLOWED, QUIET

WARM_UP = 3
#: What is shown of a sample: our step, plain's step, target.
STEPS = (
    ("receive", "receive", "new", 0.25),
    ("new ticket with order", "new", "new", 1.0),
    ("further message", "more", "more", 0.8),
    ("received and new ticket", "received and new", "new", None),
    ("received and further", "received and more", "more", None),
)


class Samples:
    """Runs samples in several worlds in turns, so that load from outside affects all of them equally."""

    def __init__(self):
        self.series = defaultdict(lambda: defaultdict(Series))
        self.number = 0

    def run(self, worlds, count, code=QUIET):
        """Take ``count`` samples of each world: {name: World}."""
        names = list(worlds)
        for turn in range(-WARM_UP, count):
            self.number += 1
            random.shuffle(names)
            for name in names:
                steps = worlds[name].sample(self.number, code)
                if "receive" in steps:
                    steps["received and new"] = steps["receive"] + steps["new"]
                    steps["received and more"] = steps["receive more"] + steps["more"]
                for step, reading in steps.items() if turn >= 0 else ():
                    self.series[name, code][step].add(reading)

    def get(self, name, step, code=QUIET):
        """Return the Series of a step in a world."""
        return self.series[name, code][step]


def mail_rows(samples):
    """Return the rows of the empty databases."""
    rows = []
    for case, step, other, target in STEPS:
        rows.append(compared(case, samples.get("ours", step), samples.get("plain", other), target))
        if step == "new":
            rows += [Row(f"  its part: {part}", (one := samples.get("ours", part)).ms, one.sql) for part in PARTS]
    return rows


PARTS = ("read", "fetch", "post")


def follower_rows(samples):
    """Return the rows of tickets with followers."""
    cases = (("with 3 followers: new ticket", "new"), ("with 3 followers: further", "more"))
    return [
        compared(case, samples.get("ours", step, FOLLOWED), samples.get("plain", step, FOLLOWED), note=FOLLOWERS_NOTE)
        for case, step in cases
    ]


FOLLOWERS_NOTE = "ours queues the notifications, plain sends them at once"


def fill_worlds(worlds, rows):
    """Make the worlds whose names begin with "big" big."""
    for name, world in worlds.items():
        if name.startswith("big"):
            world.sample(0)
            if "ours" in name:
                world.run(_add_number)
            fill(world, OURS if "ours" in name else PLAIN, rows)


def _add_number(env):
    """Give the newest order another number, so that there is one to copy."""
    env["marketplace.order.ref"]._add(env["marketplace.order"].search([], order="id desc", limit=1), [str(OTHERS)])


def big_rows(samples, rows):
    """Return the rows of the big databases: the figure is big by empty."""
    shown = []
    for case, step, other, _target in STEPS[:3]:
        ours, plain = samples.get("big ours", step), samples.get("big plain", other)
        ratio, theirs = ours.ratio(samples.get("ours", step)), plain.ratio(samples.get("plain", other))
        shown.append(
            Row(f"{rows:,} rows: {case}", ours.ms, ours.sql, plain.ms, plain.sql, f"{ratio:.2f}×", "≤ 1.20×",
                ratio <= 1.2, f"by our empty database; plain {theirs:.2f}×, ours by plain {ours.ratio(plain):.2f}×")
        )  # fmt: skip
    return shown


def print_breakdown(samples):
    """Print the commonest statements of each step."""
    for (name, code), steps in samples.series.items():
        for step, series in steps.items():
            if code == QUIET and not step.startswith("received"):
                print(f"\n{name}: {step} ({series.ms:.1f} ms, {series.cpu:.1f} ms CPU, {series.sql} SQL)")
                for kind, times, ms in series.breakdown():
                    print(f"  {times:5.1f} × {kind:45} {ms:7.2f} ms")
