import Foundation
import Model
import TestBuilders
import Testing

@testable import Planning

@Suite("Ledgers of the former form, written as causes")
struct LedgerConversionTests {
  /// What decides verdicts, and what is told with them.
  private struct Said: Hashable {
    var entry: LedgerEntry

    init(_ entry: LedgerEntry) {
      self.entry = entry
      (self.entry.origin, self.entry.cause) = ("", "")
    }
  }

  private static func entry(
    _ scenario: String, _ observed: String..., link: String, reason: String = "r", lanes: [Lane] = [.universal],
    label: String? = nil, flickers: Bool = false, version: String = ">=3.11", debug: Bool? = nil
  ) -> LedgerEntry {
    LedgerEntry(
      scenario: ScenarioID(suite: "s", testCase: "c", name: scenario), label: label,
      facet: label == nil ? .outcome : .value, observed: observed, flickers: flickers, lanes: lanes,
      runtimes: [
        .init(implementation: "cpython", version: VersionRange(version)!, hpy: VersionRange(">=0.9"), debug: debug)
      ], cause: FormerLedger.causeName(of: link), reason: reason, link: link)
  }

  /// The entries that the converted files have.
  private static func again(_ conversion: LedgerConversion) throws -> [LedgerEntry] {
    try Ledger(stored: conversion.files).entries
  }

  @Test("the entries are the same, whatever they say: quotation marks, several values, lanes, versions, debug builds")
  func same() throws {
    let former = [
      Self.entry("a", "1", "2", link: "findings/one.md", reason: "says \"no\" \\ and\tgoes on", label: "x\n"),
      Self.entry("b", "1", "2", link: "findings/one.md", reason: "other words", label: "x\n"),
      Self.entry("c", "\u{1}é", link: "findings/one.md", lanes: [.cpython], flickers: true),
      Self.entry("d", "timed out", link: "https://github.com/pypy/pypy/issues/3848", debug: false),
      Self.entry("e", "timed out", link: "findings/one.md", version: ">=3.13,<3.14"),
    ]
    let conversion = LedgerConversion([("s", former)])
    #expect(Set(try Self.again(conversion).map(Said.init)) == Set(former.map(Said.init)))
    #expect(try Self.again(conversion).count == former.count)
    let causes = try Ledger(stored: conversion.files).causes
    #expect(causes.map(\.name) == ["one", "pypy-issues-3848"])
    #expect(causes.map(\.upstream) == [.notReported, .reported("https://github.com/pypy/pypy/issues/3848")])
  }

  @Test("scenarios that answer the same become one place; what most entries say stands at the cause, once")
  func shared() throws {
    let former =
      ["a", "b", "c"].map { Self.entry($0, "1", link: "findings/one.md", reason: "most", label: "x") }
      + [Self.entry("d", "2", link: "findings/one.md", reason: "few", lanes: [.cpython], label: "x")]
    let conversion = LedgerConversion([("s", former)])
    #expect(conversion.counts == (4, 1, 2))
    let text = try #require(conversion.files["s/ledger.toml"])
    #expect(text.hasPrefix("[[cause]]\nuse = \"one\"\n\n[[cause.place]]\nscenario = [\"c/a\", \"c/b\", \"c/c\"]\n"))
    #expect(text.components(separatedBy: "lanes = ").count == 2)
    #expect(text.hasSuffix("note = \"few\"\n"))
  }

  @Test("where several cover a divergence, the first stays the first, though its cause comes later")
  func order() throws {
    let former = [
      Self.entry("a", "crashed SIGSEGV", link: "findings/one.md"),
      Self.entry("b", "crashed SIGSEGV", link: "findings/two.md"),
      Self.entry("b", "crashed SIGSEGV", "crashed SIGABRT", link: "findings/one.md"),
      Self.entry("b", "crashed SIGABRT", link: "findings/two.md"),
      Self.entry("c", "crashed SIGSEGV", link: "findings/one.md"),
    ]
    let again = try Self.again(LedgerConversion([("s", former)]))
    #expect(Set(again.map(Said.init)) == Set(former.map(Said.init)))
    let b = again.filter { $0.scenario.name == "b" }
    #expect(b.map(Said.init) == former[1...3].map(Said.init))
  }

  @Test("causes that are there already are asked for, and nothing is written where nothing has the former form")
  func known() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "suites-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(at: folder.appending(path: "s"), withIntermediateDirectories: true)
    func write(_ path: String, _ text: String) throws {
      try Data(text.utf8).write(to: folder.appending(path: path))
    }
    try write("causes.toml", LedgerTests.common.replacing("crash.md", with: "struct.md"))
    try write("s/ledger.toml", LedgerTests.former)
    let conversion = try LedgerConversion(suites: folder, names: ["s"])
    #expect(Set(conversion.files.keys) == ["s/ledger.toml"])
    #expect(conversion.files["s/ledger.toml"]?.hasPrefix("[[cause]]\nuse = \"crash\"\n") == true)
    try write("s/ledger.toml", try #require(conversion.files["s/ledger.toml"]))
    let ledger = try Ledger(suites: folder, names: ["s"])
    #expect(ledger.entries.map(\.reason) == Array(repeating: "destroy sees the wrong struct", count: 2))
    #expect(try LedgerConversion(suites: folder, names: ["s"]).files.isEmpty)
  }
}
