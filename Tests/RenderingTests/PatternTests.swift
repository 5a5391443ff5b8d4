import Foundation
import Judging
import Model
import Rendering
import Testing

@testable import Documents

@Suite("A pattern in words, before any list")
struct PatternTests {
  private static let tried = ["capi-heap", "cpython", "universal", "universal+debug", "hybrid"]

  private static func pattern(
    _ observed: String, _ expected: String = "completed", label: String? = nil, facet: Facet = .outcome,
    lanes: [String] = ["universal", "universal+debug"], on runtimes: [String] = ["changed"],
    scenarios: [String] = ["s/c/first"], tried: [String] = tried, allRuntimes: [String] = ["cpython-3.11", "changed"],
    _ standing: FindingPattern.Standing = .new
  ) throws -> FindingPattern {
    let everywhere = Set(
      allRuntimes.flatMap { runtime in tried.map { FindingPattern.Place(lane: $0, runtime: runtime) } })
    let places = runtimes.flatMap { runtime in lanes.map { FindingPattern.Place(lane: $0, runtime: runtime) } }
    let facts = scenarios.map {
      FindingPattern.Fact(
        scenario: $0, places: places, label: label, facet: facet, observed: observed, expected: expected,
        standing: standing)
    }
    let found = FindingPatterns(
      runtimes: allRuntimes, tried: Dictionary(uniqueKeysWithValues: scenarios.map { ($0, everywhere) })
    ).patterns(of: facts)
    #expect(found.count == 1)
    return try #require(found.first)
  }

