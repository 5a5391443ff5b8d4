"""HPy built once from its sdist, with its commands recorded; and copies of it with a fault."""
import glob
import os
import re
import shlex
import shutil
import subprocess

from common import NotSeeded, Trouble, call, linked, read, remove, say, starts, write
from target import Target

VERSION = "0.9.0"

RUNTIME = "hpy/devel/src/runtime/"
GROUPS = dict([(name, [RUNTIME + name]) for name in (
    "ctx_type.c", "ctx_object.c", "ctx_module.c", "ctx_tracker.c", "ctx_capsule.c", "ctx_call.c", "argparse.c")], **{
        "misc.h": ["hpy/devel/include/hpy/cpython/misc.h"],
        "universal": ["hpy/universal/src/*.[ch]"],
        "debug": ["hpy/debug/src/*.[ch]"]})

# The code behind a theme of the suites, by function; what isn't a theme's name is a file, a group or a function.
AREAS = {"object-members": frozenset((
    # members
    "HPyDef_count", "count_members", "create_member_defs", "is_vectorcalloffset_member", "member_object_ex_get",
    "member_object_get", "member_object_set",
    # getters and setters; their trampolines are generated
    "create_getset_defs",
    # struct access
    "FULLY_ALIGNED_SPACE", "MAKE_debug_ctx_AsStruct", "_HPyType_EXTRA", "_HPyType_Get_Shape", "_HPy_AsStruct_Float",
    "_HPy_AsStruct_Legacy", "_HPy_AsStruct_List", "_HPy_AsStruct_Long", "_HPy_AsStruct_Object", "_HPy_AsStruct_Tuple",
    "_HPy_AsStruct_Type", "_HPy_AsStruct_Unicode", "_HPy_Payload", "_is_HPyType", "_is_pure_HPyType", "_pyobj_as_struct",
    "check_inheritance_constraints", "check_legacy_consistent", "ctx_AsStruct_Float", "ctx_AsStruct_Legacy",
    "ctx_AsStruct_List", "ctx_AsStruct_Long", "ctx_AsStruct_Object", "ctx_AsStruct_Slow", "ctx_AsStruct_Tuple",
    "ctx_AsStruct_Type", "ctx_AsStruct_Unicode", "ctx_Type_GetBuiltinShape", "get_builtin_shape_name",
    "legacy_slots_count",
    # creation of objects
    "HPyType_GenericNew", "_HPy_New", "ctx_New", "ctx_Type_GenericNew", "debug_ctx_Type_GenericNew", "hpyobject_new"))}


