import copy
import io
import pickle
import struct
import threading
import weakref

import zstandard
from hpy_conform import Watch, attempt, collect, expect, expect_released, raised, record, returned, scenario

API = "python-zstandard documentation, 'API Reference', "
COMPRESSOR = API + "ZstdCompressor"
DECOMPRESSOR = API + "ZstdDecompressor"
SEGMENTS = API + "BufferWithSegments (offsets outside of the buffer raise ValueError)"
ERRORS = (
    "Python language reference, 'Executing the program', 'Exceptions' (the exception that was raised is propagated)"
)
EXPORTS = "Python/C API, 'Buffer Protocol', PyBuffer_Release (for each successful PyObject_GetBuffer)"
NEW = "Python language reference, 'Data model', object.__new__ (an object that was made is a valid one)"
HOOK = "Python language reference, 'Data model', object.__init_subclass__"
RELEASED = "Python/C API, 'Objects, Types and Reference Counts' (who owns a reference has to give it up)"
DATA = b"some data that repeats, some data that repeats. " * 50


class FailingFile:
    """A file that works for some calls, and then fails."""

    def __init__(self, works, data=DATA[:100]):
        self.works = works
        self.data = data

    def read(self, size=-1):
        self.works -= 1
        if self.works < 0:
            raise LookupError("refused")
        return self.data

    def write(self, data):
        self.works -= 1
        if self.works < 0:
            raise LookupError("refused")
        return len(data)


def noise(count):
    """Bytes that can't be compressed much, the same on every run."""
    return pow(7, 3 * count).to_bytes(2 * count, "little")[:count]


@scenario
def data_comes_back(ext):
    """What one way compresses, each other way decompresses."""
    compressor, decompressor = ext.ZstdCompressor(), ext.ZstdDecompressor()
    frame = compressor.compress(DATA)
    expect("at once", decompressor.decompress(frame) == DATA, True, source=COMPRESSOR)
    one = compressor.compressobj()
    expect(
        "object",
        decompressor.decompressobj().decompress(one.compress(DATA) + one.flush()) == DATA,
        True,
        source=COMPRESSOR,
    )
    expect("reader", compressor.stream_reader(io.BytesIO(DATA), size=len(DATA)).read() != b"", True, source=COMPRESSOR)
    expect("back by a reader", decompressor.stream_reader(frame).read(10**6) == DATA, True, source=DECOMPRESSOR)
    expect("iterator", b"".join(decompressor.read_to_iter(io.BytesIO(frame))) == DATA, True, source=DECOMPRESSOR)
    target = io.BytesIO()
    with compressor.stream_writer(target, closefd=False) as writer:
        writer.write(DATA)
    expect("writer", decompressor.decompressobj().decompress(target.getvalue()) == DATA, True, source=COMPRESSOR)
    target = io.BytesIO()
    expect("copied", decompressor.copy_stream(io.BytesIO(frame), target), (len(frame), len(DATA)), source=DECOMPRESSOR)
    chunker = compressor.chunker(chunk_size=16)
    chunks = list(chunker.compress(noise(200))) + list(chunker.finish())
    expect(
        "chunks",
        (
            {len(chunk) for chunk in chunks[:-1]},
            decompressor.decompressobj().decompress(b"".join(chunks)) == noise(200),
        ),
        ({16}, True),
        source=COMPRESSOR + ".chunker()",
    )


@scenario
def bad_frames_are_refused(ext):
    """Data that is no frame raises ZstdError, in each way to decompress."""
    decompressor = ext.ZstdDecompressor()
    frame = ext.ZstdCompressor().compress(DATA)
    for name, data in (("text", b"no frame at all"), ("cut", frame[:-4]), ("magic number", b"\x00" + frame[1:])):
        expect(
            name, attempt(decompressor.decompress, data), raised(ext.ZstdError), source=DECOMPRESSOR + ".decompress()"
        )
    ways = (
        lambda data: decompressor.decompressobj().decompress(data),
        lambda data: decompressor.stream_reader(data).read(10),
        lambda data: b"".join(decompressor.read_to_iter(data)),
        lambda data: decompressor.stream_writer(io.BytesIO()).write(data),
        lambda data: decompressor.copy_stream(io.BytesIO(data), io.BytesIO()),
        ext.get_frame_parameters,
        decompressor.stream_reader(b"no frame at all").readall,
    )
    ended = [attempt(one, b"no frame at all") for one in ways[:-1]] + [attempt(ways[-1])]
    expect("each way", [str(one.exception).split(".")[-1] for one in ended], ["ZstdError"] * 7, source=DECOMPRESSOR)
    expect(
        "large",
        attempt(decompressor.decompress, frame, max_output_size=3).exception is None,
        True,
        source=DECOMPRESSOR + ".decompress() (max_output_size is only used if the frame does not say its size)",
    )


