"""The wall: `marketplaces/` knows nothing of Odoo."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import marketplaces

ROOT = Path(marketplaces.__file__).parent
MODULES = sorted(path for path in ROOT.rglob("*.py") if "tests" not in path.relative_to(ROOT).parts)


def imported(path):
    """Return the top-level names that a module imports, anywhere in it; relative imports that leave the package too."""
    depth = len(path.relative_to(ROOT).parts)
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "odoo" if node.level > depth else (node.module or "").split(".")[0] if not node.level else ""


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_module_does_not_import_odoo(path):
    assert not {"odoo", "openerp"} & set(imported(path))


def test_modules_are_found():
    assert ROOT / "mail" / "message.py" in MODULES


def test_reading_mail_loads_no_http_client():
    code = "import sys, marketplaces; print([m for m in ('odoo', 'requests', 'sp_api') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT.parent, check=True)
    assert done.stdout.strip() == "[]"