class HPy(Target):
    """HPy built once, its commands recorded; and copies of it with a fault."""

    name, version, their_tests = "HPy", VERSION, "HPy's tests"
    areas = AREAS
    passed_over = {"compile": "don't compile", "same": "compile to the same", "start": "break `import hpy.universal`"}
    equivalents = "equivalent.toml"
    # Without its lanes a run says nothing about HPy.
    lanes = "@(cpython|universal)"

    def __init__(self, work, interpreter):
        super().__init__(work, interpreter)
        self.source, self.python = os.path.join(work, "src"), os.path.join(work, "python")

    def identify(self):
        """What a build depends on, beside the compiler."""
        version = call([self.interpreter, "-c", "import sys; print(sys.version)"]).decode().strip()
        return "HPy %s\n%s" % (VERSION, version)

    def build(self):
        say("building HPy %s, once" % VERSION)
        for folder in (self.source, self.python, "prepared", "probe", "faults", "made", "reference"):
            remove(os.path.join(self.work, folder))
        call([self.interpreter, "-m", "venv", self.python])
        python = os.path.join(self.python, "bin", "python")
        call([python, "-m", "pip", "install", "-q", "setuptools<70", "wheel", "setuptools_scm<8", "pytest",
              "pytest-xdist", "filelock"])
        sdist = os.path.join(self.work, "sdist")
        if not glob.glob(sdist + "/hpy-%s.tar.gz" % VERSION):
            call([python, "-m", "pip", "download", "-q", "--no-binary", "hpy", "--no-deps", "--no-build-isolation",
                  "-d", sdist, "hpy==" + VERSION])
        os.makedirs(self.source)
        call(["tar", "xzf", glob.glob(sdist + "/hpy-%s.tar.gz" % VERSION)[0], "-C", self.source,
              "--strip-components=1"])
        # Without debug information, which has lines and columns, equal code is an equal object file.
        environment = dict(os.environ, CFLAGS="-g0 -MMD", SETUPTOOLS_SCM_PRETEND_VERSION=VERSION)
        write(os.path.join(self.work, "build.log"),
              call([python, "setup.py", "bdist_wheel"], cwd=self.source, env=environment))
        call([python, "-m", "pip", "install", "-q", "--no-deps"] + glob.glob(self.source + "/dist/*.whl"))

    def read_commands(self):
        """compiles: object -> (command, files it is made of); links: product -> command, in order."""
        self.compiles, self.links = {}, {}
        for line in read(os.path.join(self.work, "build.log")).decode("utf-8", "replace").splitlines():
            if not re.match(r"^\S*(gcc|cc|ar|ranlib)\s", line):
                continue
            words = shlex.split(line)
            if os.path.basename(words[0]).endswith("ar"):
                self.links[words[2]] = words
            elif "-c" in words:
                made = words[words.index("-o") + 1]
                rule = read(os.path.join(self.source, made[:-2] + ".d")).decode().replace("\\\n", " ")
                self.compiles[made] = (words, set(os.path.normpath(f) for f in rule.split(":", 1)[1].split()))
            elif "-shared" in words:
                self.links[words[words.index("-o") + 1]] = words
        if not self.compiles or len(self.links) < 4:
            raise Trouble("no compile and link commands in %s/build.log" % self.work)

    def expected(self, only):
        """The functions that have to be there for `--only`, or for all."""
        return self.areas.get(only, frozenset())

    def interpreter_without_fault(self):
        return os.path.join(self.python, "bin", "python")

    def controls(self):
        """(name, interpreter) of changes that are no faults."""
        yield "control-unchanged", self.interpreter_without_fault()
        file = RUNTIME + "ctx_type.c"
        text = read(os.path.join(self.source, file))
        yield "control-comment", self.faulted("control-comment", file, text + b"\n/* nothing changes */\n")
        yield "control-optimisation", self.faulted("control-optimisation", file, text, ["-O1"])

    def texts(self):
        """file -> (group, text) of all files in which faults may be seeded."""
        made = {}
        for group, patterns in GROUPS.items():
            for pattern in patterns:
                for path in sorted(glob.glob(os.path.join(self.source, pattern))):
                    file = os.path.relpath(path, self.source)
                    # Generated forwarders and other platforms' files are no hand-written code of this build.
                    if "autogen" not in file and "win32" not in file and "not_cpython" not in file:
                        made[file] = (group, read(path))
        return made

    def probe(self, tree):
        """The object of a header's functions, which else have none where nobody calls them."""
        include = call([os.path.join(self.python, "bin", "python"), "-c",
                        "import sysconfig; print(sysconfig.get_path('include'))"]).decode().strip()
        write(os.path.join(tree, "probe.c"), b"#include <hpy.h>\n")
        call(["gcc", "-O2", "-DNDEBUG", "-fPIC", "-DHPY", "-DHPY_ABI_CPYTHON", "-fkeep-inline-functions",
              "-Ihpy/devel/include", "-I" + include, "-c", "probe.c", "-o", "probe.o"], cwd=tree)
        return read(os.path.join(tree, "probe.o"))

    def recompiled(self, tree, file, options):
        """Compiles again what is made of `file`; the objects that came out otherwise."""
        changed = []
        for made, (words, files) in self.compiles.items():
            if file in files:
                remove(os.path.join(tree, made))
                remove(os.path.join(tree, made[:-2] + ".d"))
                if subprocess.run(words + list(options), cwd=tree, stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL).returncode:
                    raise NotSeeded("compile")
                if read(os.path.join(tree, made)) != read(os.path.join(self.source, made)):
                    changed.append(made)
        return changed

    def faulted(self, name, file, content, options=(), to="faults"):
        """A copy of the environment with `content` as `file`: its interpreter. `options` are the compiler's.

        A control is made in any case; a fault raises NotSeeded where it changes nothing, or breaks too much."""
        folder = os.path.join(self.work, to, name)
        environment, tree = os.path.join(folder, "python"), os.path.join(folder, "src")
        python = os.path.join(environment, "bin", "python")
        if os.path.exists(os.path.join(folder, "ready")):
            return python
        remove(folder)
        try:
            linked(self.source, tree)
            write(os.path.join(tree, file), content)
            changed = self.recompiled(tree, file, options)
            if not changed and not name.startswith("control-") and not self.probe_differs(tree, file):
                raise NotSeeded("same")
            linked(self.python, environment)
            packages = glob.glob(environment + "/lib/python3*/site-packages")[0]
            for product, words in self.links.items():
                if any(word in changed for word in words):
                    remove(os.path.join(tree, product))
                    call(words, cwd=tree)
                    write(os.path.join(packages, product[product.rindex("hpy/"):]), read(os.path.join(tree, product)))
            if os.path.exists(os.path.join(packages, file)):
                write(os.path.join(packages, file), content)
            if not starts([python, "-c", "import hpy.universal"]):
                raise NotSeeded("start")
        except NotSeeded:
            remove(folder)
            raise
        write(os.path.join(folder, "ready"), b"")
        return python

    def probe_differs(self, tree, file):
        if not file.endswith(".h"):
            return False
        pristine = os.path.join(self.work, "probe")
        if not os.path.exists(pristine):
            linked(self.source, pristine)
        try:
            return self.probe(tree) != self.probe(pristine)
        except Trouble:
            raise NotSeeded("compile")
