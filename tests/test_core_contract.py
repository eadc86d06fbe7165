"""The contract with Odoo: what this module overrides and calls there is as it was. An upgrade fails here first.

``core_contract.py`` has the table; ``docs/ODOO.md`` says of each row why it is needed and what to look at.
"""

import ast
import importlib
import inspect
import re
from pathlib import Path

from lxml import etree

from odoo import sql_db
from odoo.tests import TransactionCase, tagged
from odoo.tools import file_path

from . import core_contract as contract

MODULE = "odoo.addons.helpdesk_mgmt_marketplace"
ROOT = Path(__file__).parents[1]
ODOO = Path(sql_db.__file__).parent
OWN = "marketplace."


def plain(method):
    """Return the function behind what a class holds: a method, a property, something decorated."""
    method = method.fget if isinstance(method, property) else method
    return inspect.unwrap(getattr(method, "__func__", method))


def signature(function):
    """Return a function's signature without annotations: ``(self, vals_list)``."""
    empty = inspect.Parameter.empty
    found = inspect.signature(plain(function))
    bare = [one.replace(annotation=empty) for one in found.parameters.values()]
    return str(found.replace(parameters=bare, return_annotation=empty))


def sources(pattern):
    """Return {path in this module: text} of its files."""
    return {str(one.relative_to(ROOT)): one.read_text() for one in sorted(ROOT.glob(pattern))}


class ContractCase(TransactionCase):
    def find_first(self, model, name):
        """Return the method as the first of Odoo's classes of a model defines it, None if none does."""
        classes = [
            one
            for one in type(self.env[model]).__mro__
            if name in vars(one) and not one.__module__.startswith(MODULE) and callable(plain(vars(one)[name]))
        ]
        return vars(classes[-1])[name] if classes else None

    def check_signatures(self, table):
        for (model, name), expected in table.items():
            with self.subTest(model=model, method=name):
                method = self.find_first(model, name)
                self.assertIsNotNone(method, "Odoo has no such method any more")
                self.assertEqual(signature(method), expected)


@tagged("post_install", "-at_install")
class TestCoreContract(ContractCase):
    def test_overridden_methods_have_their_signatures(self):
        self.check_signatures(contract.OVERRIDES)

    def test_private_methods_that_are_called_have_their_signatures(self):
        self.check_signatures(contract.USED)

    def test_functions_have_their_signatures(self):
        for path, expected in contract.FUNCTIONS.items():
            with self.subTest(path=path):
                module, names = path.split(":")
                found = importlib.import_module(module)
                for name in names.split("."):
                    found = getattr(found, name)
                self.assertEqual(signature(found), expected)

    def test_every_override_is_in_the_table(self):
        found = set()
        for model in self.env.registry.models:
            for one in type(self.env[model]).__mro__:
                if one.__module__.startswith(MODULE):
                    found |= {
                        self.name_override(getattr(one, "_name", model), name)
                        for name, value in vars(one).items()
                        if inspect.isroutine(value)
                    }
        self.assertEqual(sorted(found - {None}), sorted(contract.OVERRIDES))

    def name_override(self, model, name):
        """Return (model, method) of what we override in Odoo; methods of any model as ``base``."""
        if name.startswith("__"):
            return None
        if model.startswith(OWN) and self.find_first("base", name):
            return "base", name
        return (model, name) if self.find_first(model, name) else None

    def test_every_private_name_of_odoo_that_is_used_is_in_a_table(self):
        own, used = set(contract.ATTRIBUTES), {}
        for pattern in ("models/**/*.py", "wizards/**/*.py", "controllers/*.py", "marketplaces/**/*.py", "hooks.py"):
            for path, text in sources(pattern).items():
                tree = ast.parse(text)
                own |= set(self.list_defined(tree))
                if not path.startswith("marketplaces/"):
                    used |= {name: path for name in self.list_private(tree)}
        listed = {name for _model, name in {**contract.OVERRIDES, **contract.USED}}
        listed |= {path.rsplit(".", 1)[-1] for path in contract.FUNCTIONS}
        self.assertEqual({name: path for name, path in used.items() if name not in own | listed}, {})

    def list_defined(self, tree):
        for node in ast.walk(tree):
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                yield node.name
            elif isinstance(node, (ast.Name, ast.Attribute)) and isinstance(node.ctx, ast.Store):
                yield node.id if isinstance(node, ast.Name) else node.attr

    def list_private(self, tree):
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and re.match(r"_[a-z]", node.attr):
                yield node.attr

    def test_the_page_about_odoo_has_every_row(self):
        text = sources("docs/ODOO.md")["docs/ODOO.md"]
        rows = set(re.findall(r"^\| `([\w.]+)` \| `(\w+)` \|", text, re.MULTILINE))
        self.assertEqual(sorted({**contract.OVERRIDES, **contract.USED}.keys() - rows), [], "missing in docs/ODOO.md")
        self.assertEqual(sorted(rows - {**contract.OVERRIDES, **contract.USED}.keys()), [], "gone, but in docs/ODOO.md")
        for path in contract.FUNCTIONS:
            self.assertIn(f"`{path}`", text)

    def test_constants_and_texts_are_there(self):
        for path, expected in contract.TEXTS.items():
            with self.subTest(path=path):
                self.assertIn(expected, (ODOO / path).read_text())


