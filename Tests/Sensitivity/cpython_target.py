"""CPython built once from Debian's source package, with its commands recorded; and copies of it with a fault."""
import os
import re
import shlex
import shutil

from common import NotSeeded, Trouble, call, read, remove, say, starts, write
from target import Target

VERSION = "3.11"
# Without optimisation for links, so that one changed file is compiled alone; without debug information, which has lines
# and columns, equal code is an equal object file.
OPTIONS = "-DNDEBUG -fwrapv -O1 -g0 -w"

# Where faults are seeded: what stands behind types, inheritance, members, deallocation and collection. Left out are texts
# (names, documentation, signatures, `repr`), pickling, what only debug builds and statistics do, and what the start of
# the interpreter does once.
FUNCTIONS = {
    "Objects/typeobject.c": """
        type_cache_clear _PyType_ClearCache PyType_Modified type_mro_modified assign_version_tag find_name_in_mro
        _PyType_Lookup _PyType_LookupId
        type_get_bases mro_hierarchy type_set_bases type___instancecheck___impl type___subclasscheck___impl
        type_is_subtype_base_chain PyType_IsSubtype tail_contains check_duplicates set_mro_error pmerge
        mro_implementation type_mro_impl mro_check mro_invoke mro_internal best_base extra_ivars solid_base
        _PyType_CalculateMetaclass
        type_call _PyType_AllocNoTrack PyType_GenericAlloc PyType_GenericNew excess_args object_init object_new
        object_dealloc object_richcompare object_get_class compatible_with_tp_base same_slots_added
        compatible_for_assignment object_set_class
        traverse_slots subtype_traverse clear_slots subtype_clear subtype_dealloc get_builtin_base_with_dict
        get_dict_descriptor subtype_dict subtype_setdict subtype_getweakref
        type_init PyType_GetFlags PyType_SUPPORTS_WEAKREFS type_new_visit_slots type_new_copy_slots
        type_new_slots_bases type_new_slots_impl type_new_slots type_new_alloc type_new_set_name type_new_set_module
        type_new_staticmethod type_new_classmethod type_new_descriptors type_new_set_slots type_new_set_classcell
        type_new_set_attrs type_new_get_slots type_new_init type_new_impl type_new_get_bases type_new type_vectorcall
        type_new_set_names type_new_init_subclass
        PyType_FromSpecWithBases PyType_FromModuleAndSpec PyType_FromSpec PyType_GetSlot PyType_GetModule
        PyType_GetModuleState PyType_GetModuleByDef
        type_getattro type_setattro type_dealloc_common type_dealloc _PyType_GetSubclasses type___subclasses___impl
        type_traverse type_clear type_is_gc
        type_add_method type_add_methods type_add_members type_add_getset inherit_special overrides_hash inherit_slots
        type_ready_pre_checks type_ready_set_bases type_ready_set_dict type_ready_fill_dict type_ready_mro
        type_ready_inherit_as_structs inherit_patma_flags type_ready_inherit type_ready_set_hash
        type_ready_add_subclasses type_ready_set_new type_ready_managed_dict type_ready_post_checks type_ready
        PyType_Ready add_subclass add_all_subclasses remove_subclass remove_all_subclasses
        check_num_args wrap_lenfunc wrap_inquirypred wrap_binaryfunc wrap_binaryfunc_l wrap_binaryfunc_r
        wrap_ternaryfunc wrap_ternaryfunc_r wrap_unaryfunc wrap_indexargfunc getindex wrap_sq_item wrap_sq_setitem
        wrap_sq_delitem wrap_objobjproc wrap_objobjargproc wrap_delitem hackcheck wrap_setattr wrap_delattr
        wrap_hashfunc wrap_call wrap_del wrap_richcmpfunc wrap_next wrap_descr_get wrap_descr_set wrap_descr_delete
        wrap_init tp_new_wrapper add_tp_new_wrapper
        _PyObject_LookupSpecial lookup_maybe_method lookup_method vectorcall_unbound call_unbound_noarg
        vectorcall_method vectorcall_maybe method_is_overloaded slot_sq_length slot_sq_item slot_sq_ass_item
        slot_sq_contains slot_nb_power slot_nb_bool slot_nb_index slot_tp_call slot_tp_getattro call_attribute
        slot_tp_getattr_hook slot_tp_setattro slot_tp_richcompare slot_tp_iter slot_tp_iternext slot_tp_descr_get
        slot_tp_descr_set slot_tp_init slot_tp_new slot_tp_finalize slot_am_await slot_am_aiter slot_am_anext
        slotptr resolve_slotdups update_one_slot update_slots_callback update_slot fixup_slot_dispatchers
        update_all_slots update_subclasses recurse_down_subclasses add_operators
        super_dealloc super_getattro supercheck super_descr_get super_init_without_args super_init super_init_impl
        super_traverse""",
    "Python/structmember.c": "PyMember_GetOne PyMember_SetOne",
    "Objects/descrobject.c": """
        descr_dealloc descr_check classmethod_get method_get member_get getset_get wrapperdescr_get descr_setcheck
        member_set getset_set method_check_args method_enter_call method_vectorcall_VARARGS
        method_vectorcall_VARARGS_KEYWORDS method_vectorcall_FASTCALL_KEYWORDS_METHOD method_vectorcall_FASTCALL
        method_vectorcall_FASTCALL_KEYWORDS method_vectorcall_NOARGS method_vectorcall_O classmethoddescr_call
        wrapperdescr_raw_call wrapperdescr_call descr_traverse descr_new PyDescr_NewMethod PyDescr_NewClassMethod
        PyDescr_NewMember PyDescr_NewGetSet PyDescr_NewWrapper PyDescr_IsData wrapper_dealloc wrapper_richcompare
        wrapper_hash wrapper_call wrapper_traverse PyWrapper_New property_dealloc property_descr_get
        property_descr_set property_copy property_init_impl property_traverse property_clear""",
    "Objects/object.c": """
        PyObject_Init PyObject_InitVar _PyObject_New _PyObject_NewVar PyObject_CallFinalizer
        PyObject_CallFinalizerFromDealloc do_richcompare PyObject_RichCompare PyObject_RichCompareBool
        PyObject_HashNotImplemented PyObject_Hash PyObject_GetAttr _PyObject_LookupAttr PyObject_HasAttr
        PyObject_SetAttr _PyObject_DictPointer _PyObject_GetDictPtr PyObject_SelfIter _PyObject_NextNotImplemented
        _PyObject_GetMethod _PyObject_GenericGetAttrWithDict PyObject_GenericGetAttr _PyObject_GenericSetAttrWithDict
        PyObject_GenericSetAttr PyObject_GenericSetDict PyObject_IsTrue PyObject_Not PyCallable_Check
        _Py_NewReference _PyTrash_thread_deposit_object _PyTrash_thread_destroy_chain _PyTrash_begin _PyTrash_end
        _PyTrash_cond _Py_Dealloc PyObject_GET_WEAKREFS_LISTPTR""",
    "Modules/gcmodule.c": """
        gc_reset_refs gc_decref gc_list_init gc_list_is_empty gc_list_append gc_list_remove gc_list_move gc_list_merge
        gc_list_clear_collecting append_objects update_refs visit_decref subtract_refs visit_reachable
        move_unreachable untrack_tuples untrack_dicts has_legacy_finalizer move_legacy_finalizers
        clear_unreachable_mask visit_move move_legacy_finalizer_reachable handle_weakrefs handle_legacy_finalizers
        finalize_garbage delete_garbage deduce_unreachable handle_resurrected_objects gc_collect_main
        gc_collect_with_callback gc_collect_generations gc_collect_impl referrersvisit gc_referrers_for
        referentsvisit gc_get_referents gc_is_tracked gc_is_finalized PyGC_Collect PyObject_GC_Track
        PyObject_GC_UnTrack PyObject_IS_GC _PyObject_GC_Link gc_alloc _PyObject_GC_New _PyObject_GC_NewVar
        _PyObject_GC_Resize PyObject_GC_Del PyObject_GC_IsTracked PyObject_GC_IsFinalized"""}
