import Foundation
import Testing

@testable import Reporting

@Suite("What a page shows")
struct ReportPageTests {
  @Test(
    "markup is shown and never interpreted, whatever stands beside it",
    arguments: [
      ("<b>&\"'", "&lt;b&gt;&amp;&quot;&#39;"),
      // One character to Swift, a quotation mark and an accent to a browser.
      ("\"\u{301} onfocus=x", "&quot;\u{301} onfocus=x"), ("<\u{338}b>", "&lt;\u{338}b&gt;"),
      ("\u{0}\u{1B}[31m\u{7F}", "␀␛[31m␡"), ("a\r\nb", "a␍\nb"),
      ("\u{202E}gpj\u{2066}\u{200F}", "\u{FFFD}gpj\u{FFFD}\u{FFFD}"),
      ("\u{85}\u{FFFD}é", "\u{FFFD}\u{FFFD}é"),
    ])
  func escaping(_ text: String, _ shown: String) {
    #expect(Array(PageText.escaped(text).unicodeScalars) == Array(shown.unicodeScalars))
  }

  @Test("durations and times are read at a glance")
  func words() {
    #expect(PageText.duration(0.44) == "0.4 s")
    #expect(PageText.duration(97.3) == "97 s")
    #expect(PageText.duration(245) == "4 min 05 s")
    #expect(PageText.duration(.nan) == "–")
    #expect(PageText.time("2026-11-25T03:12:00Z") == "2026-11-25 03:12 UTC")
    #expect(PageText.time("<yesterday>") == "<yesterday>")
  }

  @Test("lines are counted as Python counts them")
  func lines() {
    #expect(PageSources.lines(of: "a\r\nb\n\nc").map(String.init) == ["a", "b", "", "c"])
    #expect(PageSources.lines(of: "a\n").count == 1)
    #expect(PageSources.lines(of: "").isEmpty)
  }

  @Test("runtimes with the same lanes stand together")
  func cells() throws {
    var document = try Self.document()
    document.matrix.runtimes = ["py-1", "py-2", "py-3"]
    document.entries = []
    let names = PageNames(document)
    let cells = [("b", "py-3"), ("a", "py-1"), ("b", "py-1"), ("a", "py-2"), ("b", "py-2")]
    #expect(names.words(cells.map { (lane: $0.0, runtime: $0.1) }) == "a, b on py-1, py-2; b on py-3")
  }

  @Test("a place, a cell and an entry that the rest of the report lacks make a page all the same")
  func incomplete() throws {
    var document = try Self.document()
    document.suites = [
      .init(
        name: "s",
        cases: [
          .init(
            name: "c", files: ["gone.py"],
            scenarios: [
              .init(
                name: "x", line: 9,
                cells: [
                  .init(
                    lane: "l", runtime: "r", outcome: "completed", verdict: "of another version", change: .removed,
                    needsAttention: false,
                    findings: 7, message: nil)
                ])
            ])
        ])
    ]
    let html = try ReportPage(document).html
    #expect(html.contains("of another version"))
    #expect(!html.contains("href=\"#finding7\"") && !html.contains("href=\"#src"))
  }

  @Test("each template is there, and none of their fields is left in the page")
  func templates() throws {
    let html = try ReportPage(Self.document()).html
    for id in ["attention", "otherwise", "matrix", "history", "cells", "findings", "sources", "about"] {
      #expect(html.contains("<section id=\"\(id)\""))
    }
    #expect(!html.contains("{{"))
    #expect(html.contains("Nothing new"))
  }

  /// The smallest report.
  private static func document() throws -> ReportDocument {
    let text = """
      {"format": "hpy-conform report", "version": 1, "notes": [], "verdicts": {}, "changes": {}, "entries": [],
       "headline": {"level": "calm", "text": "Nothing new", "details": []},
       "run": {"run": "9bef5909", "started": "2026-11-26T03:12:00Z", "state": "finished", "planned": 0,
               "arguments": "run", "compiler": "gcc", "program": "0.3.0", "runtimes": [], "missing": []},
       "matrix": {"runtimes": [], "rows": []}, "timeline": [], "suites": [], "findings": [], "sources": {}}
      """
    return try JSONDecoder().decode(ReportDocument.self, from: Data(text.utf8))
  }
}
