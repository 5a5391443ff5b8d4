import Documents
import Foundation
import Model
import Planning
import Storing
import Testing

@Suite("Causes: what the ledger says once, for the suites of any project", .serialized)
struct CausesTests {
  private static let diverging = [
    "s/one/capi.c": Sources.capi(["answer": "    return PyLong_FromLong(CONFORM_STATIC_TYPES ? 2 : 1);"]),
    "s/one/scenarios.py": Sources.scenarios([("answers", "record('answer', ext.answer())")]),
  ]

  private static let former = """
    [[divergence]]
    scenario = "one/answers"
    label = "answer"
    facet = "value"
    observed = "2"
    lanes = ["capi-static"]
    runtimes = [{ implementation = "cpython", version = ">=3.11" }]
    reason = "the heap type says 2"
    link = "findings/answer.md"
    """

  private static func document(_ output: String) throws -> CausesDocument {
    try JSONDecoder().decode(CausesDocument.self, from: Data(output.utf8))
  }

  @Test("the former form is refused with the command that converts it, which does; then it is known as before")
  func converting() async throws {
    let project = try Project(Self.diverging)
    try project.write("s/ledger.toml", Self.former)
    let refused = try await project.run("run")
    #expect(refused.exitCode == 64)
    #expect(refused.errors.contains("Suites/s/ledger.toml:1: `[[divergence]]` is the previous format of ledgers"))
    #expect(refused.errors.contains("`hpy-conform causes --convert`"), "\(refused.errors)")

    let converted = try await project.run("causes", "--convert")
    #expect(converted.exitCode == 0, "\(converted.errors)")
    #expect(converted.output.hasSuffix("1 entry of 1 cause at 1 place; comments were not kept\n"))
    let known = try await project.run("run")
    #expect(known.exitCode == 0, "\(known.output)\(known.errors)")
    #expect(try project.results()["answers@capi-static"]?.verdict == .known)

    let list = try await project.run("causes", "--format", "json")
    let causes = try Self.document(list.output).runtimes
    #expect(causes.map(\.implementation) == ["cpython"])
    #expect(causes[0].causes.map(\.name) == ["answer"])
    #expect(causes[0].causes[0].details == nil)
    let one = try Self.document(try await project.run("causes", "answer", "--format", "json").output)
    #expect(one.runtimes[0].causes[0].details?.map(\.scenario) == ["s/one/answers"])
    let unknown = try await project.run("causes", "anwser")
    #expect(unknown.exitCode == 64)
    #expect(unknown.errors.contains("no cause is named `anwser`; perhaps `answer`; "), "\(unknown.errors)")
    #expect(try await project.run("causes", "--convert").output.hasPrefix("no ledger has the previous format"))
  }

  @Test("a suite of another project asks for a cause of ours: it is stored with the run, and stands in the report")
  func asking() async throws {
    let project = try Project(Self.diverging)
    let ours = try #require(Ledger.builtInCauses.first { $0.name == "hpy-type-flag-inline-values" })
    try project.write(
      "s/ledger.toml",
      """
      [[cause]]
      use = "\(ours.name)"
      [[cause.place]]
      scenario = "one/answers"
      label = "answer"
      facet = "value"
      observed = "2"
      lanes = ["capi-static"]
      runtimes = [{ implementation = "cpython" }]
      """)
    let run = try await project.run("run")
    #expect(run.exitCode == 0, "\(run.output)\(run.errors)")
    let (stored, store) = try project.latest()
    #expect(try Set(store.ledgers(of: stored).keys) == ["s/ledger.toml", LedgerFile.builtIn])
    #expect(try await project.run("judge", "latest", "--stored").exitCode == 0)
    let causes = try #require(try ReportDocument(stored, baseline: nil, in: store).causes)
    #expect(causes.map(\.runtime) == ["cpython-3.11"])
    let cause = try #require(causes[0].causes.first)
    #expect((cause.name, cause.reason, cause.cells) == (ours.name, ours.reason, 1))
    #expect(cause.upstream == "https://github.com/hpyproject/hpy/issues/493")
    #expect(cause.smallest == "s/one/answers@capi-static@cpython-3.11")
    #expect(cause.lines != nil)
  }
}
