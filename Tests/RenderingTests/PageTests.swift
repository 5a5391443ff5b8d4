import Documents
import Foundation
import Testing

@testable import Rendering

@Suite("What a page shows")
struct PageTests {
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
    #expect(Array(Markup.escaped(text).unicodeScalars) == Array(shown.unicodeScalars))
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
    #expect(PageText.lines(of: "a\r\nb\n\nc").map(String.init) == ["a", "b", "", "c"])
    #expect(PageText.lines(of: "a\n").count == 1)
    #expect(PageText.lines(of: "").isEmpty)
  }

  @Test("a place, a cell and an entry that the rest of the report lacks make a page all the same")
  func incomplete() throws {
    let document = try Self.document(
      suites: """
        [{"name": "s", "cases": [{"name": "c", "files": ["gone.py"], "scenarios": [{"name": "x", "line": 9, "cells": [
          {"lane": "l", "runtime": "r", "outcome": "completed", "verdict": "of another version", "change": "removed",
           "needsAttention": false, "findings": 7}]}]}]}]
        """)
    let html = try PageRenderer().text(of: document)
    #expect(html.contains("of another version"))
    #expect(!html.contains("href=\"#finding7\"") && !html.contains("href=\"#src"))
  }

  @Test("each template is there, and none of their fields is left in the page")
  func templates() throws {
    let html = try PageRenderer().text(of: Self.document())
    for id in ["attention", "otherwise", "matrix", "history", "cells", "findings", "sources", "about"] {
      #expect(html.contains("<section id=\"\(id)\""))
    }
    #expect(!html.contains("{{"))
    #expect(html.contains("Nothing is unexplained"))
  }

  /// The smallest report.
  private static func document(suites: String = "[]") throws -> ReportDocument {
    let text = """
      {"format": "hpy-conform report", "version": 1, "notes": [], "verdicts": {}, "changes": {}, "patterns": [],
       "entries": [], "headline": {"level": "calm", "unexplained": 0, "text": "Nothing is unexplained", "details": []},
       "run": {"run": "9bef5909", "started": "2026-11-26T03:12:00Z", "state": "finished", "planned": 0,
               "arguments": "run", "compiler": "gcc", "program": "0.3.0", "runtimes": [], "missing": []},
       "matrix": {"runtimes": [], "rows": []}, "timeline": [], "suites": \(suites), "findings": [], "sources": {}}
      """
    return try JSONDecoder().decode(ReportDocument.self, from: Data(text.utf8))
  }
}
