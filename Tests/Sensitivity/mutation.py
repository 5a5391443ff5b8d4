"""Single-point faults in C, found by tree-sitter: where one may be seeded, and the text with it."""
import collections
import difflib
import hashlib
import random
import re

Fault = collections.namedtuple("Fault", "id file line function operator start end original replacement")

OPERATORS = ("negated condition", "dropped call", "dropped reference", "dropped assignment", "wrong return",
             "off by one")
REFERENCE = re.compile(rb"^(_?Py_X?(INCREF|DECREF|NewRef)|Py_(CLEAR|SETREF)|_?HPy\w*_(Close|Free)"
                       rb"|(PyMem|PyObject)_Free|free|\w+_(close|free|Close|Free|decref|incref))$", re.I)
RELATION = {b"<": b"<=", b"<=": b"<", b">": b">=", b">=": b">"}


def parser():
    import tree_sitter
    import tree_sitter_c
    language = tree_sitter.Language(tree_sitter_c.language())
    try:
        return tree_sitter.Parser(language)
    except TypeError:  # tree-sitter 0.21 and before
        made = tree_sitter.Parser()
        made.set_language(language)
        return made


def function_name(node):
    declarator = node.child_by_field_name("declarator")
    while declarator is not None and declarator.type != "identifier":
        declarator = declarator.child_by_field_name("declarator")
    return declarator.text.decode() if declarator is not None else "?"


def unwrapped(node):
    """The expression in parentheses."""
    while node is not None and node.type == "parenthesized_expression" and node.named_child_count == 1:
        node = node.named_children[0]
    return node


def replacements(node, counting):
    """(operator, node to replace, new text) of one node; `counting`: inside an index, a size or a loop's head."""
    kind = node.type
    if kind in ("if_statement", "while_statement", "do_statement", "conditional_expression"):
        condition = unwrapped(node.child_by_field_name("condition"))
        if condition is not None and condition.type != "number_literal":
            yield "negated condition", condition, b"!(" + condition.text + b")"
    if kind == "binary_expression":
        operator = node.child_by_field_name("operator").type.encode()
        if operator in (b"&&", b"||"):
            for side in ("left", "right"):
                operand = unwrapped(node.child_by_field_name(side))
                yield "negated condition", operand, b"!(" + operand.text + b")"
        if operator in RELATION:
            yield "off by one", node.child_by_field_name("operator"), RELATION[operator]
    if kind == "expression_statement" and node.named_child_count:
        inner = unwrapped(node.named_children[0])
        if inner.type == "call_expression":
            called = inner.child_by_field_name("function").text
            yield ("dropped reference" if REFERENCE.match(called) else "dropped call"), node, b";"
        elif inner.type == "assignment_expression":
            yield "dropped assignment", node, b";"
        elif inner.type == "update_expression":
            yield "dropped assignment", node, b";"
    if kind == "return_statement" and node.named_child_count:
        value = unwrapped(node.named_children[0])
        text = value.text
        new = {b"0": b"-1", b"-1": b"0", b"1": b"0", b"true": b"false", b"false": b"true", b"NULL": None,
               b"HPy_NULL": None}.get(text, b"")
        if new:
            yield "wrong return", value, new
        elif new == b"":
            for other in (b"HPy_NULL", b"NULL", b"-1"):
                # What doesn't compile is passed over. The old value is worked out all the same.
                yield "wrong return", value, b"((void)(" + text + b"), " + other + b")"
            if value.type in ("binary_expression", "unary_expression"):
                yield "wrong return", value, b"!(" + text + b")"
    if kind == "number_literal" and counting:
        match = re.match(rb"^(\d+)([uUlL]*)$", node.text)
        if match and (match.group(1) == b"0" or not match.group(1).startswith(b"0")):
            yield "off by one", node, b"%d%s" % (int(match.group(1)) + 1, match.group(2))


def faults(text, file, version, parse=None):
    """All faults that may be seeded in the C `text`, in order of place."""
    tree = (parse or parser()).parse(text)
    found, seen = [], set()

    def walk(node, function, counting):
        if node.type == "function_definition":
            function = function_name(node)
        if node.type in ("subscript_expression", "for_statement", "argument_list", "init_declarator",
                         "binary_expression", "assignment_expression"):
            counting = True
        elif node.type in ("compound_statement", "return_statement"):
            counting = False
        if function is not None:
            for operator, target, new in replacements(node, counting):
                key = (target.start_byte, target.end_byte, operator, new)
                if key in seen:
                    continue
                seen.add(key)
                digest = hashlib.sha256(repr((version, file, operator, target.start_byte, target.text, new)).encode())
                found.append(Fault(digest.hexdigest()[:10], file, target.start_point[0] + 1, function, operator,
                                   target.start_byte, target.end_byte, target.text, new))
        for child in node.children:
            walk(child, function, counting)

    walk(tree.root_node, None, False)
    return sorted(found, key=lambda fault: (fault.start, fault.end, fault.operator, fault.replacement))


def seeded(text, fault):
    """The text with the fault; lines keep their numbers."""
    assert text[fault.start:fault.end] == fault.original
    lines = fault.original.count(b"\n") - fault.replacement.count(b"\n")
    return text[:fault.start] + fault.replacement + b"\n" * lines + text[fault.end:]


def diff(text, fault, context=3):
    before, after = (t.decode("utf-8", "replace").splitlines(True) for t in (text, seeded(text, fault)))
    return "".join(difflib.unified_diff(before, after, "a/" + fault.file, "b/" + fault.file, n=context))


def draws(groups, seed):
    """Faults without end or until none is left: first the group, then the operator, then the site, each evenly."""
    chance = random.Random("hpy-conform sensitivity %s" % seed)
    left = {}
    for group in sorted(groups):
        by_operator = collections.OrderedDict((o, [f for f in groups[group] if f.operator == o]) for o in OPERATORS)
        left[group] = {o: list(f) for o, f in by_operator.items() if f}
    left = {g: o for g, o in left.items() if o}
    while left:
        group = sorted(left)[int(chance.random() * len(left))]
        operators = [o for o in OPERATORS if o in left[group]]
        operator = operators[int(chance.random() * len(operators))]
        sites = left[group][operator]
        yield group, sites.pop(int(chance.random() * len(sites)))
        if not sites:
            del left[group][operator]
        if not left[group]:
            del left[group]
