import Model
import TestBuilders
import Testing

@testable import History
@testable import Storing

@Suite("Whether a scenario's own text changed")
struct ScenarioChangesTests {
  private static let files = ["s/c/scenarios.py": "1", "s/c/hpy.c": "1", "s/c/more/x.py": "1", "s/ledger.toml": "1"]
  private static let parts = [("one", "a"), ("two", "b")]

  private static func texts(
    _ files: [String: String] = [:], _ parts: [(String, String)] = parts
  ) -> ScenarioChanges.Texts {
    (
      Self.files.merging(files) { $1 }.filter { !$0.value.isEmpty },
      parts.reduce(into: [:]) { $0[.sample($1.0)] = ScenarioPart(line: 1, content: ContentKey(of: $1.1)) }
    )
  }

  private static func differs(_ name: String, _ before: ScenarioChanges.Texts, _ after: ScenarioChanges.Texts) -> Bool {
    ScenarioChanges(before: before, after: after).differs(.sample(name))
  }

  @Test("another scenario's function says nothing; one's own does")
  func parts() {
    let after = Self.texts(["s/c/scenarios.py": "2"], [("one", "a"), ("two", "other")])
    #expect(!Self.differs("one", Self.texts(), after))
    #expect(Self.differs("two", Self.texts(), after))
  }

  @Test(
    "C and files that come and go decide for all scenarios of a case; other cases and ledgers don't",
    arguments: [
      (["s/c/hpy.c": "2"], true), (["s/c/case.toml": "1"], true), (["s/c/hpy.c": ""], true),
      (["s/c/more/x.py": "2"], true), (["s/ledger.toml": "2"], false), (["s/d/hpy.c": "2"], false), ([:], false),
    ])
  func files(_ changed: [String: String], _ differs: Bool) {
    #expect(Self.differs("one", Self.texts(), Self.texts(changed)) == differs)
  }

  @Test("where a file's parts are not known, the file decides")
  func unreadable() {
    #expect(Self.differs("*", Self.texts(), Self.texts(["s/c/scenarios.py": "2"])))
    #expect(!Self.differs("*", Self.texts(), Self.texts()))
    #expect(Self.differs("three", Self.texts(), Self.texts(["s/c/scenarios.py": "2"], [("three", "c")])))
  }

  @Test("of a run whose files are not known nothing is said")
  func unknown() {
    #expect(!Self.differs("one", ([:], [:]), Self.texts()))
    #expect(!ScenarioChanges(before: ([:], [:]), after: Self.texts()).hadCase(of: .sample()))
    #expect(ScenarioChanges(before: Self.texts(), after: Self.texts()).hadCase(of: .sample()))
  }
}
