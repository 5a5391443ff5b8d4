from hpy_conform import attempt, collect, events, expect, raised, record, scenario

CAPSULES = "Python/C API, 'Capsules', %s"
VARIABLES = "Python/C API, 'Context Variables Objects', %s"
TYPE_API = "HPy documentation, API reference, 'HPy Type', %s"
TEXTS = "Python/C API, 'Unicode Objects and Codecs', %s"
DICTIONARIES = "HPy documentation, API reference, 'HPy Dict', %s"
CALLS = "HPy documentation, API reference, 'HPy Call API', %s"


@scenario
def a_capsule_keeps_a_pointer_under_its_name(ext):
    """The pointer comes back under the name that it was given, and under no other."""
    capsule = ext.make_capsule()
    expect("value", ext.capsule_value(capsule), 7, source=CAPSULES % "PyCapsule_GetPointer")
    expect("valid under its own and another name", ext.capsule_names(capsule), (1, 0),
           source=CAPSULES % "PyCapsule_IsValid")


@scenario
def a_capsule_can_be_pointed_elsewhere(ext):
    """The pointer of a capsule can be replaced."""
    capsule = ext.make_capsule()
    ext.point_elsewhere(capsule)
    expect("value", ext.capsule_value(capsule), 8, source=CAPSULES % "PyCapsule_SetPointer")


@scenario
def a_capsule_calls_its_destructor(ext):
    """The destructor is called once, when the capsule ends."""
    capsule = ext.make_capsule()
    expect("destroyed while it is kept", events(ext, "destroy"), [], source=CAPSULES % "PyCapsule_New")
    del capsule
    collect()
    expect("destroyed", events(ext, "destroy"), [7], source=CAPSULES % "PyCapsule_New")


@scenario
def a_context_variable_has_its_default_until_it_is_set(ext):
    """A variable that was not set has the default of the call, then its own; one that was set has its value."""
    variable = ext.make_variable("own default")
    expect("own default", ext.variable_value(variable), "own default", source=VARIABLES % "PyContextVar_Get")
    expect("the call's default", ext.variable_value(variable, "default"), "default",
           source=VARIABLES % "PyContextVar_Get")
    ext.set_variable(variable, "value")
    expect("value", ext.variable_value(variable, "default"), "value", source=VARIABLES % "PyContextVar_Set")


@scenario
def an_expression_is_evaluated(ext):
    """Source becomes code, and code a value; both report errors as exceptions."""
    source = "HPy documentation, API reference, 'HPy Eval', %s"
    expect("value", ext.evaluate("x * 6", {"x": 7}), 42, source=source % "HPy_EvalCode")
    expect("unknown name", attempt(ext.evaluate, "y", {}), raised(NameError), source=source % "HPy_EvalCode")
    expect("no expression", attempt(ext.evaluate, "x =", {}), raised(SyntaxError), source=source % "HPy_Compile_s")


@scenario
def a_type_says_its_name_and_its_subtypes(ext):
    """A type's name is its __name__; a subtype is told from what only claims to be one."""

    class Base:
        pass

    class Sub(Base):
        pass

    expect("name", ext.type_name(Sub), "Sub", source=TYPE_API % "HPyType_GetName")
    expect("name of int", ext.type_name(int), "int", source=TYPE_API % "HPyType_GetName")
    expect("subtype", ext.is_subtype(Sub, Base), True, source=TYPE_API % "HPyType_IsSubtype")
    expect("the other way", ext.is_subtype(Base, Sub), False, source=TYPE_API % "HPyType_IsSubtype")


@scenario
def texts_are_decoded_and_cut(ext):
    """Bytes are decoded by the encoding that is named; a substring ends where the text does."""
    expect("decoded", ext.decode(b"caf\xe9"), "caf\xe9", source=TEXTS % "PyUnicode_FromEncodedObject")
    expect("a str", attempt(ext.decode, "text"), raised(TypeError), source=TEXTS % "PyUnicode_FromEncodedObject")
    expect("middle", ext.substring("substring", 3, 6), "str", source=TEXTS % "PyUnicode_Substring")
    expect("to the end", ext.substring("substring", 3, 9), "string", source=TEXTS % "PyUnicode_Substring")


@scenario
def a_dictionary_gives_its_keys_and_a_copy(ext):
    """The keys are a list of all keys; the copy is another dictionary of the same pairs."""
    dictionary = {"a": 1, "b": 2}
    expect("keys", ext.keys(dictionary), ["a", "b"], source=DICTIONARIES % "HPyDict_Keys")
    copy = ext.copy(dictionary)
    expect("copy", copy, {"a": 1, "b": 2}, source=DICTIONARIES % "HPyDict_Copy")
    copy["c"] = 3
    expect("the original", dictionary, {"a": 1, "b": 2}, source=DICTIONARIES % "HPyDict_Copy")


@scenario
def a_slice_is_unpacked(ext):
    """Start, stop and step come as numbers."""
    expect("slice", ext.unpack(slice(1, 8, 2)), (1, 8, 2), source="Python/C API, 'Slice Objects', PySlice_Unpack")
    record("of no numbers", attempt(ext.unpack, slice("a", None)))


@scenario
def calls_hand_their_arguments_over(ext):
    """A callable gets the arguments in their order, and so does a method behind its receiver."""
    expect("call", ext.call(divmod, 17, 5), (3, 2), source=CALLS % "HPy_Call")
    expect("call that raises", attempt(ext.call, divmod, 1, 0), raised(ZeroDivisionError), source=CALLS % "HPy_Call")
    expect("method", ext.call_method("replace", "aba", "a", "c"), "cbc", source=CALLS % "HPy_CallMethod")


@scenario
def an_object_can_have_a_call_function_of_its_own(ext):
    """The call function that an object was given is used instead of its type's, and only for that object."""
    source = "HPy porting guide, 'Calling protocol'"
    first = ext.Answer(4, 0)
    expect("the type's", first(), 4, source=source)
    expect("its own", ext.Answer(5, 1)(), -5, source=source)
    expect("the first one's again", first(), 4, source=source)
    expect("a later one's", ext.Answer(6, 0)(), 6, source=source)
