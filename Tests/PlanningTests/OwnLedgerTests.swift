import Foundation
import Model
import Testing

@testable import Planning

@Suite("This project's own ledger")
struct OwnLedgerTests {
  private static let suites = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Suites")

  private static func ledger() throws -> Ledger {
    try Ledger(suites: suites, names: try SuiteFolder.folders(in: suites).map(\.lastPathComponent))
  }

  @Test("each cause is its write-up's alone, shows somewhere, and is one that other projects can ask for")
  func causes() throws {
    let ledger = try Self.ledger()
    // A cause gathers places; one for each place would be a list again.
    #expect(ledger.causes.count * 10 < ledger.entries.count)
    // A cause shows in a scenario, or in the hierarchies of `explore`.
    let kinds = try String(contentsOf: Self.suites.appending(path: "explored/kinds.toml"), encoding: .utf8)
    let shown = Set(ledger.entries.map(\.cause)).union(kinds.matches(of: #/cause = "([^"]+)"/#).map { String($0.1) })
    for cause in ledger.causes where !shown.contains(cause.name) {
      Issue.record("\(cause.origin): no suite has a place of \(cause.name)")
    }
    for cause in ledger.causes where !cause.link.hasPrefix("https://") {
      let writeUp = Self.suites.appending(path: cause.link).path
      #expect(FileManager.default.fileExists(atPath: writeUp), "\(cause.origin): \(cause.link)")
    }
    #expect(Set(Ledger.builtInCauses.map(\.name)) == Set(ledger.causes.map(\.name)))
  }
}
