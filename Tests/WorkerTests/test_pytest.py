"""Names of a package's own tests."""
import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "Sources", "Worker", "Python"))

import conform_pytest  # noqa: E402


class Names(unittest.TestCase):
    def test_a_name_says_the_node_and_is_one_part_of_a_path(self):
        """Node IDs come back, and nothing in a name separates parts of a cell's name or means something in a pattern."""
        for node in ["tests/test_x.py::test_a", "a/b/test_x.py::TestA::test_b[1/2-50%-@-x y]", "t.py::t[*?\\-\n]"]:
            name = conform_pytest.name_of(node)
            self.assertEqual(conform_pytest.node_of(name), node)
            self.assertFalse(set(name) & set("/@*?\\ \n"), name)
        self.assertEqual(conform_pytest.name_of("sub/test_x.py::T::t[1/2]"), "sub.test_x::T::t[1%2F2]")

    def test_a_file_has_a_name_too(self):
        """One that can't be collected is told under it."""
        self.assertEqual(conform_pytest.name_of("tests/test_x.py"), "tests.test_x::")


if __name__ == "__main__":
    unittest.main()