@scenario
def reading_from_a_file_that_fails(ext):
    """An exception of the source is that of the reader, and the buffer for the result is released."""
    for name, use in (
        ("read", lambda one: one.read(50)),
        ("read1", lambda one: one.read1(50)),
        ("readinto", lambda one: one.readinto(bytearray(50))),
        ("readall", lambda one: one.readall()),
        ("readinto1", lambda one: one.readinto1(bytearray(50))),
    ):
        reader = ext.ZstdCompressor().stream_reader(FailingFile(1))
        expect("compressing, " + name, attempt(use, reader), raised(LookupError), source=ERRORS)
        reader = ext.ZstdDecompressor().stream_reader(FailingFile(0))
        expect("decompressing, " + name, attempt(use, reader), raised(LookupError), source=ERRORS)


@scenario
def reading_large_pieces_from_a_file_that_fails(ext):
    """The result of a read() that fails is released, however large."""
    reader = ext.ZstdCompressor().stream_reader(FailingFile(1))
    expect("compressing", attempt(reader.read, 100000), raised(LookupError), source=ERRORS)
    reader = ext.ZstdDecompressor().stream_reader(FailingFile(0))
    expect("decompressing", attempt(reader.read, 100000), raised(LookupError), source=ERRORS)


@scenario
def files_that_fail(ext):
    """An exception of a file is that of the function that uses it."""
    compressor, decompressor = ext.ZstdCompressor(), ext.ZstdDecompressor()
    frame = compressor.compress(noise(140000))

    def written(other):
        writer = other.stream_writer(FailingFile(0))
        writer.write(frame)
        writer.flush(ext.FLUSH_FRAME)

    ways = (
        ("writer", lambda: written(compressor)),
        ("writer of a decompressor", lambda: written(decompressor)),
        ("source of a copy", lambda: compressor.copy_stream(FailingFile(2), io.BytesIO())),
        ("target of a copy", lambda: compressor.copy_stream(io.BytesIO(DATA), FailingFile(0))),
        ("source of a back copy", lambda: decompressor.copy_stream(FailingFile(0), io.BytesIO())),
        ("target of a back copy", lambda: decompressor.copy_stream(io.BytesIO(frame), FailingFile(1))),
        ("iterator", lambda: list(compressor.read_to_iter(FailingFile(2)))),
        ("iterator of a decompressor", lambda: list(decompressor.read_to_iter(FailingFile(0)))),
    )
    for name, use in ways:
        expect(name, attempt(use), raised(LookupError), source=ERRORS)


def odd_file(watch):
    """A file whose read() gives an object that has no bytes."""

    class Odd:
        def read(self, size=-1):
            return watch.thing("read")

    return Odd()


def refused(ways, watch):
    """That each of the ways raises, and releases what it was given."""
    expect(
        "refused",
        [attempt(one).exception is not None for one in ways],
        [True] * len(ways),
        source=API + "streams (bytes)",
    )
    expect_released("read", watch, ["read"] * len(watch._references), source=RELEASED)


@scenario
def readers_of_something_else(ext):
    """A reader whose source gives no bytes raises."""
    watch = Watch()
    refused(
        (
            lambda: ext.ZstdCompressor().stream_reader(odd_file(watch)).read(10),
            lambda: ext.ZstdDecompressor().stream_reader(odd_file(watch)).read(10),
        ),
        watch,
    )


@scenario
def copying_something_else(ext):
    """copy_stream() of a compressor from a source that gives no bytes raises."""
    watch = Watch()
    refused((lambda: ext.ZstdCompressor().copy_stream(odd_file(watch), io.BytesIO()),), watch)


