import weakref

from hpy_conform import attempt, collect, expect, scenario

COUNT = 20000
ROUNDS = 5  # that are measured, behind two that fill what is kept for reuse: a hundred thousand objects
LEAST = 64  # bytes: less than an object of each kind takes with what it holds
FREED = ("Python/C API, 'Type Objects', tp_dealloc and tp_free, and 'Object Life Cycle', Life Events; HPy porting "
         "guide, 'Deallocator slot Py_tp_dealloc'")
RELEASED = ("Python/C API, 'Type Objects', tp_dealloc; HPy porting guide, 'tp_dealloc and Py_DECREF'")
CYCLES = ("Python/C API, 'Supporting Cyclic Garbage Collection'; HPy porting guide, 'tp_traverse, tp_clear, "
          "Py_TPFLAGS_HAVE_GC'")
BUFFER = "Python/C API, 'Type Objects', bf_getbuffer and bf_releasebuffer; HPy porting guide, 'Buffers'"


class Thing:
    pass


seen = set()


def all_is_as_it_was(ext, make, source, count=COUNT, objects=1):
    """What so many calls make is released: the address space grows by less than the objects that a call makes."""
    name = getattr(make, "__code__", make)
    if name in seen:  # a further call of a scenario, which counts what each leaves behind
        count = 1 + count // 20
    seen.add(name)

    def round_of_calls():
        for _ in range(count):
            make()
        collect()

    collect()
    natives = ext.natives()
    for _ in range(2):
        round_of_calls()
    before = ext.address_space()
    for _ in range(ROUNDS):
        round_of_calls()
    grown = ext.address_space() - before
    expect("memory stays", grown < ROUNDS * count * objects * LEAST, True, source=source)
    collect()
    expect("native resources stay", ext.natives() - natives, 0, source=source)


@scenario
def plain(ext):
    """Objects with a native resource and nothing else."""
    all_is_as_it_was(ext, ext.Plain, FREED)


@scenario
def with_fields(ext):
    """Objects that hold two fresh objects each."""
    all_is_as_it_was(ext, lambda: ext.Holder(Thing(), [1.5]), RELEASED)


@scenario
def with_fields_stored_twice(ext):
    """Objects whose field is written twice, the second time by a method that returns the object."""
    all_is_as_it_was(ext, lambda: ext.Holder(Thing()).hold(Thing()).hold({}), RELEASED)


@scenario
def with_members(ext):
    """Objects whose member Python writes, reads, writes again and deletes."""
    def make():
        holder = ext.Holder()
        holder.member = Thing()
        holder.member.it = holder.member
        holder.member = []
        del holder.member
        holder.member = Thing()

    all_is_as_it_was(ext, make, RELEASED)


@scenario
def with_a_dictionary(ext):
    """Objects of a class made in Python below Plain, with attributes."""
    class Open(ext.Plain):
        pass

    def make():
        one = Open()
        one.first, one.second = Thing(), one.itself

    all_is_as_it_was(ext, make, FREED, COUNT // 10)


@scenario
def with_slots(ext):
    """Objects of a class made in Python below Holder, with slots and fields."""
    class Slotted(ext.Holder):
        __slots__ = ("first", "second")

    def make():
        one = Slotted(Thing())
        one.first, one.second = Thing(), 1.5

    all_is_as_it_was(ext, make, FREED)


@scenario
def in_cycles(ext):
    """Objects that hold themselves and each other in fields."""
    def make():
        one = ext.Holder(Thing())
        one.hold(ext.Holder(one, one))

    all_is_as_it_was(ext, make, CYCLES, COUNT // 4)


@scenario
def in_cycles_with_python_objects(ext):
    """Objects that are held by what they hold, in a member, a list and a closure."""
    def make():
        one, thing = ext.Holder(), Thing()
        thing.it = one
        one.member = [thing, lambda: one]

    all_is_as_it_was(ext, make, CYCLES, COUNT // 4)


@scenario
def with_weak_references(ext):
    """Objects of a class made in Python that are referred to weakly, with a callback and without."""
    class Open(ext.Plain):
        pass

    def note(reference):
        pass

    def make():
        one = Open()
        references = [weakref.ref(one), weakref.ref(one, note), weakref.proxy(one)]
        del one, references

    all_is_as_it_was(ext, make, FREED, COUNT // 10)


@scenario
def of_a_c_subclass(ext):
    """Objects of a subclass in C, which has a field and a resource of its own beside those of the base."""
    all_is_as_it_was(ext, lambda: ext.Sub(Thing(), [1.5]), RELEASED)


@scenario
def of_a_class_below_a_c_subclass(ext):
    """Objects of a class made in Python below a subclass in C, in cycles through their dictionary."""
    class Open(ext.Sub):
        pass

    def make():
        one = Open(Thing())
        one.it = one

    all_is_as_it_was(ext, make, CYCLES, COUNT // 2)


@scenario
def with_buffers(ext):
    """Objects that give out their buffer to a memoryview, which is released by hand or with its last reference."""
    def make():
        one = ext.Buffered()
        with memoryview(one) as view:
            bytes(view[:4])
        kept = memoryview(one)
        del one
        len(kept)

    all_is_as_it_was(ext, make, BUFFER, COUNT // 2)


@scenario
def failed_constructions(ext):
    """Constructions that fail at their end, and some with wrong arguments."""
    def make():
        for arguments in ((Thing(), []), (1, 2, 3)):
            try:
                ext.Failing(*arguments)
            except (ValueError, TypeError):
                pass

    expect("fails", attempt(ext.Failing, 1).exception, "ValueError", source=RELEASED)
    all_is_as_it_was(ext, make, RELEASED, COUNT // 2)


@scenario
def many_at_once(ext):
    """Objects that are all alive at the same time, in a list and in a dictionary."""
    def make():
        kept = [ext.Holder(Thing()) for _ in range(1000)]
        return {number: (one, ext.Plain()) for number, one in enumerate(kept)}

    all_is_as_it_was(ext, make, RELEASED, COUNT // 1000, 1000)
