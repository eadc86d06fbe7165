"""The wheel holds the product and nothing else."""

import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import marketplaces

ROOT = Path(marketplaces.__file__).resolve().parents[1]
NAME = "helpdesk_mgmt_marketplace"
PREFIX = f"odoo/addons/{NAME}/"
KEPT = re.compile(
    r"controllers|data|docs|hooks\.py|i18n|marketplaces|migrations|models|security|static|views|wizards|"
    r"__init__\.py|__manifest__\.py|LICENSE|README\.md|CHANGELOG\.md|CONTRIBUTING\.md|SECURITY\.md"
)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Return the path of a wheel built of the present files."""
    source, target = tmp_path_factory.mktemp("source") / NAME, tmp_path_factory.mktemp("wheel")
    shutil.copytree(ROOT, source, ignore=shutil.ignore_patterns(".odoo", ".git", "__pycache__", ".*_cache"))
    command = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", target, source]
    subprocess.run(command, check=True, capture_output=True, text=True)
    [built] = target.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def names(wheel):
    """Return the names of the wheel's files within the add-on."""
    return [name.removeprefix(PREFIX) for name in zipfile.ZipFile(wheel).namelist() if name.startswith(PREFIX)]


def test_everything_in_it_is_product(names):
    assert {name.split("/")[0] for name in names if not KEPT.fullmatch(name.split("/")[0])} == set()


def test_no_tests_are_in_it(names):
    assert [name for name in names if "tests" in name.split("/")] == []


def test_all_of_the_product_is_in_it(names):
    rooms = ("controllers", "data", "marketplaces", "migrations", "models", "security", "views", "wizards")
    expected = {
        str(path.relative_to(ROOT))
        for room in rooms
        for path in (ROOT / room).rglob("*")
        if path.is_file() and path.suffix != ".pyc" and "tests" not in path.relative_to(ROOT).parts
    }
    assert expected - set(names) == set()


def test_it_is_installed_beside_odoo(wheel, tmp_path):
    command = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", tmp_path, wheel]
    subprocess.run(command, check=True, capture_output=True, text=True)
    [told] = tmp_path.glob("*.dist-info")
    # Nothing lies outside the add-on's own folder: no file of Odoo or of another add-on is overwritten.
    assert {path.name for path in tmp_path.iterdir()} == {"odoo", told.name}
    assert [path.name for path in (tmp_path / "odoo").iterdir()] == ["addons"]
    assert [path.name for path in (tmp_path / "odoo/addons").iterdir()] == [NAME]
    assert (tmp_path / PREFIX / "__manifest__.py").is_file()
    code = "import marketplaces; print(sorted(marketplaces.MARKETPLACES), marketplaces.__file__)"
    beside = [sys.executable, "-c", code]
    done = subprocess.run(beside, check=True, capture_output=True, text=True, cwd=tmp_path / PREFIX)
    assert done.stdout.startswith("['amazon', 'walmart'] ") and str(tmp_path) in done.stdout
