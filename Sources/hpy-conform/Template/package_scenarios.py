import {{module}}

from hpy_conform import attempt, collect, expect, record, scenario


@scenario
def is_imported_under_its_name(ext):
    """The module that a scenario is given is the package, as `import` gives it."""
    expect("the same module", ext is {{module}}, True, source="hpy-conform, docs/packages.md")


@scenario
def public_names(ext):
    """What the package offers is the same on every runtime."""
    record("names", sorted(name for name in vars({{module}}) if not name.startswith("_")))


@scenario
def wrong_attribute(ext):
    """What is not there raises, and each call leaves nothing behind: write a call that fails in your package's C."""
    record("raises", attempt(lambda: {{module}}.no_such_name))
    collect()
