"""What the harness asks of the C library, by ctypes or by what PyPy has beneath it."""

import errno
import os
import sys
import unittest

import support  # noqa: F401  finds the worker's modules

import conform_native


class NativeTest(unittest.TestCase):
    def test_functions(self):
        """Numbers, texts and pointers go in, and a number comes out."""
        self.assertEqual(conform_native.function("getpid", "int")(), os.getpid())
        self.assertEqual(conform_native.function("abs", "int", "int")(-3), 3)
        self.assertEqual(conform_native.function("strlen", "ulong", "bytes")(b"four"), 4)

    def test_errors(self):
        """errno of the last call is known."""
        opened = conform_native.function("open", "int", "bytes", "int")(b"/no such file", 0)
        self.assertEqual((opened, conform_native.last_error()), (-1, errno.ENOENT))

    def test_memory(self):
        """Memory of one's own is written and read."""
        memory = conform_native.buffer(16)
        conform_native.write_long(memory.address, -5)
        number = int.from_bytes(conform_native.read(memory.address, 8), sys.byteorder, signed=True)
        self.assertEqual(number, -5)
        fill = conform_native.function("memset", "pointer", "pointer", "int", "ulong")
        fill(memory.address, ord("x"), 3)
        self.assertEqual(conform_native.read(memory.address, 3), b"xxx")

    def test_variables(self):
        """A variable of a library has an address; one that isn't there is a ValueError, a library that isn't an OSError."""
        self.assertGreater(conform_native.address(None, "environ"), 0)
        with self.assertRaises(ValueError):
            conform_native.address(None, "no_such_variable")
        with self.assertRaises(OSError):
            conform_native.address("/no such library.so", "environ")


class HeapTest(unittest.TestCase):
    @unittest.skipUnless(sys.implementation.name == "pypy", "only there each collection goes through all that is loaded")
    def test_little_is_loaded(self):
        """What a cell's process holds decides what each of its collections costs."""
        code = "import sys; sys.path.insert(0, %r); import conform_worker; print(' '.join(sys.modules))" % (
            support.WORKER_FOLDER,)
        loaded = set(os.popen("%s -c %r" % (sys.executable, code)).read().split())
        self.assertIn("conform_cell", loaded)
        for heavy in ("json", "ctypes", "signal", "enum", "re", "traceback", "collections", "functools", "subprocess"):
            self.assertNotIn(heavy, loaded)


if __name__ == "__main__":
    unittest.main()
