"""What the harness needs of the C library, and of the memory of extensions.

Elsewhere that is ctypes. PyPy's is written in Python, and most of what a cell's process would hold: its collector goes
through that at each collection. What lies beneath it there (_rawffi) is enough.

    function(name, result, *arguments)  a function of the C library; types are keys of TYPES
    address(path, name)                 where a variable of a library is (of the C library without a path); ValueError
                                        where it has none of that name
    read(address, size), write_long(address, value)
    buffer(size)                        memory that lives as long as the object: .address
    last_error()                        errno, right behind a call
"""

try:
    import _rawffi
    from _rawffi.alt import CDLL, types
except ImportError:
    import ctypes

    TYPES = {
        "int": ctypes.c_int, "uint": ctypes.c_uint, "long": ctypes.c_long, "ulong": ctypes.c_ulong,
        "pointer": ctypes.c_void_p, "bytes": ctypes.c_char_p,
    }
    _libc = ctypes.CDLL(None, use_errno=True)
    last_error = ctypes.get_errno
    read = ctypes.string_at

    def function(name, result, *arguments):
        return ctypes.CFUNCTYPE(TYPES[result], *[TYPES[one] for one in arguments], use_errno=True)((name, _libc))

    def address(path, name):
        library = _libc if path is None else ctypes.CDLL(path)
        return ctypes.addressof(ctypes.c_char.in_dll(library, name))

    def write_long(place, value):
        ctypes.c_long.from_address(place).value = value

    class buffer:
        def __init__(self, size):
            self._memory = ctypes.create_string_buffer(size)
            self.address = ctypes.addressof(self._memory)
else:
    TYPES = {
        "int": types.sint, "uint": types.uint, "long": types.slong, "ulong": types.ulong, "pointer": types.void_p,
        "bytes": types.char_p,
    }
    _libc = CDLL(None)
    _LONG, _BYTES = _rawffi.Array("l"), _rawffi.Array("c")
    last_error = _rawffi.get_errno
    read = _rawffi.charp2rawstring

    def function(name, result, *arguments):
        return _libc.getfunc(name, [TYPES[one] for one in arguments], TYPES[result])

    def address(path, name):
        return (_libc if path is None else CDLL(path)).getaddressindll(name)

    def write_long(place, value):
        _LONG.fromaddress(place, 1)[0] = value

    class buffer:
        def __init__(self, size):
            self._memory = _BYTES(size)
            self.address = self._memory.buffer

        def __del__(self):
            self._memory.free()
