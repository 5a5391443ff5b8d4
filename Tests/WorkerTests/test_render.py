"""The text of values: the same on every runtime, and no code of an extension runs for it."""

import types
import unittest

import support  # noqa: F401  (makes the worker's modules importable)
from conform_render import qualified_name, render, render_any_order

MODULE = __name__


class Number(int):
    def __repr__(self):
        raise AssertionError("repr() called")


class Text(str):
    pass


class Silent(type):
    """A metaclass that fails whoever asks a type of it something."""

    def __getattribute__(cls, name):
        raise AssertionError("the type was asked for %s" % name)

    def __eq__(cls, other):
        raise AssertionError("the type was compared")

    def __instancecheck__(cls, other):
        raise AssertionError("the type was asked for its instances")

    __hash__ = type.__hash__


def _refuse(self, *arguments):
    raise AssertionError("the object was asked something")


REFUSALS = dict.fromkeys(
    [
        "__add__", "__bool__", "__call__", "__complex__", "__eq__", "__float__", "__getattribute__", "__getitem__",
        "__hash__", "__index__", "__int__", "__iter__", "__len__", "__length_hint__", "__pos__", "__repr__", "__str__",
    ], _refuse)


class PlainValueTest(unittest.TestCase):
    def test_plain_values_are_written_as_python_does(self):
        """The builtin constants and values have Python's own notation."""
        for value, text in [
            (None, "None"), (True, "True"), (Ellipsis, "Ellipsis"), (NotImplemented, "NotImplemented"), (-12, "-12"),
            (1.5, "1.5"), (-0.0, "-0.0"), (float("nan"), "nan"), (1 - 2j, "(1-2j)"), ("a'b", '"a\'b"'),
            (b"\0a", "b'\\x00a'"),
            (bytearray(b"a"), "bytearray(b'a')"),
        ]:
            self.assertEqual(render(value), text)

    def test_huge_integers_are_written(self):
        """Some runtimes refuse so many digits in base 10."""
        self.assertEqual(render(-(1 << 20000)), "-0x1" + "_0000" * 1250)
        self.assertEqual(render(Number(1 << 20000)), "<%s.Number 0x1%s>" % (MODULE, "_0000" * 1250))

    def test_text_is_ascii(self):
        """Non-ASCII characters and lone surrogates are escaped, so that every text can be stored and compared."""
        self.assertEqual(render("\u00e9\udc80"), "'\\xe9\\udc80'")

    def test_containers_are_written_element_by_element(self):
        """Lists, tuples and dicts keep their order; a tuple of one keeps its comma."""
        self.assertEqual(render([1, [2, "x"], ()]), "[1, [2, 'x'], ()]")
        self.assertEqual(render((1,)), "(1,)")
        self.assertEqual(render({"b": 1, "a": [2]}), "{'b': 1, 'a': [2]}")

    def test_sets_are_sorted(self):
        """Sets promise no order, so their elements are sorted by their text."""
        self.assertEqual(render({10, 9, "a"}), "{'a', 10, 9}")
        self.assertEqual(render(frozenset([2, 1])), "frozenset({1, 2})")
        self.assertEqual(render(set()), "{}")

    def test_depth_is_bounded(self):
        """A container that contains itself has a text of finite length."""
        endless = []
        endless.append(endless)
        self.assertTrue(render(endless).startswith("[[[["))
        self.assertIn("...", render(endless))


class InstanceTest(unittest.TestCase):
    def test_a_subclass_of_a_plain_value_shows_type_and_value(self):
        """An instance of a subclass never passes for the plain value, and its repr isn't called."""
        self.assertEqual(render(Number(5)), "<%s.Number 5>" % MODULE)
        self.assertEqual(render(Text("x")), "<%s.Text 'x'>" % MODULE)
        for base, value, text in [
            (bytes, b"x", "b'x'"), (bytearray, b"x", "bytearray(b'x')"), (complex, 1j, "1j"),
            (tuple, (1,), "(1,)"), (list, [1], "[1]"),
        ]:
            self.assertEqual(render(type("Sub", (base,), {"__module__": "m"})(value)), "<m.Sub %s>" % text)

    def test_a_subclass_of_a_float_keeps_the_sign_of_zero(self):
        """Taking the plain value out of an instance changes nothing of it."""
        self.assertEqual(render(type("Sub", (float,), {"__module__": "m"})(-0.0)), "<m.Sub -0.0>")
        self.assertEqual(render(type("Sub", (complex,), {"__module__": "m"})(complex(0.0, -0.0))), "<m.Sub -0j>")

    def test_anything_else_shows_its_type_only(self):
        """No address, which would differ each time."""
        self.assertEqual(render(object()), "<object object>")
        self.assertEqual(render(types.SimpleNamespace(a=1)), "<types.SimpleNamespace object>")

    def test_a_type_shows_its_qualified_name(self):
        """Types are told apart by module and qualified name."""
        self.assertEqual(render(Number), "<class %s.Number>" % MODULE)
        self.assertEqual(render(int), "<class int>")
        self.assertEqual(render(Silent), "<class %s.Silent>" % MODULE)

    def test_a_function_is_a_function_on_every_runtime(self):
        """Which of its types of function a runtime uses does not show."""
        for function, name in [
            (len, "len"), (_refuse, "_refuse"), ("".join, "join"), (str.join, "join"), (int.__add__, "__add__"),
            ((1).__add__, "__add__"),
        ]:
            self.assertEqual(render(function), "<function %s>" % name)

    def test_an_object_is_asked_nothing(self):
        """Attribute access, comparison, iteration and repr of an object may be code of an extension."""
        quiet = type("Quiet", (), dict(REFUSALS, __module__="ext"))
        self.assertEqual(render([quiet()]), "[<ext.Quiet object>]")
        for base, text in [(int, "0"), (str, "''"), (tuple, "()"), (list, "[]"), (float, "0.0")]:
            loud = type("Loud", (base,), dict(REFUSALS, __module__="ext"))
            self.assertEqual(render(loud()), "<ext.Loud %s>" % text)

    def test_a_type_is_asked_nothing(self):
        """The same holds for types whose metaclass is an extension's."""
        silent = Silent("Quiet", (), {"__module__": "ext"})
        self.assertEqual(render(silent), "<class ext.Quiet>")
        self.assertEqual(render(type.__call__(silent)), "<ext.Quiet object>")

    def test_a_type_without_a_module_has_its_name(self):
        """__module__ can be deleted or be no text."""
        nameless = type("Nameless", (), {})
        nameless.__module__ = 5
        self.assertEqual(qualified_name(nameless), "Nameless")


class AnyOrderTest(unittest.TestCase):
    def test_order_does_not_count(self):
        """Two sequences of the same elements have the same text; how often each occurs counts."""
        self.assertEqual(render_any_order([3, 1, 2]), render_any_order((2, 3, 1)))
        self.assertNotEqual(render_any_order([1, 1, 2]), render_any_order([1, 2, 2]))
        self.assertEqual(render_any_order([2, 1]), "any order [1, 2]")

    def test_what_has_no_elements_has_its_own_text(self):
        """A value that is no sequence at all is a broken promise, not an error."""
        self.assertEqual(render_any_order(None), "None")


if __name__ == "__main__":
    unittest.main()
