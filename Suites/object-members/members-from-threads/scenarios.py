import threading

from hpy_conform import Watch, collect, expect, expect_released, record, scenario

THREADS = 4
ROUNDS = 500
MEMBERS = "Python/C API, 'Common Object Structures', PyMemberDef"
RELEASED = "Python/C API, 'Type Objects', tp_dealloc; 'Common Object Structures', Py_T_OBJECT_EX"


def at_once(work):
    """Call work(number) in several threads that begin together; the exceptions that ended one."""
    barrier = threading.Barrier(THREADS)
    failures = []

    def run(number):
        barrier.wait()
        try:
            work(number)
        except Exception as error:
            failures.append("%s: %s" % (type(error).__name__, error))

    threads = [threading.Thread(target=run, args=(number,)) for number in range(THREADS)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return sorted(set(failures))


def written_and_read(ext, name, values):
    """Each thread writes its own value and reads what is there: what it reads is one of the values, never a mixture."""
    one = ext.Shared()
    setattr(one, name, values[0])
    odd = []

    def work(number):
        for _ in range(ROUNDS):
            setattr(one, name, values[number])
            found = getattr(one, name)
            if found not in values:
                odd.append(found)

    expect(name + ": failures", at_once(work), [], source=MEMBERS)
    expect(name + ": others than were written", odd[:3], [], source=MEMBERS)


@scenario
def numbers(ext):
    """Numbers whose halves would show: all bits of one are set where those of another are not."""
    written_and_read(ext, "small", [0, -1, 0x7FFF0000, 0x0000FFFF])
    written_and_read(ext, "wide", [0, -1, 0x7FFFFFFF00000000, 0x00000000FFFFFFFF])
    written_and_read(ext, "real", [0.0, -1.5, 1e300, 5e-324])


@scenario
def objects(ext):
    """Objects that are replaced while others read them are released once, when nobody has them any more."""
    one, watch = ext.Shared(), Watch()
    names = []

    def work(number):
        for index in range(ROUNDS // 10):
            name = "%d.%d" % (number, index)
            names.append(name)
            one.object_ex = watch.thing(name)
            one.object = one.object_ex
            found = one.object
            del found

    expect("failures", at_once(work), [], source=MEMBERS)
    one.object = one.object_ex = None
    collect()
    expect_released("objects", watch, sorted(names), source=RELEASED)


@scenario
def deleted_and_set(ext):
    """A member is deleted in one thread and set in others: it is there, or AttributeError is raised."""
    one = ext.Shared()
    counts = [0] * THREADS

    def work(number):
        for index in range(ROUNDS):
            try:
                if number % 2:
                    one.object_ex = [number, index]
                    counts[number] += one.object_ex[0] >= 0
                else:
                    del one.object_ex
            except AttributeError:
                counts[number] += 1

    expect("failures", at_once(work), [], source=MEMBERS)
    record("each went on", all(count <= ROUNDS for count in counts))


@scenario
def of_objects_that_end(ext):
    """Objects with members are made and end in several threads; one of each stays as it was set."""
    kept = [None] * THREADS

    def work(number):
        for index in range(ROUNDS):
            one = ext.Shared()
            one.small, one.object_ex = number, [one]
            kept[number] = one

    expect("failures", at_once(work), [], source=MEMBERS)
    expect("numbers", [one.small for one in kept], list(range(THREADS)), source=MEMBERS)
    for one in kept:
        del one.object_ex
