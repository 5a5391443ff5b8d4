"""The scenario file of `hpy-conform explore`: a cell is an order, and its observations are what was found.

An order is JSON: {"binaries": {kind: [path, loader, mode]}, "hierarchies": [...], "wants": ..., "kinds": [text, ...],
                   "lives": whether objects' lives are looked at, too}

wants "kinds"   each kind of disagreement that there is: how many hierarchies show it, which is the smallest one
      "which"   for the first of the kinds, the numbers of the hierarchies that show it
      "told"    for each of the kinds, what the first hierarchy does

The number of each hierarchy is printed before it is tried: the last one that was is the one that crashed.
"""

import os

import conform_cell
import conform_json
from conform_explore import Explorer
from hpy_conform import record, scenario


def __scenario__(name):
    """The scenario that carries an order out."""
    order = conform_json.loads(name)

    @scenario
    def explore(ext):
        explorer = Explorer({kind: _loaded(*binary) for kind, binary in order["binaries"].items()}, order["lives"])
        _WAYS[order["wants"]](explorer, order)

    return explore


def _loaded(path, loader, mode):
    return conform_cell.load_extension({"module": "ext", "binary": path, "loader": loader, "mode": mode})


def _each(explorer, hierarchies):
    for number, hierarchy in enumerate(hierarchies):
        os.write(1, b"%d\n" % number)
        yield number, hierarchy, explorer.explore(hierarchy)


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
    kind = order["kinds"][0]
    record("which", tuple([number for number, _, (found, _) in _each(explorer, order["hierarchies"]) if kind in found]))


def _told(explorer, order):
    for _, hierarchy, (found, _) in _each(explorer, order["hierarchies"][:1]):
        kinds = order["kinds"] or sorted(found)
        record("shows", sum(kind in found for kind in kinds))
        for kind in kinds:
            if kind in found:
                for part, text in zip(("type", "operation", "left", "right"), explorer.told(hierarchy, found[kind])):
                    record("%s: %s" % (part, kind), text)


_WAYS = {"kinds": _kinds, "which": _which, "told": _told}
