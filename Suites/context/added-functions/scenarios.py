from hpy_conform import attempt, expect, raised, scenario

ITERATORS = "Python/C API, 'Iterator Protocol', %s"
SEQUENCES = "Python/C API, 'Sequence Protocol', %s"
DICT_SHAPE = "HPy 0.9.1.dev61, hpytype.h, HPyType_BuiltinShape_Dict"


@scenario
def iterators_are_told_from_what_can_be_iterated(ext):
    """An iterator can be asked for its next item; a list only gives an iterator."""
    expect("an iterator", ext.is_iterator(iter([])), True, source=ITERATORS % "PyIter_Check")
    expect("a generator", ext.is_iterator(x for x in []), True, source=ITERATORS % "PyIter_Check")
    expect("a list", ext.is_iterator([]), False, source=ITERATORS % "PyIter_Check")
    expect("a number", ext.is_iterator(1), False, source=ITERATORS % "PyIter_Check")


@scenario
def an_iterator_gives_all_items_and_then_ends(ext):
    """All items come in order; the end is no exception, and an exception is no end."""

    def failing():
        yield 1
        raise KeyError("on the way")

    expect("a tuple", ext.items((1, 2, 3)), [1, 2, 3], source=ITERATORS % "PyIter_Next")
    expect("nothing", ext.items(""), [], source=ITERATORS % "PyIter_Next")
    expect("an iterator that fails", attempt(ext.items, failing()), raised(KeyError),
           source=ITERATORS % "PyIter_Next")
    expect("a number", attempt(ext.items, 1), raised(TypeError),
           source="Python/C API, 'Object Protocol', PyObject_GetIter")


@scenario
def an_item_is_inserted_into_a_list(ext):
    """The item comes to stand in front of the index."""
    source = "Python/C API, 'List Objects', PyList_Insert"
    numbers = [1, 3]
    ext.insert(numbers, 1, 2)
    expect("in the middle", numbers, [1, 2, 3], source=source)
    ext.insert(numbers, -1, "before the last")
    expect("from the end", numbers, [1, 2, "before the last", 3], source=source)
    ext.insert(numbers, 100, 4)
    expect("behind the end", numbers, [1, 2, "before the last", 3, 4], source=source)


@scenario
def a_slice_of_a_sequence_is_read(ext):
    """A slice between two indices is that of Python's o[start:end]."""
    expect("of a list", ext.part([1, 2, 3, 4], 1, 3), [2, 3], source=SEQUENCES % "PySequence_GetSlice")
    expect("of a str", ext.part("abcd", 2, 100), "cd", source=SEQUENCES % "PySequence_GetSlice")
    expect("of a number", attempt(ext.part, 1, 0, 1), raised(TypeError), source=SEQUENCES % "PySequence_GetSlice")


@scenario
def a_slice_of_a_sequence_is_replaced(ext):
    """A slice is replaced by another number of items, or taken out."""
    numbers = [1, 2, 3, 4]
    ext.replace(numbers, 1, 3, ["x"])
    expect("replaced", numbers, [1, "x", 4], source=SEQUENCES % "PySequence_SetSlice")
    ext.take_out(numbers, 0, 2)
    expect("taken out", numbers, [4], source=SEQUENCES % "PySequence_DelSlice")
    expect("of a tuple", attempt(ext.take_out, (1, 2), 0, 1), raised(TypeError),
           source=SEQUENCES % "PySequence_DelSlice")


@scenario
def a_slice_object_is_made(ext):
    """Start, stop and step are the values that were given, whatever they are."""
    source = "Python/C API, 'Slice Objects', PySlice_New"
    made = ext.make_slice(1, None, "step")
    expect("start, stop, step", (made.start, made.stop, made.step), (1, None, "step"), source=source)
    expect("used", [1, 2, 3, 4][ext.make_slice(3, 0, -2)], [4, 2], source=source)


@scenario
def a_dict_can_be_extended_by_a_struct(ext):
    """A type with the shape of dict is a dict, and its objects have a struct of their own beside it."""
    numbered = ext.numbered_type()
    one, two = numbered(a=1), numbered()
    expect("is a dict", isinstance(one, dict), True, source=DICT_SHAPE)
    expect("zeroed", one.number(), 0, source="HPy hpytype.h, HPyType_Spec.basicsize")
    one.set_number(7)
    two.set_number(8)
    one["b"] = 2
    expect("numbers", [one.number(), two.number()], [7, 8], source=DICT_SHAPE)
    expect("items", sorted(one.items()), [("a", 1), ("b", 2)], source=DICT_SHAPE)
    expect("items of the other", list(two.items()), [], source=DICT_SHAPE)
