"""The command line's bad input."""
import os
import subprocess
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))


class BadInput(unittest.TestCase):
    def run_with(self, *words):
        done = subprocess.run([sys.executable, "-B", os.path.join(HERE, "sensitivity.py")] + list(words),
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return done.returncode, done.stdout.decode()

    def test_messages_and_exit_codes(self):
        true = ["--command", "/bin/true"]
        for words, code, says in (
                ([], 2, "no seed"), (["--seed", "7", "-n", "0"], 2, "-n 0: expected 1 or more"),
                (["--seed", "7", "--runs", "0"], 2, "--runs 0"),
                (["--seed", "7", "--command", "/nonexistent/x"], 4, "make build"),
                (["--seed", "7", "--suites", "/nonexistent"] + true, 4, "--suites"),
                (["--seed", "7", "--interpreter", "/nonexistent/python"] + true, 4, "make runtimes"),
                (["--seed", "7", "--work", "/dev/null/x"] + true, 4, "can't be written"),
                (["--nonsense"], 2, "unrecognized")):
            found, output = self.run_with(*words)
            self.assertEqual(found, code, output)
            self.assertIn(says, output)
            self.assertNotIn("Traceback", output)


if __name__ == "__main__":
    unittest.main()
