import Planning
import Testing

@Suite("Where a scenario records a label")
struct ScenarioTextTests {
  private static let text = ScenarioText(
    """
    from hpy_conform import *

    DOC = "a document"


    def refused(label, call):
        expect(label + " refused", attempt(call), raised(TypeError), source=DOC)


    @scenario
    def other(ext):
        record("plain", 1)


    @scenario
    def one(ext):
        \"\"\"A rule about expect("plain", 0).\"\"\"
        # record("plain", 0)
        ext.call('record("plain"')
        record("plain", 2)
        expect(
            # the label is below
            "below", 3, 3, source=DOC)
        for name in "ab":
            record(f"{name} in {name!r} of {{x}}", name)
            record("%s times" % name, name)
            record("number {:>3}".format(name), name)
            record(name + " added", name)
            ext.record("plain", 5)
        refused("the call", ext.call)
        record("left" if ext.flag() else "right", 1)
        expect_released("items", watch, [], source=DOC)
        record("in " "parts", 1); record('it\\'s', 2)
    # a comment at the margin
        record(name, 3)


    class Behind:
        record = 1
    """)

  @Test(
    "the call with the label, or the nearest that can have it",
    arguments: [
      ("plain", 20, "record(\"plain\", 2)"), ("below", 21, "expect("), ("a in 'a' of {x}", 25, nil),
      ("b times", 26, nil), ("number   a", 27, nil), ("b added", 28, nil), ("the call refused", 30, nil),
      ("left", 31, nil), ("right", 31, nil), ("items: finalized", 32, nil), ("items: weak references cleared", 32, nil),
      ("in parts", 33, nil), ("it's", 33, nil), ("anything else", 31, nil),
    ] as [(String, Int, String?)])
  func label(_ label: String, number: Int, text: String?) {
    let line = Self.text.line(of: label, in: "one")
    #expect(line?.number == number)
    if let text { #expect(line?.text == text) }
  }

  @Test("each scenario has its own, a scenario without such a call its first line, and none that is not there")
  func scenarios() {
    #expect(Self.text.line(of: "plain", in: "other")?.number == 12)
    #expect(Self.text.line(of: "debug mode: leaked handles", in: "other")?.text == "def other(ext):")
    #expect(Self.text.function("one")?.number == 16)
    #expect(Self.text.line(of: "plain", in: "none") == nil)
    #expect(ScenarioText("").line(of: "x", in: "one") == nil)
    #expect(Self.text.line(1)?.text == "from hpy_conform import *")
    #expect(Self.text.line(0) == nil && Self.text.line(1000) == nil)
  }

  @Test("a text that is cut off anywhere is no trouble")
  func cut() {
    let whole = "def one(ext):\n  expect('''a\n''' + f\"{b}\" % (1, [2]), {3: \"x\\\"\"}) # c\n  record('d"
    for count in 0...whole.count {
      let text = ScenarioText(String(whole.prefix(count)))
      for label in ["a\n1", "d", ""] { _ = text.line(of: label, in: "one") }
    }
    #expect(ScenarioText(whole).line(of: "d", in: "one")?.number == 4)
  }
}