@scenario
def copying_something_else_back(ext):
    """copy_stream() of a decompressor from a source that gives no bytes raises."""
    watch = Watch()
    refused((lambda: ext.ZstdDecompressor().copy_stream(odd_file(watch), io.BytesIO()),), watch)


@scenario
def iterating_over_something_else(ext):
    """read_to_iter() of a compressor with a source that gives no bytes raises."""
    watch = Watch()
    refused((lambda: list(ext.ZstdCompressor().read_to_iter(odd_file(watch))),), watch)


@scenario
def iterating_over_something_else_back(ext):
    """read_to_iter() of a decompressor with a source that gives no bytes raises."""
    watch = Watch()
    refused((lambda: list(ext.ZstdDecompressor().read_to_iter(odd_file(watch))),), watch)


@scenario
def buffers_are_released(ext):
    """Buffers of arguments are released behind each call, also behind errors."""
    compressor, decompressor = ext.ZstdCompressor(), ext.ZstdDecompressor()
    data = bytearray(DATA)
    frame = bytearray(compressor.compress(data))
    decompressor.decompress(frame)
    decompressor.decompressobj().decompress(frame)
    compressor.compressobj().compress(data)
    compressor.stream_writer(io.BytesIO()).write(data)
    attempt(decompressor.decompress, data)
    attempt(decompressor.decompressobj().decompress, data)
    attempt(decompressor.stream_writer(io.BytesIO()).write, data)
    attempt(compressor.compress, memoryview(data)[::2])
    compressor.stream_reader(io.BytesIO(DATA)).readinto(data)
    attempt(decompressor.stream_reader(DATA).readinto, data)
    attempt(ext.ZstdCompressionDict, data, dict_type=99)
    attempt(ext.get_frame_parameters, data)
    attempt(ext.BufferWithSegments, data, b"x" if hasattr(ext, "BufferWithSegments") else b"")
    collect()
    expect("data", attempt(data.extend, b"x"), returned(None), source=EXPORTS)
    expect("frame", attempt(frame.clear), returned(None), source=EXPORTS)


@scenario
def readers_hold_their_buffer(ext):
    """A buffer that a reader reads from can't be resized until the reader is closed."""
    data = bytearray(DATA)
    reader = ext.ZstdCompressor().stream_reader(data)
    reader.read(5)
    expect(
        "held",
        attempt(data.extend, b"x"),
        raised(BufferError),
        source="Python library, 'Built-in Types', bytearray; " + EXPORTS,
    )
    reader.close()
    del reader
    collect()
    expect("given back", attempt(data.extend, b"x"), returned(None), source=EXPORTS)
    expect(
        "with steps",
        attempt(ext.ZstdCompressor().stream_reader, memoryview(data)[::2]).exception is not None,
        True,
        source=API + "stream_reader() (a contiguous buffer)",
    )


@scenario
def reading_into_buffers(ext):
    """readinto() fills what is writable, and refuses the rest."""
    frame = ext.ZstdCompressor().compress(DATA)

    def reader():
        return ext.ZstdDecompressor().stream_reader(frame)

    target = bytearray(20)
    expect("filled", (reader().readinto(target), bytes(target)), (20, DATA[:20]), source=API + "stream_reader()")
    with memoryview(target) as view:
        expect(
            "a part",
            (reader().readinto(view[5:10]), bytes(target[5:10])),
            (5, DATA[:5]),
            source=API + "stream_reader()",
        )
        record("with steps", attempt(reader().readinto, view[::2]).exception is not None)
    record("read-only", attempt(reader().readinto, bytes(20)).exception)
    record("nothing", attempt(reader().readinto, bytearray()))
    collect()
    expect("released", attempt(target.clear), returned(None), source=EXPORTS)
    record("sizes", [attempt(reader().read, one).exception for one in (-2, -(2**70), 2**70, "x", None)])


@scenario
def reading_within_reading(ext):
    """A source whose read() uses the reader does not crash."""

    class Source:
        reader = None

        def __init__(self):
            self.depth = 0

        def read(self, size=-1):
            self.depth += 1
            if self.depth > 3:
                return b""
            self.reader.read(5)
            return DATA[:50]

    source = Source()
    source.reader = ext.ZstdCompressor().stream_reader(source)
    expect(
        "completed",
        attempt(source.reader.read, 40).exception in (None, "zstandard.backend_c.ZstdError", "ValueError"),
        True,
        source="Python/C API, 'Introduction', Exceptions (no crash)",
    )
    source.reader = None