  @Test("one sentence says where, what, how much, and where to look first")
  func sentence() throws {
    let pattern = try Self.pattern(
      "crashed SIGSEGV", scenarios: ["s/c/a_member_is_replaced", "s/c/a_member_is_deleted_again"])
    #expect(
      pattern.sentence == "only changed, only universal lanes: crashes with SIGSEGV: 2 facts in 2 scenarios, smallest "
        + "a_member_is_replaced")
    #expect(
      try Self.pattern("crashed SIGSEGV").sentence
        == "only changed, only universal lanes: crashes with SIGSEGV: 1 fact in first")
  }

  @Test(
    "lanes are named by what they have in common among those that were tried",
    arguments: [
      (tried, "every lane"), (["cpython", "universal", "hybrid"], "all HPy lanes"),
      (["cpython", "universal", "universal+debug", "hybrid"], "all HPy lanes"),
      (["universal"], "only universal lanes"), (["universal", "hybrid"], "only universal and hybrid lanes"),
      (["universal+debug"], "only universal+debug"), (["cpython"], "only cpython"),
      (["capi-heap"], "only capi-heap"), (["capi-static", "capi-heap"], "only C API lanes"),
      (["capi-heap", "universal", "hybrid"], "every lane but cpython"),
      (["universal:cpython-3.11"], "only universal lanes"), (["abi-1.0"], "only abi-1.0"),
    ])
  func lanes(_ lanes: [String], _ words: String) throws {
    #expect(try Self.pattern("timed out", lanes: lanes).inLanes == words)
  }

  @Test("a lane or a runtime that was the only one tried is not said to be the only one that shows it")
  func onlyOneTried() throws {
    let pattern = try Self.pattern("timed out", lanes: ["universal"], tried: ["universal"], allRuntimes: ["changed"])
    #expect((pattern.onRuntimes, pattern.inLanes) == ("changed", "universal, the only lane tried"))
  }

  @Test(
    "runtimes are named, or counted where all show it",
    arguments: [
      (["a"], ["a"], "a"), (["a"], ["a", "b"], "only a"), (["a", "b"], ["a", "b"], "both a and b"),
      (["a", "b"], ["a", "b", "c"], "only a and b"), (["a", "b", "c"], ["a", "b", "c"], "all 3 runtimes"),
      (["a", "b", "c", "d"], ["a", "b", "c", "d", "e"], "only 4 of 5 runtimes (a, b, c, d)"),
    ])
  func runtimes(_ runtimes: [String], _ all: [String], _ words: String) throws {
    #expect(try Self.pattern("timed out", on: runtimes, allRuntimes: all).onRuntimes == words)
  }

  /// One fault of each kind, with the word that names it.
  private static func faults() throws -> [(word: String, pattern: FindingPattern)] {
    [
      ("crash", try pattern("crashed SIGSEGV")), ("hang", try pattern("timed out")),
      (
        "wrong exception",
        try pattern("raised SystemError", "raised TypeError", label: "write", facet: .exceptionType)
      ), ("wrong value", try pattern("4", "3", label: "count", facet: .value)),
      ("leak", try pattern("12", "0", label: "repeats: memory blocks", facet: .leak)),
    ]
  }

  @Test("the first three lines of a summary name runtime, lanes and kind of a fault")
  func firstLines() throws {
    for (word, pattern) in try Self.faults() {
      var document = SummaryDocument.samples[1].1
      document.patterns = [PatternInfo(pattern)]
      let lines = TerminalRenderer(TerminalLayout(width: 80)).text(of: document).split(separator: "\n").prefix(3)
      let text = lines.joined(separator: " ")
      for part in [word.uppercased(), "only changed", "only universal lanes"] {
        #expect(text.contains(part), "\(text)")
      }
    }
  }

  @Test("what is wrong is said in words, with the answers where they are short")
  func kinds() throws {
    #expect(
      try Self.faults().map(\.pattern.what) == [
        "crashes with SIGSEGV", "hangs", "SystemError instead of TypeError at “write”",
        "4 instead of 3 at “count”", "each call leaves memory blocks behind",
      ])
    let released = try Self.pattern("any order []", "any order [1]", label: "let go: finalized", facet: .value)
    #expect(released.what == "too little is released at “let go: finalized”")
    #expect(try Self.pattern("raised ValueError").what == "ends with ValueError")
    #expect(
      try Self.pattern("returned None", "raised AttributeError", label: "read", facet: .exceptionType).what
        == "returned None instead of AttributeError at “read”")
  }

  @Test("a summary with more patterns than there is room for, and seven suites, takes 20 lines", arguments: [60, 100])
  func room(_ width: Int) throws {
    for patterns in [0, 1, 2, 3, 5, 12, 100] {
      var document = SummaryDocument.many
      document.patterns = (0..<patterns).map { SummaryDocument.many.patterns[$0 % 12] }
      let text = TerminalRenderer(TerminalLayout(width: width)).text(of: document)
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
      #expect(lines.count <= 20, "\(text)")
      #expect(lines.contains { $0.contains("suite-7") })
      if patterns > 5 { #expect(text.contains(" more patterns")) }
      if patterns == 5 { #expect(!text.contains("more pattern")) }
    }
  }

  @Test("why cells are not applicable is told when it is asked for")
  func reasons() {
    let document = SummaryDocument.many
    let short = TerminalRenderer().text(of: document)
    #expect(short.contains("520 cells not applicable (--why)") && !short.contains("a document"))
    let long = TerminalRenderer(TerminalLayout(showsReasons: true)).text(of: document)
    #expect(long.contains("3 not applicable: r (a document)") && !long.contains("--why"))
  }

  @Test("JUnit's failure has the sentence of its pattern as its message, and as the first line of its text")
  func junit() throws {
    let document = ReportDocument.attention
    let sentence = try #require(document.patterns.first?.sentence)
    let text = try JUnitRenderer().text(of: document)
    let failure = try #require(text.split(separator: "\n").first { $0.contains("<failure") })
    #expect(failure.contains("message=\"crash: \(sentence)\""))
    #expect(failure.hasSuffix(">crash: \(sentence)"))
  }

  @Test("each difference that needs attention stands below one pattern, and once")
  func below() {
    let document = ReportDocument.attention
    #expect(document.byPattern.map { $0.pattern?.kind } == ["crash", "wrong exception"])
    #expect(document.byPattern.flatMap(\.entries) == document.entries.filter(\.needsAttention))
    var bare = document
    bare.patterns = []
    #expect(bare.byPattern.map { $0.pattern?.kind } == [nil])
    #expect(bare.byPattern.flatMap(\.entries) == document.entries.filter(\.needsAttention))
    // A position that there is not, as a document of somebody else may have it.
    bare.patterns = [document.patterns[0]]
    bare.patterns[0].entries = [99, 0]
    #expect(bare.byPattern.map(\.entries.count) == [1, 1])
  }
}
