from hpy_conform import collect, events, expect, record, scenario

DESTROY = "HPy porting guide, 'Deallocator slot Py_tp_dealloc'; Python/C API, 'Type Objects', tp_dealloc"
INHERITED = "Python/C API, 'Type Objects', tp_dealloc (inherited by subtypes), which becomes HPy_tp_destroy"


@scenario
def base_and_subclass_destroy_each_their_own(ext):
    """Where both have a resource, an instance of the subclass releases both, its own first; one of the base one."""
    ext.BothSub()
    collect()
    expect("subclass's", events(ext, "sub"), [1], source=DESTROY)
    record("which ran", [name for name, _ in events(ext)])
    ext.BothBase()
    collect()
    expect("subclass's after an instance of the base", events(ext, "sub"), [1], source=DESTROY)
    expect("base's last", events(ext, "base")[-1:], [2], source=DESTROY)


@scenario
def the_same_where_tp_new_fills_the_struct(ext):
    """It makes no difference to destroy whether HPy_tp_new or HPy_tp_init filled the struct."""
    ext.MadeSub()
    collect()
    expect("subclass's", events(ext, "sub"), [1], source=DESTROY)
    record("which ran", [name for name, _ in events(ext)])
    ext.MadeBase()
    collect()
    expect("subclass's after an instance of the base", events(ext, "sub"), [1], source=DESTROY)
    expect("base's last", events(ext, "base")[-1:], [2], source=DESTROY)


@scenario
def subclass_without_destroy_inherits_it(ext):
    """A C subclass that adds fields and no destroy is destroyed by its base, once, with the base's part whole."""
    ext.LowerSub()
    ext.LowerBase()
    ext.LowerSub()
    collect()
    expect("destroyed", events(ext, "base"), [1, 2, 3], any_order=True, source=INHERITED)


@scenario
def subclass_of_a_base_without_destroy_has_its_own(ext):
    """Only instances of the subclass that defines it run destroy."""
    ext.UpperBase()
    ext.UpperSub()
    ext.UpperBase()
    collect()
    expect("destroyed", events(ext), [("sub", 2)], source=DESTROY)


@scenario
def python_subclass_where_both_destroy(ext):
    """A class made in Python, with or without a dictionary, releases what the C base and subclass hold."""

    class Open(ext.BothSub):
        pass

    class Slotted(ext.BothSub):
        __slots__ = ()

    Open()
    Slotted()
    collect()
    expect("subclass's", events(ext, "sub"), [1, 2], any_order=True, source=INHERITED)
    record("base's", sorted(events(ext, "base")))


@scenario
def python_subclass_where_the_base_destroys(ext):
    """A class made in Python inherits the destroy that its C base inherited."""

    class Open(ext.LowerSub):
        pass

    class Slotted(ext.LowerSub):
        __slots__ = ()

    Open()
    Slotted()
    collect()
    expect("destroyed", events(ext, "base"), [1, 2], any_order=True, source=INHERITED)


@scenario
def python_subclass_where_the_c_subclass_destroys(ext):
    """A class made in Python inherits destroy from its C base; one of the base's base runs none."""

    class Open(ext.UpperSub):
        pass

    class Plain(ext.UpperBase):
        pass

    Plain()
    Open()
    collect()
    expect("destroyed", events(ext), [("sub", 2)], source=INHERITED)
