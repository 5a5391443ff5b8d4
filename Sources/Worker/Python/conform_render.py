"""Python objects as text that is the same on every runtime for the same fact.

    None, True, 12, 1.5, 'text', b'bytes'       as Python writes them, non-ASCII escaped
    [..], (..), {k: v}                          element by element; dicts in their own order
    {a, b}, frozenset                           sorted by the elements' text: sets promise no order
    <class ext.Point>                           a type, by module and qualified name
    <ext.Int 5>                                 an instance of a subclass of a plain value
    <ext.Point object>                          anything else: its type; no repr is called, no address shown
"""

_PLAIN = (bool, int, float, complex, str, bytes, bytearray)
_DEPTH = 12


def qualified_name(type_):
    """`module.Qualified.Name` of a type, without `builtins.`."""
    module = _attribute(type_, "__module__")
    name = _attribute(type_, "__qualname__") or type.__dict__["__name__"].__get__(type_)
    if not isinstance(module, str) or module == "builtins":
        return str(name)
    return "%s.%s" % (module, name)


def render(value, depth=0):
    """The text of a value; never calls code of an extension."""
    if depth > _DEPTH:
        return "..."
    type_ = type(value)
    if value is None or value is Ellipsis or value is NotImplemented:
        return repr(value)
    if type_ in _PLAIN:
        return ascii(value)
    if type_ is list:
        return "[%s]" % _joined(value, depth)
    if type_ is tuple:
        return "(%s,)" % render(value[0], depth + 1) if len(value) == 1 else "(%s)" % _joined(value, depth)
    if type_ is dict:
        return "{%s}" % ", ".join("%s: %s" % (render(k, depth + 1), render(v, depth + 1)) for k, v in value.items())
    if type_ in (set, frozenset):
        inner = "{%s}" % ", ".join(sorted(render(one, depth + 1) for one in value))
        return inner if type_ is set else "frozenset(%s)" % inner
    if isinstance(value, type):
        return "<class %s>" % qualified_name(value)
    return _instance(value, type_, depth)


def render_any_order(value):
    """The text of a sequence or set as a multiset."""
    return "any order [%s]" % ", ".join(sorted(render(one) for one in value))


def _instance(value, type_, depth):
    name = qualified_name(type_)
    for plain in (int, float, complex, str, bytes):
        if plain in type_.__mro__:
            return "<%s %s>" % (name, ascii(_plain_copy(plain, value)))
    if tuple in type_.__mro__:
        return "<%s %s>" % (name, render(tuple(tuple.__iter__(value)), depth))
    if list in type_.__mro__:
        return "<%s %s>" % (name, render(list(list.__iter__(value)), depth))
    if type_.__name__ in ("function", "builtin_function_or_method", "method_descriptor", "method"):
        return "<function %s>" % (_attribute(value, "__name__"),)
    return "<%s object>" % name


def _plain_copy(plain, value):
    if plain is str:
        return str.__getitem__(value, slice(None, None)) + ""
    if plain is bytes:
        return bytes.__getitem__(value, slice(None, None)) + b""
    if plain is complex:
        return complex(complex.__add__(value, 0j))
    return plain.__add__(value, plain(0))


def _joined(values, depth):
    return ", ".join(render(one, depth + 1) for one in values)


def _attribute(thing, name):
    try:
        return getattr(thing, name)
    except Exception:
        return None
