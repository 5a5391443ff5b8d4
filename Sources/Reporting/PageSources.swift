/// Sources with an anchor at each line, and the lines marked at which scenarios begin.
enum PageSources {
  static func fields(_ document: ReportDocument, _ names: PageNames) -> [[String: Any]] {
    var marks: [String: Set<Int>] = [:]
    for suite in document.suites {
      for one in suite.cases {
        guard let first = one.files.first else { continue }
        marks[first, default: []].formUnion(one.scenarios.compactMap(\.line))
      }
    }
    for entry in document.entries {
      if let first = entry.files.first, let line = entry.line { marks[first, default: []].insert(line) }
    }
    return document.sources.sorted { $0.key < $1.key }.map { path, text in
      let id = names.source(path) ?? ""
      let marked = marks[path] ?? []
      let lines = lines(of: text).enumerated().map { index, line in
        let begins = marked.contains(index + 1) ? " class=\"at\"" : ""
        return "<span id=\"\(id)l\(index + 1)\"\(begins)>\(PageText.escaped(String(line)))\n</span>"
      }
      return ["id": id, "path": path, "lines": lines.joined()]
    }
  }

  static func lines(of text: String) -> [Substring] {
    var lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
    if lines.last == "" { lines.removeLast() }
    return lines
  }
}
