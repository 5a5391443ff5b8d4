import Documents
import Model
import Rainbow

extension CausesDocument: TerminalDocument {
  /// A line for each cause, by runtime; a cause that was asked for by name with its places.
  public func blocks(_ layout: TerminalLayout) -> [[String]] {
    if runtimes.isEmpty { return [["the ledger has no causes"]] }
    return runtimes.map { group in
      let title =
        "\(Self.product(group.implementation).bold): "
        + "\(Words.number(group.causes.count, "cause")), \(Words.number(group.places, "place"))"
      if group.causes.contains(where: { $0.details != nil }) {
        return [title] + group.causes.flatMap { $0.lines(layout) }
      }
      return [title]
        + Table.lines(
          group.causes.map { cause in
            [
              Styled("  \(cause.places)"), Styled(cause.name, \.bold), Styled(cause.state, \.dim),
              Styled(Printable.shortened(cause.versions.joined(separator: "; "), 60), \.dim),
            ]
          })
    }
  }

  private static func product(_ implementation: String) -> String {
    let names = ["cpython": "CPython", "pypy": "PyPy", "graalpy": "GraalPy"]
    return names[implementation] ?? Printable.line(implementation, .max)
  }
}

extension CausesDocument.Cause {
  /// `reported`, `not reported, fixed in >=3.15`.
  fileprivate var state: String {
    let isReported = upstream?.hasPrefix("http") ?? false
    let parts: [String?] = [isReported ? "reported" : upstream, fixed.map { "fixed in \($0)" }]
    return parts.compactMap { $0 }.joined(separator: ", ")
  }

  fileprivate func lines(_ layout: TerminalLayout) -> [String] {
    let facts: [(name: String, text: String?)] = [
      ("link", link), ("upstream", upstream), ("fixed in", fixed), ("occurs on", versions.joined(separator: "; ")),
      ("defined at", origin),
    ]
    var lines = ["  \(Printable.line(name, .max).bold)"]
    lines += Printable.line(reason, .max).wrapped(layout.width, first: "  ", rest: "  ")
    lines += facts.compactMap { fact in fact.text.map { "  \(fact.name): \(Printable.line($0, .max))".dim } }
    return lines + (details ?? []).flatMap(\.lines)
  }
}

extension CausesDocument.Place {
  fileprivate var lines: [String] {
    let what = observed.joined(separator: " or ") + (flickers ? ", sometimes" : "")
    return [
      "  \(Printable.line(scenario, .max))  \(Printable.line(lanes.joined(separator: ", "), .max).dim)",
      "    \(Printable.line("\(Words.place(label, facet)): \(what)"))",
    ] + (note.map { ["    \(Printable.line($0, .max))"] } ?? [])
  }
}
