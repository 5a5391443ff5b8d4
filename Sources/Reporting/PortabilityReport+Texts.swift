import Foundation
import Rainbow

extension PortabilityReport {
  /// Forms of the report.
  public enum Format: String, CaseIterable, Sendable {
    case human
    case json
    case markdown
  }

  public func text(_ format: Format) throws -> String {
    switch format {
    case .human: human
    case .markdown: markdown
    case .json: try JSONText.of(self)
    }
  }

  /// Groups under one heading.
  private var sections: [(title: String, groups: [Group])] {
    let broken = groups.filter { $0.isKept == false }
    let lucky = groups.filter { $0.isKept != false && $0.behaviour == "misbehaves" }
    let unsteady = groups.filter { $0.isKept != false && $0.behaviour != "misbehaves" && $0.isUnsteady }
    let rest = groups.filter { $0.isKept != false && $0.behaviour != "misbehaves" && !$0.isUnsteady }
    return [
      ("Not as promised", broken), ("Nothing is promised, and it goes wrong", lucky),
      ("Attempts disagree", unsteady),
      ("Not built", rest.filter { $0.behaviour == "not built" }),
      ("Not tried", rest.filter { $0.behaviour == "not tried" }),
    ].filter { !$0.1.isEmpty }
  }

  private var headline: String {
    let stopped =
      state == "finished" ? "" : "  \(state == "interrupted" ? "stopped early" : state): \(planned) were planned"
    return "\(binaries.count) binaries, \(runtimes.count) runtimes, \(tried) results\(stopped)"
  }