FUNCTIONS = {file: frozenset(names.split()) for file, names in FUNCTIONS.items()}

# Themes of the suites, by function.
AREAS = {
    "inheritance": frozenset("""
        mro_hierarchy type_set_bases PyType_IsSubtype tail_contains check_duplicates pmerge mro_implementation mro_check
        mro_invoke mro_internal best_base extra_ivars solid_base _PyType_CalculateMetaclass type_new_get_bases
        inherit_special overrides_hash inherit_slots type_ready_set_bases type_ready_mro type_ready_inherit_as_structs
        type_ready_inherit type_ready_set_hash type_ready_set_new type_ready_managed_dict slotptr resolve_slotdups
        update_one_slot recurse_down_subclasses add_operators tp_new_wrapper hackcheck""".split()),
    "deallocation": frozenset("""
        traverse_slots subtype_traverse clear_slots subtype_clear subtype_dealloc object_dealloc type_dealloc_common
        type_dealloc type_traverse type_clear type_is_gc remove_subclass remove_all_subclasses slot_tp_finalize
        PyObject_CallFinalizer PyObject_CallFinalizerFromDealloc _PyTrash_thread_deposit_object
        _PyTrash_thread_destroy_chain _PyTrash_begin _PyTrash_end _PyTrash_cond _Py_Dealloc""".split())
    | FUNCTIONS["Modules/gcmodule.c"]}