@scenario
def closing_within_reading(ext):
    """A source that closes the reader that reads from it does not crash."""

    class Source:
        reader = None

        def read(self, size=-1):
            self.reader.close()
            return DATA

        def close(self):
            pass

    source = Source()
    source.reader = ext.ZstdCompressor().stream_reader(source)
    record("closed", attempt(source.reader.read, 10).exception)
    source.reader = None


@scenario
def segments_of_a_buffer(ext):
    """A buffer with segments gives its segments, which hold it."""
    table = struct.pack("=QQQQ", 0, 3, 4, 2)
    data = bytearray(b"abc def")
    made = ext.BufferWithSegments(data, table)
    expect(
        "read",
        (len(made), made.size, made[0].tobytes(), made[1].tobytes(), len(made[1]), made[1].offset),
        (2, 7, b"abc", b"de", 2, 4),
        source=SEGMENTS,
    )
    expect(
        "views",
        (bytes(memoryview(made[0])), bytes(memoryview(made)), bytes(memoryview(made.segments())) == table),
        (b"abc", b"abc def", True),
        source=SEGMENTS,
    )
    expect(
        "past the end",
        [attempt(made.__getitem__, one).exception for one in (2, 2**40)],
        ["IndexError"] * 2,
        source=SEGMENTS,
    )
    record("from the end", attempt(lambda: made[-1].tobytes()))
    kept = made[1]
    del made
    collect()
    expect("kept", (kept.tobytes(), attempt(data.extend, b"x").exception), (b"de", "BufferError"), source=EXPORTS)
    view = memoryview(kept)
    del kept
    collect()
    expect("view", (bytes(view), view.readonly), (b"de", True), source=EXPORTS)
    view.release()
    collect()
    expect("resized", attempt(data.extend, b"x"), returned(None), source=EXPORTS)


@scenario
def segments_outside_of_the_buffer(ext):
    """Segments that go past the end are refused, however large the numbers are."""
    for name, pairs in (
        ("past the end", (5, 3)),
        ("far", (2**40, 1)),
        ("long", (0, 2**63)),
        ("overflow", (2**64 - 1, 2)),
        ("overflow of two", (2**64 - 3, 5)),
    ):
        expect(
            name,
            attempt(ext.BufferWithSegments, b"abc def", struct.pack("=QQ", *pairs)),
            raised(ValueError),
            source=SEGMENTS,
        )
    expect("half a segment", attempt(ext.BufferWithSegments, b"abc", b"12345"), raised(ValueError), source=SEGMENTS)


@scenario
def buffers_with_segments_initialised_twice(ext):
    """A second __init__, also one that fails, gives the first buffer back."""
    first, second = bytearray(b"first"), bytearray(b"second")
    table = struct.pack("=QQ", 0, 3)
    made = ext.BufferWithSegments(first, table)
    made.__init__(second, table)
    expect("second", made[0].tobytes(), b"sec", source=SEGMENTS)
    expect("first", attempt(first.extend, b"x"), returned(None), source=EXPORTS)
    del made
    collect()
    expect("both", attempt(second.extend, b"x"), returned(None), source=EXPORTS)


@scenario
def a_second_initialisation_that_fails(ext):
    """Behind a second __init__ that fails, the object is still usable or empty."""
    made = ext.BufferWithSegments(bytearray(b"first"), struct.pack("=QQ", 0, 3))
    expect("refused", attempt(made.__init__, b"second", b"123"), raised(ValueError), source=SEGMENTS)
    expect("usable", attempt(lambda: made[0].tobytes()).value in (b"fir", None), True, source=NEW)
    del made
    collect()


