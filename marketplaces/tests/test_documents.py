"""What the documents say is there: names, links."""

import re
from pathlib import Path

import pytest

from marketplaces.base import Marketplace

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("dev/**/*.md")])


def test_the_page_about_adding_a_marketplace_names_what_the_contract_has():
    page = (ROOT / "docs/ADDING_A_MARKETPLACE.md").read_text()
    table = page.split("## What the class must have")[1].split("## ")[0]
    names = set(re.findall(r"`([a-z_]+)`", table))
    known = {name for one in Marketplace.__mro__ for name in (*vars(one), *getattr(one, "__annotations__", {}))}
    assert names - known == set()
    assert len(names) > 40


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_within_the_repository_lead_somewhere(page):
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text())
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_path_of_a_machine_is_told(page):
    assert not re.search(r"(?<![\w.])/(?:home|root|work|tmp|Users)/", page.read_text())
