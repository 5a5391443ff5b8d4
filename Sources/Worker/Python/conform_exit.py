"""The end of a cell whose interpreter ended by itself (`@scenario(real_exit=True)`).

Such a cell writes a mark before the exit, which says what is to be observed behind it. Who has waited for the process
completes its result: with these observations, made of the events that C has recorded by then, and with the end mark. What
crashed or hung meanwhile has not recorded all that it would: there, the attachment has the events, and nothing is observed.
"""

import conform_events
import conform_json
import hpy_conform

WHILE_ENDING = "the scenario had completed: this was while the interpreter ended"


def completed(result, secret, head, events):
    """The result with its end mark, and whether there was a mark of an exit.

    head: of the answer, which says how the process ended.   events: descriptor of the file of events.
    """
    opening = ("\n%s " % secret).encode("ascii")
    start = result.rfind(opening + b'{"exiting"')
    if start < 0:
        return result, False
    line, _, rest = result[start + len(opening):].partition(b"\n")
    recorded, excess = conform_events.recorded(events), conform_events.excess(events)
    try:
        ending = conform_json.loads(line)["exiting"]
        said = [hpy_conform.observed_at_exit(one, recorded, excess) for one in ending.pop("asked")]
        has_ended = not (head["status"] or head["timed_out"] or head["exceeded"])
        said = said if has_ended else []
        ending["observations"] += len(said)
    except Exception:  # the cell wrote something else there; a result without an end mark says so
        return result, False
    later = sum(one.startswith(opening[1:] + b'{"') for one in rest.split(b"\n"))
    ending["observations"] += later
    if not has_ended:
        ending["message"] = WHILE_ENDING
    lines = said + [{"end": ending}]
    data = b"".join(opening + conform_json.dumps(one).encode("ascii") for one in lines)
    return result[:start] + b"\n" + rest + data + b"\n", True
