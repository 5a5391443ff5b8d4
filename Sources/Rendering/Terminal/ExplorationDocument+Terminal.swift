import Documents
import Rainbow

extension ExplorationDocument: TerminalDocument {
  public func blocks(_ layout: TerminalLayout) -> [[String]] { blocks(layout, showsKnown: true) }

  /// - Parameter showsKnown: whether known causes are listed, too.
  func blocks(_ layout: TerminalLayout, showsKnown: Bool) -> [[String]] {
    let shown = layout.showsAll ? new[...] : new.prefix(10)
    return [[headline.bold]] + shown.map { kind($0, layout) }
      + [
        new.count > shown.count ? [Self.rest(of: new.dropFirst(shown.count))] : [],
        showsKnown ? known.map { cause($0, layout) } : [],
        failures.sorted { $0.key < $1.key }.map { runtime, why in
          "\(Printable.line(runtime)): some hierarchies could not be tried: \(Printable.line(why, 200))".yellow
        } + (interrupted ? ["interrupted".yellow] : []),
      ]
  }

  private static func rest(of kinds: ArraySlice<Kind>) -> String {
    let never = kinds.count { $0.since == nil }
    return
      "… and \(Words.number(kinds.count, "kind")) more, \(never == 0 ? "none" : String(never)) of them new (explore --show latest --all)"
  }

  private func kind(_ kind: Kind, _ layout: TerminalLayout) -> [String] {
    let sides = kind.kind.split(separator: " | ").first.map { $0.split(separator: ", ").map(String.init) } ?? []
    let width = sides.map(\.count).max() ?? 0
    func side(_ number: Int, _ text: String) -> String {
      let name = sides.indices.contains(number) ? Printable.line(sides[number]) : ""
      return "  \(name)\(String(repeating: " ", count: width - name.count))  \(Printable.line(text, 200))"
    }
    let since = kind.since.map { "  found first on \(Words.day($0))" }
    return [
      (since == nil ? "NEW".red.bold : "still new".yellow) + "  \(Printable.line(kind.kind, 200))"
    ] + [since].compactMap(\.self) + [
      "  on \(Printable.line(kind.runtimes.joined(separator: ", "), 300))",
      "  \(Printable.line(kind.type)): \(Printable.line(kind.operation))", side(0, kind.left), side(1, kind.right),
    ]
      + kind.hierarchy.split(separator: "\n").dropFirst().filter { !$0.hasPrefix("hierarchy") }.map {
        "    " + Printable.line(String($0), 200)
      }
  }

  private func cause(_ cause: Cause, _ layout: TerminalLayout) -> String {
    let width = known.map(\.name.count).max() ?? 0
    return "known  \(Printable.line(cause.name))\(String(repeating: " ", count: width - cause.name.count))  "
      + "\(Words.number(cause.kinds, "kind")) on \(Words.number(cause.runtimes.count, "runtime"))"
  }
}
