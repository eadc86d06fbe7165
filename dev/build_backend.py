"""Builds the wheel with whool and leaves out what is not the product: tests, the sandbox, tools for developers."""

import contextlib
import shutil
from pathlib import Path

from whool import buildapi
from whool.buildapi import (  # noqa: F401 - the hooks that stay as they are
    build_editable,
    build_sdist,
    prepare_metadata_for_build_wheel,
)

LEFT_OUT = (
    ".ci", ".git-blame-ignore-revs", ".gitignore", ".pre-commit-config.yaml", "dev", "marketplaces/tests",
    "pyproject.toml", "requirements.txt", "static/tests", "tests",
)  # fmt: skip


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    """Build the wheel in a directory and return its file name (PEP 517)."""
    with _product_only():
        return buildapi.build_wheel(wheel_directory, config_settings, metadata_directory)


@contextlib.contextmanager
def _product_only():
    """Have whool, which takes whatever git lists, copy the product only."""
    copy = buildapi._copy_to

    def copy_product(addon_dir: Path, target: Path):
        copy(addon_dir, target)
        for name in LEFT_OUT:
            path = target / name
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)

    buildapi._copy_to = copy_product
    try:
        yield
    finally:
        buildapi._copy_to = copy
