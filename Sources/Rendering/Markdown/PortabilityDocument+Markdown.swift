import Documents

extension PortabilityDocument: MarkdownDocument {
  public var markdown: [[String]] {
    let head =
      ["binary", "description"] + runtimes.map { "\(Markdown.escaped($0.name)): \(Markdown.escaped($0.title))" }
    let rows = binaries.map { binary in
      [Markdown.code(binary.name), Markdown.escaped(binary.title)]
        + pairs(of: binary).map { Markdown.escaped(tally($0)) }
    }
    return [
      ["# Portability \(Words.short(id))"], ["\(headline), \(Markdown.escaped(started))"],
      Markdown.table([head] + rows),
    ]
      + sections.flatMap { [["## \($0.title)"], $0.blocks.flatMap(lines)] }
      + (staticCheck.map { [["## Static check"], $0.lines.map(Self.item)] } ?? []) + [[verdict]]
  }

  /// A line as an item, its indentation as the list's.
  private static func item(_ line: String) -> String {
    let text = line.drop { $0 == " " }
    return String(repeating: " ", count: line.count - text.count) + "- \(Markdown.escaped(String(text)))"
  }

  private func lines(_ block: Block) -> [String] {
    let names = block.names.map { Markdown.code($0) }.joined(separator: ", ")
    return ["- \(names)\(block.promise.map { ", \(Markdown.escaped($0))" } ?? "")"]
      + block.lines.flatMap { line in
        ["  - \(Markdown.escaped(line.what))"] + line.scenarios.map { "    - \(Markdown.escaped($0))" }
      }
  }
}
