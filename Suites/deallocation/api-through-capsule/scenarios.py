from hpy_conform import (
    attempt, clear_events, collect, events, expect, expect_at_exit, import_again, one_of, raised, record, scenario)

POINTER = "Python/C API, 'Capsules', PyCapsule_GetPointer (an exception where the name differs)"
DESTROY = (
    "HPy porting guide, 'Deallocator slot HPy_tp_destroy' (native resources are released in it); Python/C API, "
    "'Type Objects', tp_dealloc")
STAYS = (
    "Python/C API, 'Initialization, Finalization, and Threads', Py_FinalizeEx (loaded extension modules are not "
    "unloaded)")


def check(ext, provider):
    """Boxes with buffers of a provider: each buffer is released once, behind the last box that shares it."""
    clear_events(ext)
    one, two, three = (ext.Box(provider.table) for _ in range(3))
    numbers = [one.number, two.number, three.number]
    expect("made", events(ext, "make"), numbers, source=DESTROY)
    two.share(one)
    expect("shared", two.number, numbers[0], source=DESTROY)
    expect("replaced", events(ext, "release"), [numbers[1]], source=DESTROY)
    del one, three
    collect()
    expect("still shared", events(ext, "release")[1:], [numbers[2]], source=DESTROY)
    del two
    collect()
    expect("released", events(ext, "release"), [numbers[1], numbers[2], numbers[0]], source=DESTROY)


@scenario
def of_the_same_abi(ext):
    """Provider and consumer are built alike."""
    import provider

    check(ext, provider)


@scenario
def of_the_raw_c_api(ext):
    """The provider is written against the raw C API, as NumPy is."""
    import provider_of_capi

    check(ext, provider_of_capi)


@scenario
def of_hpy(ext):
    """The provider is an extension in HPy's universal ABI."""
    import provider_of_hpy

    check(ext, provider_of_hpy)


@scenario
def of_providers_of_both_apis(ext):
    """Boxes share buffers of providers of the raw C API and of HPy."""
    import provider_of_capi
    import provider_of_hpy

    clear_events(ext)
    one, two = ext.Box(provider_of_hpy.table), ext.Box(provider_of_capi.table)
    numbers = [one.number, two.number]
    two.share(one)
    expect("replaced", events(ext, "release"), numbers[1:], source=DESTROY)
    del one
    collect()
    expect("kept", two.number, numbers[0], source=DESTROY)
    del two
    collect()
    expect("released", events(ext, "release"), [numbers[1], numbers[0]], source=DESTROY)


@scenario
def of_two_providers(ext):
    """Boxes of both providers share buffers with each other."""
    import provider
    import provider_of_capi

    clear_events(ext)
    one, two = ext.Box(provider.table), ext.Box(provider_of_capi.table)
    numbers = [one.number, two.number]
    one.share(two)
    expect("replaced", events(ext, "release"), numbers[:1], source=DESTROY)
    del two
    collect()
    expect("kept", one.number, numbers[1], source=DESTROY)
    del one
    collect()
    expect("released", events(ext, "release"), numbers, source=DESTROY)


@scenario
def the_provider_goes_first(ext):
    """The provider's module object, its capsules and all that names them are gone before the box."""
    for name in ("provider", "provider_of_capi"):
        former = import_again(name)
        box = ext.Box(former.table)
        import_again(name)
        del former
        collect()
        clear_events(ext)
        number = box.number
        del box
        collect()
        expect(name, events(ext, "release"), [number], source=STAYS)


@scenario
def a_python_subclass_of_the_consumer(ext):
    """The end of a subclass's instance releases the buffer once."""
    import provider

    class Sub(ext.Box):
        def __del__(self):
            ended.append(self.number)

    ended = []
    clear_events(ext)
    one = Sub(provider.table)
    one.itself = one
    number = one.number
    del one
    collect()
    expect("ended", ended, [number], source="Python reference, 'Data model', object.__del__")
    expect("released", events(ext, "release"), [number], source=DESTROY)


@scenario
def another_version(ext):
    """A consumer that finds another version of the table says so, and leaves nothing behind."""
    import provider
    import provider_of_capi

    clear_events(ext)
    for name, one in (("provider", provider), ("provider_of_capi", provider_of_capi)):
        expect(name, attempt(ext.Box, one.next_table), raised(RuntimeError), source=POINTER)
    collect()
    expect("events", events(ext), [], source=DESTROY)


@scenario
def a_capsule_of_another_name(ext):
    """A capsule that is no table is refused by its name, and so is what is no capsule."""
    expect("another name", attempt(ext.Box, ext.capsule()), raised(ValueError), source=POINTER)
    expect("no capsule", attempt(ext.Box, 1), raised(ValueError), source=POINTER)


@scenario(real_exit=True)
def alive_at_the_exit(ext):
    """A box is alive when the interpreter ends: its buffer is released once at most, though the provider may be gone."""
    import provider

    ext.kept = ext.Box(provider.table)
    record("kept", ext.kept.number)
    expect_at_exit("released", "release", one_of([], [1]), source=DESTROY)
