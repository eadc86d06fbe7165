"""Checks against data that lie beside the repository, in ``../shared/data``: official models, samples of mails.

Where the folder is not, they are left out, and a line of the summary says how many. This is a plugin of pytest, too.
"""

from pathlib import Path

import pytest

import marketplaces

FOLDER = Path(marketplaces.__file__).resolve().parents[2] / "shared" / "data"
REASON = "left out: it needs ../shared/data"


def needs(path):
    """Return the mark of a test that needs a file or folder.

    :param path: where it is; None where it is known to be missing.
    """
    return pytest.mark.skipif(not (path and path.exists()), reason=REASON)


def pytest_terminal_summary(terminalreporter):
    """Say in one line how many checks were left out."""
    skipped = terminalreporter.stats.get("skipped", ())
    count = sum(REASON in str(report.longrepr) for report in skipped)
    if count:
        terminalreporter.write_line(f"{count} checks were left out: they need ../shared/data, which is not here.")
