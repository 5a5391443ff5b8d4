"""What the other files share: exit codes, troubles, files and commands."""
import os
import shutil
import subprocess
import sys

# Exit codes
DONE, USAGE, CONTROL_NOTICED, NOT_PREPARED, HARNESS_FAILED, INTERRUPTED = 0, 2, 3, 4, 5, 130


class Trouble(Exception):
    """What was found, what was expected, and a way out; with the exit code."""

    def __init__(self, message, code=NOT_PREPARED):
        Exception.__init__(self, message)
        self.code = code


class NotSeeded(Exception):
    """This fault is passed over; the message says why, in a word of the target's `passed_over`."""


def say(text):
    print(text, file=sys.stderr, flush=True)


def call(command, log=None, **options):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options)
    if log:
        with open(log, "ab") as file:
            file.write(done.stdout)
    if done.returncode:
        raise Trouble("%s failed:\n%s" % (" ".join(command[:4]), done.stdout.decode("utf-8", "replace")[-1500:]))
    return done.stdout


def write(path, content):
    """A new file in place of the old: never through a hard link."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path + ".new", "wb") as file:
        file.write(content)
    os.replace(path + ".new", path)


def read(path):
    with open(path, "rb") as file:
        return file.read()


def remove(path):
    if os.path.isdir(path):
        shutil.rmtree(path)
    elif os.path.lexists(path):
        os.unlink(path)


def linked(source, to):
    shutil.copytree(source, to, symlinks=True, copy_function=os.link)


def starts(command):
    """Whether a command ends well within 30 s; where a python doesn't, anybody notices."""
    try:
        return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                              timeout=30).returncode == 0
    except subprocess.TimeoutExpired:
        return False
