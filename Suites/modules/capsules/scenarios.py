from hpy_conform import attempt, collect, events, expect, record, returned, scenario

CAPSULES = "HPy porting guide, table of functions; Python/C API, 'Capsules', %s"
POINTER = CAPSULES % "PyCapsule_GetPointer"
NAME = CAPSULES % "PyCapsule_GetName"
CONTEXT = CAPSULES % "PyCapsule_GetContext"
VALID = CAPSULES % "PyCapsule_IsValid"
DESTRUCTOR = CAPSULES % "PyCapsule_New and PyCapsule_Destructor"
SET_DESTRUCTOR = CAPSULES % "PyCapsule_SetDestructor"

# Numbers of names: 0 is none, 1 is "ext.one", 2 is "ext.two". Of destructors: 0 is none, 1 the first, 2 the second.


def refused(label, source, function, *args):
    """The promise of an exception, be its type what it may: on failure, the functions set one. (A failure
    without one is a SystemError.)"""
    ending = attempt(function, *args)
    expect(label + " refused", ending.exception not in (None, "SystemError"), True, source=source)
    record(label, ending)


@scenario
def a_capsule_gives_back_what_it_was_made_of(ext):
    """Pointer and name are those that were given, and there is no context yet."""
    for name, text in ((0, None), (1, "ext.one"), (2, "ext.two")):
        capsule = ext.make(4096 + name, name, 0)
        expect("a capsule %d" % name, ext.is_capsule(capsule), True, source=CAPSULES % "PyCapsule_CheckExact")
        expect("pointer %d" % name, ext.pointer(capsule, name), 4096 + name, source=POINTER)
        expect("name %d" % name, ext.name(capsule), text, source=NAME)
        expect("context %d" % name, ext.context(capsule), None, source=CONTEXT)
    expect("no capsule", [ext.is_capsule(one) for one in (None, 1, ext)], [False, False, False],
           source=CAPSULES % "PyCapsule_CheckExact")


@scenario
def a_pointer_is_given_for_its_name_alone(ext):
    """With another name, or none where there is one, there is an exception and no pointer."""
    for own in (0, 1, 2):
        capsule = ext.make(4096, own, 0)
        for name in (0, 1, 2):
            label = "%d asked as %d" % (own, name)
            if name == own:
                expect(label, attempt(ext.pointer, capsule, name), returned(4096), source=POINTER)
            else:
                refused(label, POINTER, ext.pointer, capsule, name)
            expect(label + ", valid", ext.is_valid(capsule, name), name == own, source=VALID)


@scenario
def pointer_name_and_context_are_replaced(ext):
    """Each is set by itself; what was set last is what is read."""
    capsule = ext.make(4096, 1, 0)
    expect("set context", attempt(ext.set_context, capsule, 77), returned(None),
           source=CAPSULES % "PyCapsule_SetContext")
    expect("context", ext.context(capsule), 77, source=CONTEXT)
    expect("pointer as before", ext.pointer(capsule, 1), 4096, source=POINTER)
    expect("set pointer", attempt(ext.set_pointer, capsule, 8192), returned(None),
           source=CAPSULES % "PyCapsule_SetPointer")
    expect("pointer", ext.pointer(capsule, 1), 8192, source=POINTER)
    expect("context as before", ext.context(capsule), 77, source=CONTEXT)
    expect("set name", attempt(ext.set_name, capsule, 2), returned(None), source=CAPSULES % "PyCapsule_SetName")
    expect("name", ext.name(capsule), "ext.two", source=NAME)
    refused("by the old name", POINTER, ext.pointer, capsule, 1)
    expect("by the new name", ext.pointer(capsule, 2), 8192, source=POINTER)
    ext.set_name(capsule, 0)
    expect("no name", ext.name(capsule), None, source=NAME)
    expect("by no name", ext.pointer(capsule, 0), 8192, source=POINTER)
    ext.set_context(capsule, 0)
    expect("no context", ext.context(capsule), None, source=CONTEXT)


@scenario
def a_capsule_of_a_null_pointer_is_refused(ext):
    """A capsule has a pointer: none is made of NULL, and no destructor is called for it."""
    refused("made", CAPSULES % "PyCapsule_New", ext.make, 0, 1, 1)
    refused("made without a name", CAPSULES % "PyCapsule_New", ext.make, 0, 0, 0)
    collect()
    expect("destroyed", events(ext), [], source=DESTRUCTOR)


@scenario
def a_pointer_is_not_replaced_by_null(ext):
    """The pointer may not be NULL: an exception, and the pointer stays as it is."""
    capsule = ext.make(4096, 1, 0)
    refused("set", CAPSULES % "PyCapsule_SetPointer", ext.set_pointer, capsule, 0)
    expect("as before", attempt(ext.pointer, capsule, 1), returned(4096), source=POINTER)


