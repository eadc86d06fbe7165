"""Time and SQL statements of a piece of work in this process."""

import re
import statistics
import threading
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field

_TABLE = re.compile(r'\b(?:FROM|INTO|UPDATE)\s+"?(\w+)"?', re.IGNORECASE)


@dataclass
class Reading:
    """What one piece of work took: milliseconds and its SQL statements."""

    ms: float = 0
    sql: int = 0
    cpu: float = 0
    queries: list = field(default_factory=list, repr=False)

    def __add__(self, other):
        return Reading(self.ms + other.ms, self.sql + other.sql, self.cpu + other.cpu, self.queries + other.queries)


def measure(work):
    """Run a function and return its Reading and its result."""
    thread, queries = threading.current_thread(), []
    thread.query_hooks = [lambda _cr, query, _params, _start, delay: queries.append((query, delay))]
    started, cpu = time.perf_counter(), time.thread_time()
    try:
        result = work()
    finally:
        ms = (time.perf_counter() - started) * 1000
        cpu = (time.thread_time() - cpu) * 1000
        del thread.query_hooks
    return Reading(ms, len(queries), cpu, [(kind(query), delay * 1000) for query, delay in queries]), result


def kind(query):
    """Return what a statement does to which table: ``SELECT res_partner``."""
    text = str(getattr(query, "code", query)).strip()
    word = text.split(None, 1)[0].upper()
    table = _TABLE.search(text)
    return f"{word} {table[1]}" if table and word not in ("SAVEPOINT", "RELEASE") else word


class Series:
    """The readings of one case."""

    def __init__(self, readings=()):
        self.readings = list(readings)

    def add(self, reading):
        """Keep one more reading."""
        self.readings.append(reading)

    @property
    def ms(self):
        """Return the median time in milliseconds."""
        return statistics.median(reading.ms for reading in self.readings)

    @property
    def cpu(self):
        """Return the median CPU time of this process's thread in milliseconds; PostgreSQL's is not in it."""
        return statistics.median(reading.cpu for reading in self.readings)

    @property
    def sql(self):
        """Return the median number of SQL statements."""
        return statistics.median_low(reading.sql for reading in self.readings)

    def ratio(self, other):
        """Return the median of the ratios to another series, sample by sample: noise hits both alike."""
        pairs = zip(self.readings, other.readings, strict=True)
        return statistics.median(mine.ms / theirs.ms for mine, theirs in pairs)

    def breakdown(self, count=10):
        """Return the commonest statements as [(kind, times per run, ms per run)]."""
        times, ms = Counter(), defaultdict(float)
        for reading in self.readings:
            for name, delay in reading.queries:
                times[name] += 1
                ms[name] += delay
        runs = len(self.readings)
        return [(name, number / runs, ms[name] / runs) for name, number in times.most_common(count)]