@scenario
def collections_of_buffers(ext):
    """Collections hold their buffers, and refuse other objects."""
    table = struct.pack("=QQ", 0, 3)
    buffers = [ext.BufferWithSegments(b"abc", table), ext.BufferWithSegments(b"def", table)]
    made = ext.BufferWithSegmentsCollection(*buffers)
    del buffers
    collect()
    expect(
        "read",
        (len(made), made.size(), made[0].tobytes(), made[1].tobytes()),
        (2, 6, b"abc", b"def"),
        source=API + "BufferWithSegmentsCollection",
    )
    expect(
        "refused",
        [attempt(ext.BufferWithSegmentsCollection, *one).exception for one in ((), (3,), (b"abc",))],
        ["ValueError", "TypeError", "TypeError"],
        source=API + "BufferWithSegmentsCollection",
    )
    expect(
        "past the end", attempt(made.__getitem__, 2), raised(IndexError), source=API + "BufferWithSegmentsCollection"
    )


@scenario
def many_at_once(ext):
    """Many pieces are compressed and decompressed at once, and bad ones are refused."""
    compressor, decompressor = ext.ZstdCompressor(), ext.ZstdDecompressor()
    pieces = [DATA[:one] for one in (10, 200, 1000)]
    made = compressor.multi_compress_to_buffer(pieces)
    expect(
        "compressed",
        [decompressor.decompress(made[one].tobytes()) for one in range(3)] == pieces,
        True,
        source=COMPRESSOR + ".multi_compress_to_buffer()",
    )
    back = decompressor.multi_decompress_to_buffer(made)
    expect(
        "decompressed",
        [back[one].tobytes() for one in range(3)] == pieces,
        True,
        source=DECOMPRESSOR + ".multi_decompress_to_buffer()",
    )
    record(
        "refused",
        [attempt(compressor.multi_compress_to_buffer, one).exception for one in ([b""], [1], 3, ["x"], [b"a", None])],
    )
    record(
        "back refused",
        [
            attempt(decompressor.multi_decompress_to_buffer, one).exception
            for one in ([b""], [1], 3, [b"no frame"], [made[0].tobytes(), b"x"])
        ],
    )
    record(
        "sizes",
        attempt(decompressor.multi_decompress_to_buffer, [made[0].tobytes()], decompressed_sizes=b"1").exception,
    )


@scenario
def nothing_at_once(ext):
    """An empty list of pieces is refused, or gives nothing."""
    record("compressed", attempt(ext.ZstdCompressor().multi_compress_to_buffer, []).exception)
    record("decompressed", attempt(ext.ZstdDecompressor().multi_decompress_to_buffer, []).exception)


@scenario
def compressors_that_were_not_initialised(ext):
    """A compressor without __init__ raises, and does not crash."""
    made = ext.ZstdCompressor.__new__(ext.ZstdCompressor)
    expect("compress", attempt(made.compress, b"x").exception is not None, True, source=NEW)


@scenario
def decompressors_that_were_not_initialised(ext):
    """A decompressor without __init__ raises, or works."""
    made = ext.ZstdDecompressor.__new__(ext.ZstdDecompressor)
    record("decompress", attempt(made.decompress, ext.ZstdCompressor().compress(b"x")).exception)


@scenario
def streams_without_a_compressor(ext):
    """A stream that was not made by a compressor is refused, or raises when it is used."""
    ended = attempt(lambda: ext.ZstdCompressionReader().read(5))
    expect("reader", ended.exception is not None, True, source=NEW)


@scenario
def chunkers_without_a_compressor(ext):
    """A compression object that was not made by a compressor is refused, or raises when it is used."""
    ended = attempt(lambda: ext.ZstdCompressionObj().compress(b"x"))
    expect("object", ended.exception is not None, True, source=NEW)


@scenario
def segments_without_a_buffer(ext):
    """Segments that were not made by a buffer are empty, or refused."""
    record("segment", attempt(lambda: (len(ext.BufferSegment()), ext.BufferSegment().tobytes())))
    record("view", attempt(lambda: len(memoryview(ext.BufferSegment()))).exception)
    record("buffer", attempt(lambda: len(ext.BufferWithSegments.__new__(ext.BufferWithSegments))))


