import Documents
import Rainbow

extension NewFindingsDocument: TerminalDocument {
  public func blocks(_ layout: TerminalLayout) -> [[String]] {
    let title = "\(Words.number(entries.count, "new finding")) in \(Words.number(cells, "cell")) of run "
    return [[(title + Words.run(run, started)).bold]]
      + entries.map { entry in
        ["\(Printable.line(entry.scenario, .max))  \(Printable.line(Words.whereabouts(entry.cells), .max))".bold]
          + entry.finding.lines().map { "  \($0)" }
          + (entry.message.map { ["    \(Printable.line($0, .max))"] } ?? [])
          + entry.frames.map { "    \(Printable.line($0, .max))" }
          + ["  \(Printable.line(entry.show, .max))".dim]
      }
  }
}
