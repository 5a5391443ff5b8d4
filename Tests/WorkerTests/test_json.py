"""JSON as the worker speaks it, whichever module makes it."""

import json
import unittest

import support  # noqa: F401  finds the worker's modules

import conform_json

VALUES = [
    None, True, False, 0, -1, 2**70, 0.5, 1e-06, 1234567.25, "", "text", 'quoted " and \\', "\n\t\x00\x7f", "\u20ac", "\U0001f40d",
    "\ud800", [], {}, [1, [2, "three"]], (1, "two"), {"b": 1, "a": {"d": None, "c": [True]}},
]


class JSONTest(unittest.TestCase):
    def test_every_value_is_read_back(self):
        """What is written is ASCII, and is what json makes of it and reads."""
        for value in VALUES:
            text = conform_json.dumps(value)
            self.assertEqual(text, json.dumps(value, sort_keys=True))
            expected = list(value) if isinstance(value, tuple) else value
            self.assertEqual(conform_json.loads(text.encode("ascii")), expected)

    def test_subclasses_are_what_they_are_made_of(self):
        """A scenario may well record with a label of its own kind."""
        class Text(str):
            pass

        class Number(int):
            def __repr__(self):
                return "another"

        self.assertEqual(conform_json.dumps([Text("a"), Number(3)]), '["a", 3]')

    def test_other_objects_have_no_form(self):
        """Nothing is guessed."""
        for value in (object(), {1, 2}, b"bytes"):
            with self.assertRaises(TypeError):
                conform_json.dumps(value)


if __name__ == "__main__":
    unittest.main()
