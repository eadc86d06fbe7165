"""Compare our reading of ISO times with ``dateutil.isoparse``: every time in our fixtures, and odd forms.

Run from the repository: ``python dev/benchmarks/iso_time.py``. Figures are in docs/adr/101-iso-time.md.
"""

import importlib.util
import re
import timeit
from datetime import timezone
from pathlib import Path

from dateutil.parser import isoparse

ROOT = Path(__file__).resolve().parents[2]
ODD = (
    "2026-11-30T10:00:00.1234567Z 2026-11-30T10:00:00,5Z 2026-11-30t10:00:00z 20261130T100000Z 2026-11-30 "
    "2026-11-30T10:00:00+0530 2026-11-30T10:00:00+05 2026-11 2026 20261130 2026-W48-1 2026-334 2026-11-30T24:00:00Z "
    "2026-11-30T10:00:60Z 2026-13-01 0001-01-01T00:00:00+14:00 2026-11-30T10:00:00+99:00"
).split() + ["2026-11-30 10:00:00", "2026-11-30T10:00:00 Z", " 2026-11-30T10:00:00Z ", "", "x" * 100_000]


def load_ours():
    """Load the module by its path: it needs neither the package nor Odoo."""
    path = ROOT / "marketplaces/transport/json_values.py"
    spec = importlib.util.spec_from_file_location("json_values", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.moment


def theirs(value):
    """Return what a replacement with the promises of ``moment`` would return: aware UTC or None."""
    try:
        found = isoparse(value)
        return (found if found.tzinfo else found.replace(tzinfo=timezone.utc)).astimezone(timezone.utc)
    except (ValueError, OverflowError):
        return None


def main():
    ours = load_ours()
    values = set()
    for path in (ROOT / "marketplaces/tests/fixtures").rglob("*.json"):
        values.update(re.findall(r'"(\d{4}-\d\d-\d\d[^"]{0,30})"', path.read_text(errors="replace")))
    values = sorted(values)
    differ = [value for value in values if ours(value) != theirs(value)]
    print(f"fixtures: {len(values)} distinct times, {len(differ)} read differently {differ[:5]}")
    for value in ODD:
        if ours(value) != theirs(value):
            print(f"odd {value[:40]!r}: ours {ours(value)}, isoparse {theirs(value)}")
    for name, read in (("ours", ours), ("isoparse", theirs)):
        seconds = min(timeit.repeat(lambda r=read: [r(value) for value in values], number=20, repeat=5))
        print(f"{name}: {seconds / 20 / max(1, len(values)) * 1e6:.2f} µs a time")


if __name__ == "__main__":
    main()
