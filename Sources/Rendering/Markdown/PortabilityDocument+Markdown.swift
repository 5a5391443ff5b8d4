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
      + sections.flatMap { [["## \($0.title)"], $0.blocks.flatMap(lines)] } + [[verdict]]
  }

  private func lines(_ block: Block) -> [String] {
    let names = block.names.map { Markdown.code($0) }.joined(separator: ", ")
    return ["- \(names)\(block.promise.map { ", \(Markdown.escaped($0))" } ?? "")"]
      + block.lines.flatMap { line in
        ["  - \(Markdown.escaped(line.what))"] + line.scenarios.map { "    - \(Markdown.escaped($0))" }
      }
  }
}
