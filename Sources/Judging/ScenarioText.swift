import Model

/// The part of a case's files that decides what one of its scenarios says: all but the other scenarios' functions.
public enum ScenarioText {
  /// Whether a scenario's own text, or anything that all scenarios of its case share, differs.
  ///
  /// - Parameters:
  ///   - before: text of the case's files by path; the scenario file is the one that ends in `.py`.
  public static func differs(_ scenario: String, before: [String: String], after: [String: String]) -> Bool {
    guard before.keys == after.keys else { return true }
    return before.contains { path, text in
      guard let other = after[path], other != text else { return false }
      return !path.hasSuffix(".py") || part(of: text, for: scenario) != part(of: other, for: scenario)
    }
  }

  /// Line at which a scenario's function begins, counted from 1.
  public static func line(of scenario: String, in text: String) -> Int? {
    text.split(separator: "\n", omittingEmptySubsequences: false)
      .firstIndex { $0.hasPrefix("def \(scenario)(") }.map { $0 + 1 }
  }

  /// The text without the functions that `@scenario` marks, but for one.
  static func part(of text: String, for scenario: String) -> String {
    var kept: [Substring] = []
    var block: [Substring] = []
    func close() {
      let isScenario = block.first?.hasPrefix("@scenario") ?? false
      let isOwn = block.contains { $0.hasPrefix("def \(scenario)(") }
      if !isScenario || isOwn { kept += block }
      block = []
    }
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      let isTop = line.first.map { $0 != " " && $0 != "\t" && $0 != ")" && $0 != "#" } ?? false
      let isBehindDecorator = block.last { !$0.isEmpty }?.hasPrefix("@") ?? false
      if isTop, !isBehindDecorator { close() }
      block.append(line)
    }
    close()
    // Blank lines around functions say nothing.
    return kept.filter { !$0.isEmpty }.joined(separator: "\n")
  }
}
