import Testing

@testable import Judging

@Suite("Whether a scenario's own text changed")
struct ScenarioTextTests {
  private static let text = """
    from hpy_conform import *

    KINDS = (
        "int",
    )


    def shared(ext):
        return ext.value()


    @scenario
    def one(ext):
        \"\"\"A rule.\"\"\"
        record("x", shared(ext))


    # About two.
    @scenario
    def two(ext):
        record("y", 1)
    """

  private static func differs(_ scenario: String, _ old: String, _ new: String) -> Bool {
    ScenarioText.differs(
      scenario, before: ["s/c/scenarios.py": text, "s/c/hpy.c": "int x;"],
      after: ["s/c/scenarios.py": text.replacing(old, with: new), "s/c/hpy.c": "int x;"])
  }

  @Test(
    "another scenario's function says nothing; one's own, and what is shared, do",
    arguments: [
      ("one", "record(\"y\", 1)", "record(\"y\", 2)", false), ("two", "record(\"y\", 1)", "record(\"y\", 2)", true),
      ("two", "record(\"x\"", "record(\"z\"", false), ("one", "record(\"x\"", "record(\"z\"", true),
      ("one", "ext.value()", "ext.other()", true), ("two", "ext.value()", "ext.other()", true),
      ("two", "\"int\"", "\"float\"", true), ("one", "def two", "def three", false),
      ("one", "@scenario\ndef one", "@scenario\n\ndef one", false),
    ])
  func parts(scenario: String, old: String, new: String, expected: Bool) {
    #expect(Self.differs(scenario, old, new) == expected)
  }

  @Test("C and files that come and go decide for all scenarios of a case")
  func files() {
    let files = ["s/c/scenarios.py": Self.text, "s/c/hpy.c": "int x;"]
    #expect(!ScenarioText.differs("one", before: files, after: files))
    #expect(ScenarioText.differs("one", before: files, after: files.merging(["s/c/hpy.c": "int y;"]) { $1 }))
    #expect(ScenarioText.differs("one", before: files, after: files.merging(["s/c/case.toml": ""]) { $1 }))
  }

  @Test("where a scenario begins")
  func line() {
    #expect(ScenarioText.line(of: "one", in: Self.text) == 13)
    #expect(ScenarioText.line(of: "on", in: Self.text) == nil)
  }
}
