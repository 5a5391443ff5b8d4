import Documents
import Foundation
import Model
import Rainbow

/// A table, and below it, by reason, the lanes that can't run; or, where everything is asked for, all that each
/// runtime says of itself.
extension RuntimeDocument: TerminalDocument {
  public func blocks(_ layout: TerminalLayout) -> [[String]] {
    if layout.showsAll { return runtimes.map { $0.details(layout) } }
    let usable = runtimes.filter { $0.problem == nil }
    let head =
      usable.isEmpty
      ? ["no usable interpreter was found"]
      : layout.wrapped("lanes: \(Lane.all.map(\.description).joined(separator: ", "))", indent: 0, next: 2)
    return [
      head, usable.isEmpty ? [] : table(usable, layout), obstacles(usable, layout), broken(usable, layout),
      failures(layout),
    ]
  }

  private func table(_ usable: [Entry], _ layout: TerminalLayout) -> [String] {
    let rows = usable.map { one in
      let lanes = one.lanes ?? []
      let running = lanes.count(where: \.runs)
      return [
        Styled(Printable.shortened(one.name, 23)),
        // A version's local part is of no help in a table.
        Styled(Printable.shortened((one.title ?? "").replacing(#/\+[a-z0-9.]+/#, with: ""), 39)),
        Styled(running == lanes.count ? "all" : "\(running) of \(lanes.count)"),
      ]
    }
    let header = ["name", "description", "lanes", "interpreter"].map { Styled($0, \.bold) }
    // The last column gets what the others leave.
    let others = (0..<3).map { column in ([header] + rows).map { $0[column].text.columns + 2 }.max() ?? 0 }
    let room = max(20, layout.width - others.reduce(0, +))
    return Table.lines(
      [header] + zip(rows, usable).map { $0 + [Styled(layout.shortened(path: $1.interpreter, to: room))] })
  }

  /// Each reason once, with the lanes and the runtimes that it is about.
  private func obstacles(_ usable: [Entry], _ layout: TerminalLayout) -> [String] {
    let reasons = usable.flatMap { one in
      (one.lanes ?? []).filter { !$0.runs }.grouped { one.nameless($0.reason ?? "") }.map { reason, lanes in
        (reason: reason, lanes: lanes.map(\.name), runtime: one.name)
      }
    }
    if reasons.isEmpty { return [] }
    return ["can't run".bold]
      + reasons.grouped { [$0.reason] + $0.lanes }.flatMap { _, all in
        let runtimes = all.map(\.runtime).joined(separator: ", ")
        return layout.wrapped("\(all[0].lanes.joined(separator: ", ")) on \(runtimes)", indent: 2, next: 4)
          + layout.wrapped(all[0].reason, indent: 4, next: 4)
      }
  }

  private func broken(_ usable: [Entry], _ layout: TerminalLayout) -> [String] {
    let lines = usable.filter { $0.hpy?.state == "broken" }.flatMap { one in
      layout.wrapped("\(one.name): its hpy does not import: \(one.hpy?.reason ?? "")", indent: 2, next: 4)
    }
    return lines.isEmpty ? [] : ["broken".yellow.bold] + lines
  }

  /// Each problem once, with those that have it.
  private func failures(_ layout: TerminalLayout) -> [String] {
    let problems = runtimes.compactMap { one -> (place: String, text: String)? in
      guard let problem = one.problem else { return nil }
      let place = one.place ?? one.interpreter
      return (place, problem.hasPrefix("\(place): ") ? String(problem.dropFirst(place.count + 2)) : problem)
    }
    if problems.isEmpty { return [] }
    return ["not usable".yellow.bold]
      + problems.grouped { $0.text }.flatMap { text, all in
        layout.wrapped("\(all.map(\.place).joined(separator: ", ")): \(text)", indent: 2, next: 4)
      }
  }
}

extension RuntimeDocument.Entry {
  /// A reason without the runtime's name, so that it is the same for several.
  fileprivate func nameless(_ reason: String) -> String {
    String(reason.dropFirst(reason.hasPrefix(name) ? name.count : 0).drop { $0 == ":" || $0 == " " })
  }

  /// All that it says of itself, a line each.
  fileprivate func details(_ layout: TerminalLayout) -> [String] {
    if let problem { return layout.wrapped(problem, indent: 0, next: 2) }
    func flag(_ value: Bool?) -> String { value == true ? "yes" : "no" }
    var rows: [(String, String)] = [
      ("interpreter", interpreter), ("also", aliases.joined(separator: ", ")),
      ("from", from.map(\.rawValue).joined(separator: ", ")),
      ("product", title?.split(separator: ", ").first.map(String.init) ?? ""),
      ("language", "Python \(python ?? "")"), ("build", build ?? ""), ("debug build", flag(debug)),
      ("free-threaded", flag(freeThreaded)), ("extensions", "*\(extSuffix ?? "")"), ("machine", machine ?? ""),
      ("forks", canFork == true ? "yes" : "no: each cell gets its own process"), ("HPy", hpy?.words ?? ""),
      ("context layout", String((hpy?.contextLayout ?? "").prefix(12))),
      ("HPy ABI", hpy?.abiVersion.map { String($0) } ?? ""), ("HPy headers", hpy?.include ?? ""),
    ]
    rows += (lanes ?? []).map {
      ("lane \(Printable.line($0.name, .max))", $0.runs ? "runs" : "\($0.kind ?? ""): \($0.reason ?? "")")
    }
    let margin = (rows.map(\.0.columns).max() ?? 0) + 4
    let derived = [
      implementation ?? "", implementationVersion ?? "", debug == true ? "debug" : "",
      freeThreaded == true ? "free-threaded" : "",
    ].filter { !$0.isEmpty }.joined(separator: "-")
    return [Printable.line(name.isEmpty ? derived : name, .max).bold]
      + rows.filter { !$0.1.isEmpty }.flatMap { label, text in
        layout.wrapped(text, first: "  " + label.padded(to: margin - 2), next: margin)
      }
  }
}

extension RuntimeDocument.HPy {
  fileprivate var words: String {
    switch state {
    case "absent": "none"
    case "broken": "does not import: \(reason ?? "")"
    case "foreign": [version, reason].compactMap { $0 }.joined(separator: ": ")
    default: version ?? ""
    }
  }
}

extension TerminalLayout {
  /// A path relative to a folder or to home, with its middle left out where it is too long.
  func shortened(path: String, to width: Int) -> String {
    var text = path
    let home = ProcessInfo.processInfo.environment["HOME"] ?? ""
    if base.count > 1, path.hasPrefix(base + "/") {
      text = String(path.dropFirst(base.count + 1))
    } else if home.count > 1, path.hasPrefix(home + "/") {
      text = "~" + path.dropFirst(home.count)
    }
    if text.count <= width { return text }
    let tail = width * 2 / 3
    return text.prefix(width - tail - 1) + "…" + text.suffix(tail)
  }
}