@scenario
def what_is_no_capsule_is_not_read(ext):
    """Whatever is asked of something else is an exception, and `no` where it is asked for validity."""
    for label, other in (("None", None), ("number", 5), ("text", "ext.one")):
        expect(label + " valid", ext.is_valid(other, 0), False, source=VALID)
        refused(label + " pointer", POINTER, ext.pointer, other, 0)
        refused(label + " name", NAME, ext.name, other)
        refused(label + " context", CONTEXT, ext.context, other)


@scenario
def what_is_no_capsule_is_not_written(ext):
    """Setting something is an exception, too."""
    for function in (ext.set_pointer, ext.set_name, ext.set_context, ext.set_destructor):
        refused(function.__name__, CAPSULES % "PyCapsule_SetPointer and others: failure sets an exception",
                function, "text", 1)


@scenario
def a_destructor_is_called_once_at_the_end(ext):
    """Not before the capsule's end, and then with name, pointer and context as they are by then."""
    capsule = ext.make(4096, 1, 1)
    ext.set_context(capsule, 77)
    collect()
    expect("while it is there", events(ext), [], source=DESTRUCTOR)
    del capsule
    collect()
    expect("at its end", events(ext), [("first: name", 1), ("first: pointer", 4096), ("first: context", 77)],
           source=DESTRUCTOR)
    collect()
    expect("later", len(events(ext)), 3, source=DESTRUCTOR)


@scenario
def a_destructor_gets_what_was_set_last(ext):
    """Pointer, name and context that were replaced are not seen any more."""
    capsule = ext.make(4096, 1, 1)
    ext.set_context(capsule, 77)
    ext.set_pointer(capsule, 8192)
    ext.set_name(capsule, 2)
    ext.set_context(capsule, 78)
    del capsule
    collect()
    expect("replaced", events(ext), [("first: name", 2), ("first: pointer", 8192), ("first: context", 78)],
           source=DESTRUCTOR)


@scenario
def a_nameless_capsule_is_destroyed(ext):
    """No name and no context are NULL for the destructor."""
    ext.make(4096, 0, 1)
    collect()
    expect("destroyed", events(ext), [("first: name", 0), ("first: pointer", 4096), ("first: context", 0)],
           source=DESTRUCTOR)


@scenario
def a_destructor_is_given_later(ext):
    """A capsule that was made without a destructor gets one."""
    capsule = ext.make(1, 1, 0)
    expect("given", attempt(ext.set_destructor, capsule, 2), returned(None), source=SET_DESTRUCTOR)
    ext.make(2, 1, 0)
    collect()
    expect("before", events(ext), [], source=SET_DESTRUCTOR)
    del capsule
    collect()
    expect("at its end", events(ext), [("second: pointer", 1)], source=SET_DESTRUCTOR)


@scenario
def a_destructor_is_replaced(ext):
    """The destructor that was set last is the only one that is called, and once."""
    capsule = ext.make(1, 1, 1)
    expect("replaced", attempt(ext.set_destructor, capsule, 2), returned(None), source=SET_DESTRUCTOR)
    del capsule
    collect()
    expect("at its end", events(ext), [("second: pointer", 1)], source=SET_DESTRUCTOR)


@scenario
def a_destructor_is_taken_away(ext):
    """With NULL for its destructor, a capsule ends without one."""
    capsule = ext.make(1, 1, 2)
    expect("removed", attempt(ext.set_destructor, capsule, 0), returned(None), source=SET_DESTRUCTOR)
    del capsule
    collect()
    expect("at its end", events(ext), [], source=SET_DESTRUCTOR)


@scenario
def each_capsule_is_destroyed_by_itself(ext):
    """A capsule that is kept in a container lives with it; others end without it."""
    kept = [ext.make(100 + i, 1, 1) for i in range(10)]
    del kept[5:]
    collect()
    expect("some", events(ext, "first: pointer"), range(105, 110), any_order=True, source=DESTRUCTOR)
    expect("the others are whole", [ext.pointer(one, 1) for one in kept], list(range(100, 105)), source=POINTER)
    del kept
    collect()
    expect("all", events(ext, "first: pointer"), range(100, 110), any_order=True, source=DESTRUCTOR)


@scenario
def a_destructor_without_a_function_is_refused(ext):
    """A destructor without its function makes no capsule, and replaces none of another."""
    source = "HPy ctx_capsule.c: if a destructor is given, it is not allowed to omit the functions"
    capsule = ext.make(4096, 1, 2)
    refused("made", source, ext.make, 8192, 1, 3)
    refused("set", source, ext.set_destructor, capsule, 3)
    del capsule
    collect()
    expect("destroyed", events(ext), [("second: pointer", 4096)], source=source)


@scenario
def a_destructor_is_not_read(ext):
    """There is no getting at a capsule's destructor."""
    for label, number in (("one", 1), ("none", 0)):
        refused(label, "HPy ctx_capsule.c, ctx_Capsule_Get: to get HPyCapsule_key_Destructor is an invalid operation",
                ext.destructor, ext.make(4096, 1, number))
