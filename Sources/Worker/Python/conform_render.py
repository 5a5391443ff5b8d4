"""Python objects as text that is the same on every runtime for the same fact.

    None, True, 12, 1.5, 'text', b'bytes'       as Python writes them, non-ASCII escaped; huge integers in base 16
    [..], (..), {k: v}                          element by element; dicts in their own order
    {a, b}, frozenset                           sorted by the elements' text: sets promise no order
    <class ext.Point>                           a type, by module and qualified name
    <function name>                             a function or method, whichever language it is written in
    <ext.Int 5>                                 an instance of a subclass of a plain value
    <ext.Point object>                          anything else: its type; no repr is called, no address shown

An object is asked nothing: isinstance(), attribute access and comparison of types could all run code of an
extension, so what is known of a type is read through `type` itself.
"""

_PLAIN = (bool, int, float, complex, str, bytes, bytearray)
# Both CPython's names and PyPy's: the same function is of another type there.
_FUNCTIONS = {
    "builtin_function", "builtin_function_or_method", "classmethod_descriptor", "function", "method",
    "method-wrapper", "method_descriptor", "wrapper_descriptor",
}
_DEPTH = 12
_BITS = 14000  # some runtimes refuse to write more than 4300 digits in base 10 (sys.set_int_max_str_digits)


def qualified_name(type_):
    """`module.Qualified.Name` of a type, without `builtins.`."""
    module = _fact(type_, "__module__")
    name = _fact(type_, "__qualname__")
    if type(module) is not str or module == "builtins":
        return name
    return "%s.%s" % (module, name)


def render(value, depth=0):
    """The text of a value; never calls code of an extension."""
    if depth > _DEPTH:
        return "..."
    type_ = type(value)
    if value is None or value is Ellipsis or value is NotImplemented:
        return repr(value)
    if type_ is int and value.bit_length() > _BITS:
        return format(value, "#_x")  # in groups, so that no part of it is taken for an address
    if any(type_ is plain for plain in _PLAIN):
        return ascii(value)
    if type_ is list:
        return "[%s]" % _joined(value, depth)
    if type_ is tuple:
        return "(%s,)" % render(value[0], depth + 1) if len(value) == 1 else "(%s)" % _joined(value, depth)
    if type_ is dict:
        return "{%s}" % ", ".join("%s: %s" % (render(k, depth + 1), render(v, depth + 1)) for k, v in value.items())
    if type_ is set or type_ is frozenset:
        inner = "{%s}" % ", ".join(sorted(render(one, depth + 1) for one in value))
        return inner if type_ is set else "frozenset(%s)" % inner
    if issubclass(type_, type):
        return "<class %s>" % qualified_name(value)
    return _instance(value, type_, depth)


def render_any_order(value):
    """The text of a sequence or set as a multiset; of anything else, its text."""
    try:
        elements = list(value)
    except TypeError:
        return render(value)
    return "any order [%s]" % ", ".join(sorted(render(one) for one in elements))


def _instance(value, type_, depth):
    name = qualified_name(type_)
    for plain in _PLAIN + (tuple, list):
        if issubclass(type_, plain):
            return "<%s %s>" % (name, render(_plain_part(plain, value), depth))
    if name in _FUNCTIONS:
        return "<function %s>" % (getattr(value, "__name__", None),)
    return "<%s object>" % name


def _plain_part(plain, value):
    """The plain value in an instance of a subclass, by means that ask the subclass for nothing."""
    if plain is int:
        return int.__add__(value, 0)
    if plain is float or plain is complex:
        return plain.__pos__(value)  # adding zero would lose the sign of zero
    return plain.__getitem__(value, slice(None))


def _joined(values, depth):
    return ", ".join(render(one, depth + 1) for one in values)


def _fact(type_, name):
    try:
        return type.__dict__[name].__get__(type_)
    except AttributeError:  # __module__ can be deleted
        return None
