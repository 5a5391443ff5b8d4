"""Which files the import system looks at."""

import unittest
from _imp import extension_suffixes
from unittest import mock

from support import HERE  # noqa: F401: the worker's folder is on sys.path

import conform_imports


class SpecOf(unittest.TestCase):
    def test_a_file_of_the_stable_abi_has_a_suffix_that_the_import_system_takes(self):
        with mock.patch("conform_imports.extension_suffixes", lambda: [".cpython-3-x.so", ".abi3.so", ".so"]):
            spec = conform_imports.spec_of("ext", "/folder/ext.abi3.so")
            self.assertEqual(("ext", "/folder/ext.abi3.so"), (spec.name, spec.origin))
            with self.assertRaises(ImportError) as caught:
                conform_imports.spec_of("ext", "/folder/ext.abi3t.so")
        self.assertIn(".abi3t.so", str(caught.exception))
        self.assertIn(".abi3.so", str(caught.exception))

    def test_any_other_file_is_the_loaders_business(self):
        with mock.patch("conform_imports.extension_suffixes", lambda: [".so"]):
            self.assertEqual("ext", conform_imports.spec_of("ext", "/folder/ext.cpython-99-x.so").name)

    def test_the_suffixes_are_those_of_this_python(self):
        from importlib.machinery import EXTENSION_SUFFIXES

        self.assertEqual(EXTENSION_SUFFIXES, extension_suffixes())


if __name__ == "__main__":
    unittest.main()
