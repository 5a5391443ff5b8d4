import Documents
import Rainbow

extension PortabilityDocument: TerminalDocument {
  public func blocks(_ layout: TerminalLayout) -> [[String]] {
    [["\("portability \(Words.short(id))".bold)  \(headline)"], table]
      + sections.map { section in
        [section.isBroken ? section.title.uppercased().bold.red : section.title.bold] + section.blocks.flatMap(lines)
      } + (staticCheck.map { [["Static check".bold] + $0.lines.map { "  \(Printable.line($0, .max))" }] } ?? [])
      + [[verdict]]
  }

  private var table: [String] {
    Table.lines(
      [
        [Styled("binary", \.bold), Styled("")] + runtimes.map { Styled($0.name, \.bold) },
        [Styled(""), Styled("")] + runtimes.map { Styled($0.title, \.dim) },
      ]
        + binaries.map { binary in
          [Styled(binary.name), Styled(binary.title, \.dim)]
            + pairs(of: binary).map { pair in
              Styled(
                tally(pair),
                pair.broken > 0 ? \.red : pair.isReference ? \.dim : pair.misbehaves > 0 ? \.yellow : \.green)
            }
        })
  }

  private func lines(_ block: Block) -> [String] {
    block.names.map { "  \(Printable.line($0, .max).bold)" }
      + (block.promise.map { ["  \(Printable.line($0, .max))".dim] } ?? [])
      + block.lines.flatMap { line in
        ["    \(Printable.line(line.what, .max))"] + line.scenarios.map { "      \(Printable.line($0, .max).dim)" }
      }
  }
}
