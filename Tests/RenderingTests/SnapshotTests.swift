import Documents
import Foundation
@preconcurrency import Rainbow
import Rendering
import Testing

/// What each renderer makes of small documents, as it is stored beside this file: a change of a text is read in review.
///
/// Rainbow's switch is one for the process, so these tests take turns.
@Suite("Snapshots of every form of every document", .serialized)
struct SnapshotTests {
  private typealias Snapshot = (name: String, text: @Sendable () throws -> String)

  private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Snapshots")
  private static let isRecording = ProcessInfo.processInfo.environment["HPY_CONFORM_RECORD"] == "1"

  private static let all: [Snapshot] =
    snapshots("report", ReportDocument.samples, "terminal", TerminalRenderer())
    + snapshots("report", ReportDocument.samples, "markdown", MarkdownRenderer())
    + snapshots("report", ReportDocument.samples, "json", JSONRenderer())
    + snapshots("report", ReportDocument.samples, "junit", JUnitRenderer())
    + snapshots("report", ReportDocument.samples, "html", PageRenderer())
    + snapshots("comparison", ComparisonDocument.samples, "terminal", TerminalRenderer(TerminalLayout(width: 90)))
    + snapshots("comparison", ComparisonDocument.samples, "markdown", MarkdownRenderer())
    + snapshots("comparison", ComparisonDocument.samples, "json", JSONRenderer())
    + snapshots("bisection", BisectionDocument.samples, "terminal", TerminalRenderer())
    + snapshots("bisection", BisectionDocument.samples, "json", JSONRenderer())
    + snapshots("portability", PortabilityDocument.samples, "terminal", TerminalRenderer())
    + snapshots("portability", PortabilityDocument.samples, "markdown", MarkdownRenderer())
    + snapshots("portability", PortabilityDocument.samples, "json", JSONRenderer())
    + snapshots("summary", SummaryDocument.samples, "terminal", TerminalRenderer())
    + snapshots("summary", [SummaryDocument.samples[0]], "why", TerminalRenderer(TerminalLayout(showsReasons: true)))
    + snapshots("summary", [SummaryDocument.samples[0]], "colours", TerminalRenderer())
    + snapshots("cell", CellDocument.samples, "terminal", TerminalRenderer())
    + snapshots("new-findings", NewFindingsDocument.samples, "terminal", TerminalRenderer())
    + snapshots("runs", RunListDocument.samples, "terminal", TerminalRenderer())
    + snapshots("retention", RetentionDocument.samples, "terminal", TerminalRenderer())
    + snapshots("timings", TimingsDocument.samples, "terminal", TerminalRenderer())
    + snapshots("plan", PlanDocument.samples, "terminal", TerminalRenderer())
    + snapshots("cases", CaseListDocument.samples, "terminal", TerminalRenderer())
    + snapshots("causes", CausesDocument.samples, "terminal", TerminalRenderer())
    + snapshots("causes", CausesDocument.samples, "json", JSONRenderer())
    + snapshots(
      "runtimes", RuntimeDocument.samples, "terminal", TerminalRenderer(TerminalLayout(width: 80, base: "/project")))
    + snapshots("runtimes", RuntimeDocument.samples, "details", TerminalRenderer(TerminalLayout(showsAll: true)))
    + snapshots("runtimes", RuntimeDocument.samples, "json", JSONRenderer(encodesSnakeCase: true))
    + snapshots("selftest", SelfTestDocument.samples, "terminal", TerminalRenderer())
    + snapshots("selftest", SelfTestDocument.samples, "verbose", TerminalRenderer(TerminalLayout(showsAll: true)))
    + snapshots("report", [ReportDocument.samples[1]], "colours", TerminalRenderer())
    + snapshots("comparison", [ComparisonDocument.samples[0]], "colours", TerminalRenderer())
    + snapshots("cell", [CellDocument.samples[0]], "colours", TerminalRenderer())

  private static func snapshots<R: Renderer>(
    _ kind: String, _ samples: [(name: String, document: R.Document)], _ form: String, _ renderer: R
  ) -> [Snapshot] where R.Document: Sendable {
    samples.map { name, document in ("\(kind)-\(name).\(form)", { try renderer.text(of: document) }) }
  }

  @Test("what is made of a document is what is stored", arguments: all.map(\.name))
  func stored(_ name: String) throws {
    Rainbow.outputTarget = .console
    Rainbow.enabled = name.hasSuffix(".colours")
    defer { Rainbow.enabled = false }
    // Colours can be read, and style, script and their hashes are no part of what a document says.
    let text = try #require(Self.all.first { $0.name == name }).text()
      .replacing(Rainbow.enabled ? "\u{1B}" : "no colour", with: "␛")
      .replacing(#/<style>(?s:.*?)</style>/#, with: "<style></style>")
      .replacing(#/<script>(?s:.*?)</script>\n</body>/#, with: "<script></script>\n</body>")
      .replacing(#/sha256-[A-Za-z0-9+/=]+/#, with: "sha256-…")
    #expect(text.hasSuffix("\n") && !text.hasSuffix("\n\n"), "one line end at the end")
    // Nothing that a terminal, a browser or a diff would obey.
    #expect(!text.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" && $0 != "\t" }, "control characters")
    let file = Self.folder.appending(path: "\(name).txt")
    if Self.isRecording { return try Data(text.utf8).write(to: file) }
    #expect(
      text == (try? String(contentsOf: file, encoding: .utf8)),
      """
      If the change is meant, `make snapshots` (HPY_CONFORM_RECORD=1 swift test --filter RenderingTests) records it: \
      read the diff in review.
      """)
  }

  @Test("no snapshot is left of what is made no more")
  func leftovers() throws {
    let names = Set(Self.all.map { "\($0.name).txt" })
    for file in try FileManager.default.contentsOfDirectory(atPath: Self.folder.path) where !names.contains(file) {
      if Self.isRecording {
        try FileManager.default.removeItem(at: Self.folder.appending(path: file))
      } else {
        Issue.record("\(file) is stored, but no document makes it: `make snapshots` removes it")
      }
    }
  }

  @Test("a document that was written as JSON is the same when it is read again")
  func readAgain() throws {
    func again<Document: Codable & Equatable>(_ samples: [(String, Document)]) throws {
      for (name, document) in samples {
        let text = try JSONRenderer().text(of: document)
        #expect(try JSONDecoder().decode(Document.self, from: Data(text.utf8)) == document, "\(name)")
      }
    }
    try again(ReportDocument.samples)
    try again(ComparisonDocument.samples)
    try again(BisectionDocument.samples)
    try again(PortabilityDocument.samples)
    try again(SummaryDocument.samples)
    try again(CellDocument.samples)
    try again(NewFindingsDocument.samples)
    try again(RunListDocument.samples)
  }
}
