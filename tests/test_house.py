import inspect
import re
from collections import Counter, defaultdict
from pathlib import Path

from odoo.orm.model_classes import is_model_definition
from odoo.tests import TransactionCase, tagged

from ..models import parameters

MODULE = "odoo.addons.helpdesk_mgmt_marketplace."
ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "static" / "src"
#: Methods of all rooms together on the ticket: what belongs to a response, reply, correction … is a method there.
MOST_ON_TICKET = 70

PATCH = re.compile(r"^patch\((\w+)(?:\.prototype)?, \{$(.*?)^\}\);$", re.MULTILINE | re.DOTALL)
IMPORT = re.compile(r"^import \{ ([\w, ]+) \} from \"([^\"]+)\";$", re.MULTILINE)
MEMBER = re.compile(r"^ {4}((?:static )?(?:async )?(?:[gs]et )?\w+)\(", re.MULTILINE)


def own_classes(model):
    """Return the classes of ours that a model of the registry is put together from."""
    return [one for one in model.mro() if one.__module__.startswith(MODULE)]


def methods(class_):
    """Return {name: function} of what a class defines itself."""
    found = {name: getattr(value, "__func__", value) for name, value in vars(class_).items() if callable(value)}
    return {name: inspect.unwrap(value) for name, value in found.items() if inspect.isroutine(value)}


def calls_super(name, function):
    code = function.__code__
    return "__class__" in code.co_freevars and name in code.co_names


@tagged("post_install", "-at_install")
class TestHouse(TransactionCase):
    """What docs/ARCHITECTURE.md promises about where things are, as far as a machine can see it."""

    def opened(self):
        """Return {(model, room): [classes]} of what ``models/`` holds."""
        found = defaultdict(list)
        for name, model in self.registry.items():
            for class_ in own_classes(model):
                if not is_model_definition(class_):
                    # A plain base class: a part of the model that a file of its own holds.
                    found[name, class_.__module__.removeprefix(MODULE)].append(class_)
                    continue
                names = class_._inherit if isinstance(class_._inherit, (list, tuple)) else [class_._inherit]
                if (class_._name or names[0]) == name:
                    found[name, class_.__module__.removeprefix(MODULE).rpartition(".")[0]].append(class_)
        return found

    def test_a_model_is_opened_once_a_room(self):
        twice = {key: [one.__module__ for one in found] for key, found in self.opened().items() if len(found) > 1}
        self.assertFalse(twice)

    def test_rooms_of_a_model_define_no_method_twice(self):
        by_model = defaultdict(Counter)
        for (name, _room), classes in self.opened().items():
            by_model[name].update(method for class_ in classes for method in methods(class_))
        twice = {name: [one for one, count in found.items() if count > 1] for name, found in by_model.items()}
        self.assertFalse({name: found for name, found in twice.items() if found})

    def test_no_method_of_ours_is_chained_by_super(self):
        chained = set()
        for name, model in self.registry.items():
            theirs = {one for class_ in model.mro() if class_ not in own_classes(model) for one in vars(class_)}
            for class_ in own_classes(model):
                mine = {one for one, function in methods(class_).items() if calls_super(one, function)}
                chained |= {(name, one) for one in mine - theirs}
        self.assertFalse(chained)

    def test_the_ticket_stays_thin(self):
        of_ticket = {key: found for key, found in self.opened().items() if key[0] == "helpdesk.ticket"}
        names = {name for classes in of_ticket.values() for class_ in classes for name in methods(class_)}
        self.assertLess(len(names), MOST_ON_TICKET, sorted(names))

    def test_keys_of_the_context_are_listed_in_one_place(self):
        used = set()
        for folder in ("models", "wizards", "controllers"):
            for path in sorted((ROOT / folder).rglob("*.py")):
                text = path.read_text(encoding="utf-8")
                used.update(re.findall(r"context\.get\(\"(marketplace_\w+)\"", text))
                used.update(re.findall(r"with_context\((marketplace_\w+)=", text))
        self.assertTrue(used)
        self.assertFalse({one for one in used if not re.search(rf"^{one} ", parameters.__doc__, re.MULTILINE)})

    def test_no_two_patches_of_the_browser_change_the_same(self):
        found = Counter()
        for path in sorted(STATIC.rglob("*.js")):
            text = path.read_text(encoding="utf-8")
            origin = {name: path_ for names, path_ in IMPORT.findall(text) for name in names.split(", ")}
            patches = PATCH.findall(text)
            self.assertEqual(len(patches), len(re.findall(r"^patch\(", text, re.MULTILINE)), path)
            for target, body in patches:
                self.assertTrue(MEMBER.findall(body), path)
                found.update((origin[target], target, member) for member in MEMBER.findall(body))
        self.assertTrue(found)
        self.assertFalse([one for one, count in found.items() if count > 1])
