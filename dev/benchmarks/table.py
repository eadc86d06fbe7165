"""The table that dev/bench prints."""

from dataclasses import dataclass


@dataclass
class Row:
    """A line of the table; figures that make no sense for a case are None.

    ``value`` is what the target is about: a ratio, a rate, seconds; ``most`` or ``least`` is the target.
    """

    case: str
    ours: float | None = None
    ours_sql: int | None = None
    plain: float | None = None
    plain_sql: int | None = None
    value: str = ""
    target: str = ""
    good: bool | None = None
    note: str = ""


HEAD = ("case", "ours ms", "SQL", "plain ms", "SQL", "figure", "target", "", "")


def show(rows):
    """Print rows below each other."""
    cells = [HEAD, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(HEAD) - 1)]
    for number, line in enumerate(cells):
        left = [line[0].ljust(widths[0])]
        middle = [text.rjust(width) for text, width in zip(line[1:7], widths[1:7], strict=True)]
        print("  ".join([*left, *middle, line[7].ljust(2), line[8]]).rstrip(), flush=True)
        if not number:
            print("-" * (sum(widths) + 2 * len(widths)))


def _cells(row):
    mark = "" if row.good is None else "OK" if row.good else "—"
    ms = ["" if figure is None else f"{figure:.1f}" for figure in (row.ours, row.plain)]
    sql = ["" if figure is None else str(figure) for figure in (row.ours_sql, row.plain_sql)]
    return (row.case, ms[0], sql[0], ms[1], sql[1], row.value, row.target, mark, row.note)


def compared(case, ours, plain, target=None, note=""):
    """Return the row of a case measured for both sides; the figure is ours by plain's time."""
    ratio = ours.ratio(plain)
    return Row(
        case, ours.ms, ours.sql, plain.ms, plain.sql, f"{ratio:.2f}×",
        f"≤ {target:.2f}×" if target else "", ratio <= target if target else None, note,
    )  # fmt: skip


def bounded(case, value, unit, *, most=None, least=None, note="", **figures):
    """Return the row of a case with a figure of its own and a limit for it."""
    limit = most if most is not None else least
    good = None if limit is None else value <= limit if most is not None else value >= limit
    target = "" if limit is None else f"{'≤' if most is not None else '≥'} {limit:g}{unit}"
    return Row(case, value=f"{value:.3g}{unit}" if value < 100 else f"{value:.0f}{unit}", target=target, good=good,
               note=note, **figures)  # fmt: skip
