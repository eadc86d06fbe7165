"""Prints the test files under a folder in two lines that take about as long; ``dev/test`` runs them side by side."""

import re
import sys
from pathlib import Path

#: A test in a browser takes as long as so many others.
BROWSER = 12
_TEST = re.compile(r"^    def test_", re.MULTILINE)


def weigh(path):
    """Return about how long the tests of a file take, in tests of the usual kind."""
    text = path.read_text(encoding="utf-8")
    return len(_TEST.findall(text)) * (BROWSER if "start_tour" in text or "browser_js" in text else 1)


def halve(folder):
    """Return two lists of test files, the longest dealt out first."""
    halves, weights = ([], []), [0, 0]
    for path in sorted(Path(folder).rglob("test_*.py"), key=lambda path: (-weigh(path), path)):
        lighter = weights.index(min(weights))
        halves[lighter].append(str(path))
        weights[lighter] += weigh(path)
    return halves


if __name__ == "__main__":
    print("\n".join(" ".join(sorted(half)) for half in halve(sys.argv[1])))