@tagged("post_install", "-at_install")
class TestCoreContractOfScreens(ContractCase):
    """Patches and XPaths of the web client; one that no longer fits breaks the chatter of every model."""

    def read_core(self, path):
        """Return the text of a module of Odoo's JavaScript, given as ``@mail/core/common/composer``."""
        addon, rest = path.removeprefix("@").split("/", 1)
        return Path(file_path(f"{addon}/static/src/{rest}.js", filter_ext=(".js",))).read_text()

    def test_what_is_patched_and_chained_is_defined_there(self):
        patches = 0
        for path, text in sources("static/src/**/*.js").items():
            origins = dict(re.findall(r'^import \{ (\w+) \} from "(@mail/[^"]+)";', text, re.MULTILINE))
            for name, body in re.findall(r"^patch\((\w+)\.prototype, \{\n(.*?)^\}\);", text, re.MULTILINE | re.DOTALL):
                patches += 1
                core = self.read_core(origins[name])
                self.assertRegex(core, rf"\bclass {name}\b", path)
                for member in set(re.findall(r"super\.(\w+)", body)) - {contract.INHERITED.get(name)}:
                    with self.subTest(path=path, member=member):
                        self.assertRegex(core, rf"(?m)^    (?:async |get )?{member}\(", f"{name}.{member} is gone")
        self.assertEqual(patches, contract.PATCHES)

    def test_what_is_imported_from_mail_is_there(self):
        for path, text in sources("static/src/**/*.js").items():
            for names, origin in re.findall(r'^import \{ ([^}]+) \} from "(@mail/[^"]+)";', text, re.MULTILINE):
                core = self.read_core(origin)
                for name in names.split(", "):
                    with self.subTest(path=path, name=name):
                        self.assertRegex(core, rf"export (?:async )?(?:function|class|const) {name}\b")

    def test_xpaths_find_their_place(self):
        templates = contract.TEMPLATES
        xpaths = 0
        for path, text in sources("static/src/**/*.xml").items():
            for inherit in etree.fromstring(text.encode()).iter("t"):
                if not inherit.get("t-inherit"):
                    continue
                origin = self.read_template(templates[inherit.get("t-inherit")], inherit.get("t-inherit"))
                for xpath in inherit.iter("xpath"):
                    xpaths += 1
                    with self.subTest(path=path, xpath=xpath.get("expr")):
                        self.assertEqual(len(self.find_nodes(origin, xpath.get("expr"))), 1)
        self.assertEqual(xpaths, contract.XPATHS)

    def read_template(self, path, name):
        tree = etree.parse(file_path(path, filter_ext=(".xml",)))
        return tree.xpath(f"//t[@t-name='{name}']")[0]

    def find_nodes(self, node, expression):
        """Return the nodes that an XPath finds; ``hasclass`` is Odoo's."""
        expression = re.sub(
            r"hasclass\('([\w-]+)'\)", r"contains(concat(' ', normalize-space(@class), ' '), ' \1 ')", expression
        )
        return node.xpath("." + expression if expression.startswith("//") else expression)