  private func tally(_ pair: Pair) -> String {
    if let obstacle = runtimes.first(where: { $0.name == pair.runtime })?.obstacle { return "not tried: \(obstacle)" }
    var parts = [
      (pair.misbehaves, "misbehave"), (pair.refused, "refused"), (pair.behaves, "behave"),
      (pair.notBuilt, "not built"), (pair.notTried, "not tried"),
    ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
    if pair.isReference { parts = ["reference:"] + parts }
    if pair.unsteady > 0 { parts.append("(\(pair.unsteady) unsteady)") }
    return parts.isEmpty ? "–" : (pair.broken > 0 ? "✗ " : "") + parts.joined(separator: "  ")
  }

  private func pairs(of binary: Binary) -> [Pair] { pairs.filter { $0.binary == binary.name } }

  // MARK: For people

  private var human: String {
    var rows: [[Piece]] = [
      [Piece("binary", \.bold), Piece("", \.bold)] + runtimes.map { Piece($0.name, \.bold) },
      [Piece(""), Piece("")] + runtimes.map { Piece($0.title, \.dim) },
    ]
    for binary in binaries {
      rows.append(
        [Piece(binary.name), Piece(binary.title, \.dim)]
          + pairs(of: binary).map { pair in
            Piece(
              tally(pair), pair.broken > 0 ? \.red : pair.isReference ? \.dim : pair.misbehaves > 0 ? \.yellow : \.green
            )
          })
    }
    var lines = ["\("portability \(id.prefix(8))".bold)  \(headline)", ""] + Piece.columns(rows) + [""]
    for section in sections {
      let isBroken = section.groups[0].isKept == false
      lines.append(isBroken ? section.title.uppercased().bold.red : section.title.bold)
      for block in blocks(of: section.groups) {
        lines += block.names.map { "  \($0.bold)" }
        if let promise = block.promise { lines.append("  \(promise)".dim) }
        for line in block.lines { lines += ["    \(line.what)"] + line.scenarios.map { "      \($0.dim)" } }
      }
      lines.append("")
    }
    lines.append(verdict)
    return lines.joined(separator: "\n")
  }

  private var verdict: String {
    let broken = pairs.filter { $0.broken > 0 }.count
    let rest = state == "finished" ? "" : ", as far as they were tried"
    return broken == 0
      ? "every pair does what is promised\(rest)"
      : "\(broken) of \(pairs.count) pairs do not do what is promised\(rest)"
  }

  /// What is said of one pair, or of several of which the same is to be said.
  private struct Block {
    struct Line: Equatable {
      var what: String
      var scenarios: [String]
    }
    var names: [String]
    /// nil where none is broken.
    var promise: String?
    var lines: [Line]
  }

  /// Groups of one pair and one promise together, in the order of the first of each.
  private func blocks(of groups: [Group]) -> [Block] {
    var pairs: [[Group]] = []
    for group in groups {
      let index = pairs.firstIndex { pair in
        (pair[0].binary, pair[0].runtime, pair[0].source) == (group.binary, group.runtime, group.source)
      }
      if let index { pairs[index].append(group) } else { pairs.append([group]) }
    }
    return pairs.reduce(into: []) { blocks, pair in
      let promise = pair[0].isKept == false ? "should \(pair[0].demand): \(pair[0].source)" : nil
      let lines = pair.map { Block.Line(what: what($0), scenarios: shown($0)) }
      if let index = blocks.firstIndex(where: { $0.promise == promise && $0.lines == lines }) {
        blocks[index].names.append(Self.pairName(pair[0]))
      } else {
        blocks.append(Block(names: [Self.pairName(pair[0])], promise: promise, lines: lines))
      }
    }
  }

  private static func pairName(_ group: Group) -> String {
    [group.binary, group.runtime].filter { !$0.isEmpty }.joined(separator: " on ")
  }

  private func what(_ group: Group) -> String {
    let observed = RunSummary.oneLine(group.observed)
    let unsteady = group.isUnsteady ? ", unsteady" : ""
    guard let expected = group.expected else {
      return observed == group.behaviour ? "\(observed)\(unsteady)" : "\(group.behaviour)\(unsteady): \(observed)"
    }
    let label = group.label.map { "\($0): " } ?? ""
    return "\(label)\(observed)\(unsteady); \(oracle(group)): \(RunSummary.oneLine(expected))"
  }

  private func oracle(_ group: Group) -> String {
    guard let reference = group.reference?.split(separator: "@"), reference.count == 2 else {
      return "promised by \(group.reference ?? "")"
    }
    return reference[1] == group.runtime ? "the runtime's own binary" : "\(reference[0]) on \(reference[1])"
  }

  /// How many scenarios of a group are named.
  private static let most = 12

  private func shown(_ group: Group) -> [String] {
    if group.label == nil, group.expected == nil, group.scenarios.count > 3 {
      return ["in \(group.scenarios.count) scenarios, \(group.scenarios[0].name) among them"]
    }
    let names = group.scenarios.prefix(Self.most).map { one in one.place.map { "\(one.name)  \($0)" } ?? one.name }
    let rest = group.scenarios.count - names.count
    return names + (rest > 0 ? ["… and \(rest) more; --format json has them all"] : [])
  }

  // MARK: Markdown

  private var markdown: String {
    func row(_ texts: [String]) -> String {
      "| " + texts.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |"
    }
    var lines = ["# Portability \(id.prefix(8))", "", headline + ", \(started)", ""]
    lines.append(row(["binary", "what it is"] + runtimes.map { "\($0.name): \($0.title)" }))
    lines.append(row(Array(repeating: "---", count: runtimes.count + 2)))
    for binary in binaries {
      lines.append(row(["`\(binary.name)`", binary.title] + pairs(of: binary).map(tally)))
    }
    for section in sections {
      lines += ["", "## \(section.title)", ""]
      for block in blocks(of: section.groups) {
        let names = block.names.map { "`\($0)`" }.joined(separator: ", ")
        lines.append("- \(names)\(block.promise.map { ", \($0)" } ?? "")")
        for line in block.lines {
          lines.append("  - \(Printable.text(line.what))")
          lines += line.scenarios.map { "    - \(Printable.text($0))" }
        }
      }
    }
    return (lines + ["", verdict]).joined(separator: "\n")
  }
}
