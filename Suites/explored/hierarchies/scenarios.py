from conform_hierarchy import hierarchy

from hpy_conform import collect, expect, scenario

IN_PLACE = ("Python language reference, 'Data model', object.__iadd__ (if it returns NotImplemented, x.__add__(y) and "
            "y.__radd__(x) are considered, and TypeError is raised in the end)")
ALONG_THE_MRO = ("Python/C API, 'Type Objects', tp_bases (heap types inherit slots along the MRO) and tp_as_number; Python "
                 "language reference, 'Data model', Special method names")

ONCE = "PEP 442 (a finalizer is called once); Python/C API, 'Type Objects', tp_finalize"
BUFFER = "Python/C API, 'Type Objects', tp_as_buffer (its fields are inherited individually)"
WEAK = "Python/C API, 'Type Objects', tp_weaklistoffset; 'Extending', Weak Reference Support (PyObject_ClearWeakRefs)"


@scenario
def in_place_addition_that_is_declined(ext):
    """x += 1 raises TypeError where nb_inplace_add returns NotImplemented, in a class statement below the type, too."""
    made = hierarchy(ext, A={"slots": ["nb_inplace_add"], "declines": ["nb_inplace_add"]})
    expect("the type", made.does("A", "x += 1"), "A.nb_inplace_add then TypeError", source=IN_PLACE)
    expect("a subclass", made.subclass_does("A", "x += 1"), "A.nb_inplace_add then TypeError", source=IN_PLACE)


@scenario
def in_place_addition_that_goes_on(ext):
    """x += 1 goes on with nb_add where nb_inplace_add returns NotImplemented, in a class statement below the type, too."""
    made = hierarchy(ext, A={"slots": ["nb_inplace_add", "nb_add"], "declines": ["nb_inplace_add"]})
    expect("the type", made.does("A", "x += 1"), "A.nb_inplace_add then A.nb_add", source=IN_PLACE)
    expect("a subclass", made.subclass_does("A", "x += 1"), "A.nb_inplace_add then A.nb_add", source=IN_PLACE)


@scenario
def a_slot_that_a_base_has_from_its_second_base(ext):
    """A slot comes from the first class of the MRO that defines it, not from one that a class before has inherited."""
    made = hierarchy(
        ext, A={}, B={"slots": ["nb_floor_divide"]}, C={"bases": ["A", "B"]}, D={"bases": ["B"], "slots": ["nb_floor_divide"]},
        E={"bases": ["C", "D"]})
    expect("method", made.does("E", "x.__floordiv__(1)"), "D.nb_floor_divide", source=ALONG_THE_MRO)
    expect("operator", made.does("E", "x // 1"), "D.nb_floor_divide", source=ALONG_THE_MRO)
    expect("operator of a subclass", made.subclass_does("E", "x // 1"), "D.nb_floor_divide", source=ALONG_THE_MRO)


@scenario
def finalization_below_a_type_without_the_collector(ext):
    """An object is finalized once, also where its type inherits tp_finalize and the destructor that calls it."""
    made = hierarchy(ext, A={"slots": ["tp_finalize"], "fields": True}, B={"bases": ["A"]})
    for name in ("A", "B"):
        made.ends()
        one = made.new(name)
        del one
        collect()
        expect("%s: finalized" % name, made.ends().count("A.tp_finalize"), 1, source=ONCE)


@scenario
def finalization_of_a_class_statement(ext):
    """The same for a class statement below the type."""
    made = hierarchy(ext, A={"slots": ["tp_finalize"], "fields": True})
    one = made.new_below("A")
    del one
    collect()
    expect("finalized", made.ends().count("A.tp_finalize"), 1, source=ONCE)


@scenario
def buffers_of_which_one_half_is_inherited(ext):
    """A type with one of the two functions of a buffer inherits the other one."""
    made = hierarchy(
        ext, A={"slots": ["bf_getbuffer"]}, B={"bases": ["A"], "slots": ["bf_releasebuffer"]},
        C={"slots": ["bf_releasebuffer"]}, D={"bases": ["C"], "slots": ["bf_getbuffer"]})
    expect("the view is inherited", made.does("B", "memoryview(x)"), "A.bf_getbuffer", source=BUFFER)
    expect("the release is inherited", made.does("D", "memoryview(x)"), "D.bf_getbuffer", source=BUFFER)
    expect("releases", made.ends(), ["B.bf_releasebuffer", "C.bf_releasebuffer"], source=BUFFER)


@scenario
def an_object_with_a_list_of_weak_references_ends(ext):
    """A destructor clears the weak references to its object."""
    made = hierarchy(ext, A={"fields": True, "weak": "offset"})
    one = made.new("A")
    del one
    collect()
    expect("ends", made.ends(), ["A.destroy"], source=WEAK)