@scenario
def arguments_are_refused(ext):
    """Wrong arguments of the constructors raise."""
    values = (
        lambda: ext.ZstdCompressor(level=23),
        lambda: ext.ZstdCompressor(level="x"),
        lambda: ext.ZstdCompressor(dict_data=3),
        lambda: ext.ZstdCompressor(compression_params=3),
        lambda: ext.ZstdCompressor(level=1, compression_params=3),
        lambda: ext.ZstdDecompressor(dict_data=3),
        lambda: ext.ZstdDecompressor(max_window_size="x"),
        lambda: ext.ZstdDecompressor(format=77),
        lambda: ext.ZstdCompressionDict(),
        lambda: ext.ZstdCompressionDict(3),
        lambda: ext.ZstdCompressionDict(b"x", dict_type=88),
        lambda: ext.ZstdCompressionParameters(unknown=1),
        lambda: ext.ZstdCompressionParameters(window_log=99),
        lambda: ext.ZstdCompressionParameters(write_dict_id=2**70),
        lambda: ext.ZstdCompressor().chunker(chunk_size=-1),
        lambda: ext.ZstdCompressor().compress("text"),
        lambda: ext.ZstdCompressor().stream_reader(3),
        lambda: ext.ZstdCompressor().stream_writer(3),
        lambda: ext.ZstdCompressor().read_to_iter(3),
        lambda: ext.ZstdCompressor().copy_stream(3, 4),
        lambda: ext.ZstdCompressor().copy_stream(io.BytesIO(), 4),
        lambda: ext.train_dictionary(100, []),
        lambda: ext.train_dictionary(100, [1]),
        lambda: ext.train_dictionary(100, 3),
        lambda: ext.train_dictionary(10, [b"x"] * 3),
    )
    expect(
        "refused",
        [place for place, one in enumerate(values) if attempt(one).exception is None],
        [],
        source=API + "the constructors",
    )


@scenario
def dictionaries(ext):
    """A dictionary of raw content is used by both sides, and held by them."""
    one = ext.ZstdCompressionDict(DATA, dict_type=ext.DICT_TYPE_RAWCONTENT)
    expect(
        "content",
        (len(one), one.as_bytes() == DATA, one.dict_id()),
        (len(DATA), True, 0),
        source=API + "ZstdCompressionDict",
    )
    one.precompute_compress(level=3)
    compressor, decompressor = ext.ZstdCompressor(dict_data=one), ext.ZstdDecompressor(dict_data=one)
    expect("refused", attempt(one.precompute_compress), raised(ValueError), source=API + "ZstdCompressionDict")
    frame = compressor.compress(DATA[:500])
    del one
    collect()
    expect(
        "used",
        (decompressor.decompress(frame) == DATA[:500], len(frame) < 40),
        (True, True),
        source=API + "ZstdCompressionDict",
    )
    expect(
        "without",
        attempt(ext.ZstdDecompressor().decompress, frame).exception is not None,
        True,
        source=API + "ZstdCompressionDict",
    )


@scenario
def types_that_may_be_derived_from(ext):
    """Which of the types may be derived from is observed."""
    bases = (
        "ZstdCompressor",
        "ZstdDecompressor",
        "ZstdCompressionDict",
        "ZstdCompressionParameters",
        "BufferWithSegments",
        "ZstdCompressionReader",
        "ZstdError",
    )
    record("permitted", {name: attempt(type, "Below", (getattr(ext, name, object),), {}).exception for name in bases})


def derived(base, *args):
    """Make and release an object of a class below the base, with a hook, with and without __slots__."""
    hooked = []

    class Hooked(base):
        def __init_subclass__(cls, **options):
            hooked.append(options)

    class Below(Hooked, level=1):
        __slots__ = ("more",)

        def __len__(self):
            return 77

    one = Below(*args)
    one.more = Hooked(*args)
    expect("derived", (len(one), isinstance(one.more, base), hooked), (77, True, [{"level": 1}]), source=HOOK)


@scenario
def subclasses_of_compressors(ext):
    """A class below a compressor is used and released as the compressor is."""
    derived(ext.ZstdCompressor)


@scenario
def subclasses_of_dictionaries(ext):
    """A class below a dictionary is used and released as the dictionary is."""
    derived(ext.ZstdCompressionDict, DATA)


@scenario
def subclasses_of_parameters(ext):
    """A class below the parameters is used and released as the parameters are."""
    derived(ext.ZstdCompressionParameters)


@scenario
def subclasses_of_exceptions(ext):
    """A class below ZstdError is used and released as the exception is."""
    derived(ext.ZstdError)


