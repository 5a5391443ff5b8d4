"""JSON as the worker and its cells speak it: `dumps` gives text in ASCII with sorted keys, `loads` takes bytes.

PyPy's collector goes through all objects that there are, at each collection of each cell, so a cell's process should
hold little: there, the built-in part of its json module is enough. Elsewhere it is json's own.
"""

try:
    import _pypyjson
except ImportError:
    import json

    loads = json.loads
    dumps = json.JSONEncoder(ensure_ascii=True, sort_keys=True).encode
else:

    def loads(data):
        return _pypyjson.loads(data.decode("ascii"))

    def dumps(value):
        if isinstance(value, str):
            return '"%s"' % _pypyjson.raw_encode_basestring_ascii(value)
        if value is None:
            return "null"
        if value is True or value is False:
            return "true" if value else "false"
        if isinstance(value, int):
            return int.__repr__(value)
        if isinstance(value, float):
            return float.__repr__(value)
        if isinstance(value, dict):
            return "{%s}" % ", ".join(["%s: %s" % (dumps(name), dumps(value[name])) for name in sorted(value)])
        if isinstance(value, (list, tuple)):
            return "[%s]" % ", ".join([dumps(one) for one in value])
        raise TypeError("%s has no form in JSON" % type(value).__name__)
