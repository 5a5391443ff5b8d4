"""The scenarios of `hpy-conform explore`: a cell is an order, and its observations are what was found.

The scenario file says `__scenario__ = scenarios({kind of types: [path, loader, mode], ...})`, so that a fork server loads
the binaries once. An order is JSON:

{"makes": kinds of types, none for all, "hierarchies": [...], "wants": ..., "kinds": [text, ...], "lives": true or false}

wants "kinds"   each kind of disagreement that there is: how many hierarchies show it, which is the smallest one
      "which"   for the first of the kinds, the number of the first hierarchy that shows it
      "told"    for each of the kinds, what the first hierarchy does

The number of each hierarchy is printed before it is tried: the last one that was is the one that crashed.
"""

import gc
import os
import sys

import conform_cell
import conform_json
from conform_explore import Explorer
from hpy_conform import record, scenario


def scenarios(binaries):
    """What makes scenarios from orders, with these binaries."""
    extensions = {kind: _loaded(*binary) for kind, binary in binaries.items()}

    def make(name):
        order = conform_json.loads(name.encode())
        wanted = {kind: ext for kind, ext in extensions.items() if not order["makes"] or kind in order["makes"]}

        @scenario
        def explore(ext):
            _WAYS[order["wants"]](Explorer(wanted, order["lives"]), order)

        return explore

    return make


def _loaded(path, loader, mode):
    return conform_cell.load_extension({"module": "ext", "binary": path, "loader": loader, "mode": mode})


# Objects live and end in one of so many hierarchies: a tracing collector takes long.
_LIVES_OF = 1 if sys.implementation.name == "cpython" else 20
_freeze = getattr(gc, "freeze", lambda: None)


def _each(explorer, hierarchies, kind=None):
    for number, hierarchy in enumerate(hierarchies):
        os.write(1, b"%d\n" % number)
        _freeze()  # collections go through what this one leaves, and not through the static types of all before
        yield number, hierarchy, explorer.explore(hierarchy, kind, number % _LIVES_OF == 0)


def _kinds(explorer, order):
    counts, smallest, digests = {}, {}, []
    for number, hierarchy, (found, digest) in _each(explorer, order["hierarchies"]):
        digests.append("%08x" % digest)
        size = sum(1 + len(one["slots"]) for one in hierarchy["types"])
        for kind in found:
            counts[kind] = counts.get(kind, 0) + 1
            if kind not in smallest or size < smallest[kind][0]:
                smallest[kind] = (size, number)
    record("digests", " ".join(digests))
    for kind, count in counts.items():
        record(kind, (count, smallest[kind][1]))


def _which(explorer, order):
    """The first is enough: what comes behind it is larger."""
    kind = order["kinds"][0]
    record("which", next(
        (number for number, _, (found, _) in _each(explorer, order["hierarchies"], kind) if kind in found), None))


def _told(explorer, order):
    for _, hierarchy, (found, _) in _each(explorer, order["hierarchies"][:1]):
        kinds = order["kinds"] or sorted(found)
        record("shows", sum(kind in found for kind in kinds))
        for kind in kinds:
            if kind in found:
                for part, text in zip(("type", "operation", "left", "right"), explorer.told(hierarchy, found[kind])):
                    record("%s: %s" % (part, kind), text)


_WAYS = {"kinds": _kinds, "which": _which, "told": _told}