@scenario
def copies_and_pickles(ext):
    """What can be copied and pickled is whole; the rest is refused."""
    error = ext.ZstdError("text", 3)
    expect(
        "error copied",
        [(type(one) is ext.ZstdError, one.args) for one in (copy.copy(error), copy.deepcopy(error))],
        [(True, ("text", 3))] * 2,
        source="Python library, 'copy'",
    )
    expect(
        "error pickled",
        attempt(lambda: pickle.loads(pickle.dumps(error)).args),
        returned(("text", 3)),
        source="Python library, 'pickle', 'What can be pickled and unpickled?'",
    )
    made = (
        ("compressor", ext.ZstdCompressor()),
        ("decompressor", ext.ZstdDecompressor()),
        ("dictionary", ext.ZstdCompressionDict(DATA)),
        ("parameters", ext.ZstdCompressionParameters(window_log=12)),
        ("reader", ext.ZstdCompressor().stream_reader(DATA)),
    )
    for name, one in made:
        record(name, [attempt(way, one).exception for way in (copy.copy, copy.deepcopy, pickle.dumps)])
        record(name + ", weakly", attempt(weakref.ref, one).exception)


@scenario
def cycles_through_streams(ext):
    """Files that hold their own stream are released."""
    watch = Watch()

    class File(io.BytesIO):
        pass

    for name, way in (
        ("reader", lambda one: ext.ZstdCompressor().stream_reader(one)),
        ("decompressing reader", lambda one: ext.ZstdDecompressor().stream_reader(one)),
        ("writer", lambda one: ext.ZstdCompressor().stream_writer(one)),
        ("iterator", lambda one: ext.ZstdCompressor().read_to_iter(one)),
    ):
        file = File()
        file.thing = watch.thing(name)
        file.stream = way(file)
        del file
    collect()
    record("collected", sorted(watch.finalized))


@scenario
def what_streams_hold_is_released(ext):
    """Streams that are not closed release their files."""
    watch = Watch()

    class File(io.BytesIO):
        pass

    for name, way in (
        ("reader", lambda one: ext.ZstdCompressor().stream_reader(one).read(1)),
        ("decompressing reader", lambda one: attempt(ext.ZstdDecompressor().stream_reader(one).read, 1)),
        ("writer", lambda one: ext.ZstdCompressor().stream_writer(one).write(b"x")),
        ("iterator", lambda one: next(ext.ZstdCompressor().read_to_iter(one))),
    ):
        file = File(DATA)
        file.thing = watch.thing(name)
        way(file)
        del file
    expect_released("files", watch, ["reader", "decompressing reader", "writer", "iterator"], source=RELEASED)


@scenario
def closed_streams(ext):
    """A closed stream raises ValueError."""
    reader = ext.ZstdCompressor().stream_reader(io.BytesIO(DATA))
    writer = ext.ZstdCompressor().stream_writer(io.BytesIO())
    with reader, writer:
        expect(
            "entered twice",
            [attempt(one.__enter__).exception is not None for one in (reader, writer)],
            [True] * 2,
            source=API + "stream_reader(), stream_writer()",
        )
    uses = (
        lambda: reader.read(1),
        lambda: reader.readinto(bytearray(1)),
        lambda: writer.write(b"x"),
        lambda: writer.flush(),
    )
    expect(
        "used",
        [attempt(one).exception for one in uses],
        ["ValueError"] * 4,
        source="Python library, 'io', IOBase.close()",
    )
    expect(
        "closed",
        (reader.closed, writer.closed, attempt(reader.close).exception),
        (True, True, None),
        source="Python library, 'io', IOBase.close()",
    )


@scenario
def several_threads_at_once(ext):
    """Threads with compressors of their own get the right results."""
    results = []

    def work(number):
        data = noise(2000) * (number + 1)
        compressor, decompressor = ext.ZstdCompressor(), ext.ZstdDecompressor()
        results.append(all(decompressor.decompress(compressor.compress(data)) == data for _ in range(10)))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    expect(
        "results",
        results,
        [True] * 4,
        source="python-zstandard documentation, 'Concepts', Thread and Object Reuse Safety",
    )
    expect("the same module", ext is zstandard, True, source="Python language reference, 'The import system'")