class CPython(Target):
    """CPython built once, its commands recorded; and copies of it with a fault.

    A copy is an executable of its own beside links to the library and the headers."""

    name, version, their_tests = "CPython", VERSION, "CPython's tests"
    areas = AREAS
    passed_over = {"compile": "don't compile", "same": "compile to the same",
                   "start": "keep python from starting, or from importing HPy"}
    equivalents = "equivalent-cpython.toml"
    lanes = "@capi-heap"
    # `explore` is part of a run: what decides inheritance is here.
    explores = True

    def __init__(self, work, interpreter):
        super().__init__(work, interpreter)
        self.source, self.prefix = os.path.join(work, "src"), os.path.join(work, "python")
        self.python = os.path.join(self.prefix, "bin", "python" + VERSION)

    def prepare(self):
        if not os.path.exists(os.path.join(self.source, "configure")):
            raise Trouble("no sources in %s: `make sensitivity TARGET=cpython` fetches them" % self.source)
        super().prepare()

    def identify(self):
        """What a build depends on, beside the compiler."""
        level = re.search(r'PY_VERSION\s+"(.*)"', read(os.path.join(self.source, "Include/patchlevel.h")).decode())
        return "CPython %s %s" % (level.group(1), OPTIONS)

    def build(self):
        say("building CPython, once; it takes some minutes")
        for folder in (self.prefix, "prepared", "faults", "made"):
            remove(os.path.join(self.work, folder))
        log = os.path.join(self.work, "configure.log")
        call(["./configure", "-q", "--prefix", self.prefix, "--without-ensurepip",
              "OPT=" + OPTIONS], log, cwd=self.source)
        # All of it, also if an earlier build ended half-way: the commands are read from what it says.
        call(["make", "clean"], cwd=self.source)
        write(os.path.join(self.work, "build.log"), call(["make", "-j2"], cwd=self.source))
        call(["make", "install"], os.path.join(self.work, "install.log"), cwd=self.source)
        # Some folders of tests are not installed in 3.11: test_capi is one.
        shutil.copytree(os.path.join(self.source, "Lib/test"), os.path.join(self.prefix, "lib/python" + VERSION, "test"),
                        dirs_exist_ok=True)
        # pip of the other interpreter: this one has none.
        call([self.interpreter, "-m", "pip", "-q", "--python", self.python, "install", "--disable-pip-version-check",
              "hpy==0.9.0"], os.path.join(self.work, "install.log"))

    def read_commands(self):
        """compiles: file -> command; link: the command that makes the executable."""
        self.compiles, self.link = {}, None
        for line in read(os.path.join(self.work, "build.log")).decode("utf-8", "replace").replace(
                "\\\n", " ").splitlines():
            if not line.startswith("gcc"):
                continue
            words = shlex.split(line)
            if "-c" in words:
                for file in FUNCTIONS:
                    if file in words or "./" + file in words:
                        self.compiles[file] = words
            elif "-o" in words and words[words.index("-o") + 1] == "python":
                self.link = words
        if sorted(self.compiles) != sorted(FUNCTIONS) or not self.link:
            raise Trouble("no compile and link commands in %s/build.log; remove %s/prepared to build again" % (
                self.work, self.work))

    def expected(self, only):
        """The functions that have to be there for `--only`, or for all."""
        return self.areas.get(only) or frozenset().union(*FUNCTIONS.values())

    def interpreter_without_fault(self):
        return self.python

    def beside(self):
        """An interpreter without a fault that runs are compared with: what suites only record differs from its answers."""
        return self.python

    def controls(self):
        """(name, interpreter) of changes that are no faults."""
        yield "control-unchanged", self.python
        file = "Objects/typeobject.c"
        text = read(os.path.join(self.source, file))
        yield "control-comment", self.faulted("control-comment", file, text + b"\n/* nothing changes */\n")
        yield "control-optimisation", self.faulted("control-optimisation", file, text, ["-O2"])

    def seedable(self, function, file):
        """Whether faults are drawn from a function: from those that are listed."""
        return function in FUNCTIONS[file]

    def texts(self):
        """file -> (group, text) of all files in which faults may be seeded."""
        return {file: (os.path.basename(file), read(os.path.join(self.source, file))) for file in FUNCTIONS}

    def faulted(self, name, file, content, options=(), to="faults"):
        """An interpreter with `content` as `file`. `options` are the compiler's.

        A control is made in any case; a fault raises NotSeeded where it changes nothing, or where python doesn't start."""
        folder = os.path.join(self.work, to, name)
        python = os.path.join(folder, "bin", "python" + VERSION)
        if os.path.exists(os.path.join(folder, "ready")):
            return python
        remove(folder)
        os.makedirs(os.path.join(folder, "bin"))
        words = list(self.compiles[file])
        place = words.index("-o") + 1
        made, words[place] = words[place], os.path.join(folder, "fault.o")
        # Under its own name in a folder of its own; what it includes from its own folder is found there.
        faulty = os.path.join(folder, os.path.basename(file))
        write(faulty, content)
        words = [faulty if word in (file, "./" + file) else word for word in words]
        words += ["-I" + os.path.join(self.source, os.path.dirname(file)), "-fmacro-prefix-map=%s=%s" % (faulty, file)]
        try:
            try:
                call(words + list(options), cwd=self.source)
            except Trouble:
                raise NotSeeded("compile")
            if not name.startswith("control-") and read(words[place]) == read(os.path.join(self.source, made)):
                raise NotSeeded("same")
            changed = {made: words[place], "python": python}
            call([changed.get(word, word) for word in self.link], cwd=self.source)
            for part in ("lib", "include"):
                os.symlink(os.path.join(self.prefix, part), os.path.join(folder, part))
            if not starts([python, "-c", "import hpy.universal, unittest, subprocess, json"]):
                raise NotSeeded("start")
        except NotSeeded:
            remove(folder)
            raise
        write(os.path.join(folder, "ready"), b"")
        return python
