from conform_hierarchy import hierarchy

from hpy_conform import expect, scenario

IN_PLACE = ("Python language reference, 'Data model', object.__iadd__ (if it returns NotImplemented, x.__add__(y) and "
            "y.__radd__(x) are considered, and TypeError is raised in the end)")
ALONG_THE_MRO = ("Python/C API, 'Type Objects', tp_bases (heap types inherit slots along the MRO) and tp_as_number; Python "
                 "language reference, 'Data model', Special method names")


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
