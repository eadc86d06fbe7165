"""Plugin of pytest for ``dev/flow``: follows the calls of each test and tells the files of the product it enters."""

import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MODULE = "/helpdesk_mgmt_marketplace/"
NOT_PRODUCT = {"dev", "tests"}
SHOWN = 20
_flows = []


class Flow:
    """What one test went through.

    :ivar Counter calls: {file: how often one of its functions was called}
    :ivar Counter moves: {(file, file): how often a function of the second was the next of ours to be called}
    """

    def __init__(self, name):
        self.name = name
        self.calls, self.moves = Counter(), Counter()
        self._known, self._last = {}, None

    def follow(self, frame, event, _argument):
        """Note a call; a profile function of ``sys.setprofile``."""
        if event != "call":
            return
        code = frame.f_code
        if code.co_filename not in self._known:
            self._known[code.co_filename] = find_product_file(code.co_filename)
        path = self._known[code.co_filename]
        if path:
            self.calls[path] += 1
            if self._last not in (None, path):
                self.moves[self._last, path] += 1
            self._last = path

    def describe(self):
        """Return the lines to print."""
        models = sum(path.startswith("models/") for path in self.calls)
        moves = sum(number for (here, there), number in self.moves.items() if here[:7] == there[:7] == "models/")
        lines = [f"{self.name}: {len(self.calls)} files entered, {sum(self.moves.values())} moves between files"]
        lines += [f"  of these in models/: {models} files, {moves} moves"]
        lines += [f"  {calls:5} {path}" for path, calls in sorted(self.calls.items())]
        lines += [f"  {number:5} {here} -> {there}" for (here, there), number in self.moves.most_common(SHOWN)]
        return lines


def find_product_file(name):
    """Return the path of a file of the product within the repository, or None for any other file."""
    for start in (f"{ROOT}/", MODULE):
        _before, found, path = name.partition(start)
        parts = Path(path).parts
        if found and not parts[0].startswith(".") and not NOT_PRODUCT & set(parts):
            return path
    return None


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_call(item):
    """Follow a test, without its set-up."""
    flow = Flow(item.name)
    _flows.append(flow)
    sys.setprofile(flow.follow)
    yield
    sys.setprofile(None)


def pytest_terminal_summary(terminalreporter):
    """Print the flow of each test."""
    for flow in _flows:
        terminalreporter.section("flow")
        terminalreporter.write("\n".join(flow.describe()) + "\n")
