import Foundation
import Model
import Rainbow

/// Runtimes for people: a table, and below it, by reason, the lanes that can't run.
public enum RuntimeList {
  /// - Parameters:
  ///   - width: columns that there are.
  ///   - base: a folder that paths are shown relative to.
  public static func text(_ found: [FoundRuntime], width: Int, base: String = "/") -> String {
    let usable = found.filter { $0.runtime != nil }
    var lines = ["lanes: \(Lane.all.map(\.name).joined(separator: ", "))", ""]
    if usable.isEmpty {
      lines = ["no interpreter was found that can be used"]
    } else {
      lines += table(usable, width: width, base: base)
      lines += obstacles(usable, width: width)
    }
    lines += broken(usable, width: width) + failures(found, width: width)
    return lines.map { Printable.text($0) }.joined(separator: "\n")
  }

  private static func table(_ usable: [FoundRuntime], width: Int, base: String) -> [String] {
    let header = ["name", "what it is", "lanes", "interpreter"].map { Piece($0, \.bold) }
    let rows = usable.compactMap { one -> [Piece]? in
      guard let runtime = one.runtime else { return nil }
      let lanes = Lane.all.count { $0.obstacle(on: runtime) == nil }
      return [
        Piece(clipped(one.name, 24)), Piece(clipped(title(runtime), 40)),
        Piece(lanes == Lane.all.count ? "all" : "\(lanes) of \(Lane.all.count)"),
        Piece(one.interpreter),
      ]
    }
    // The last column gets what the others leave.
    let widths = (0..<3).map { column in rows.map { $0[column].text.count }.max() ?? 0 }
    let room = max(20, width - zip(widths, header).reduce(0) { $0 + max($1.0, $1.1.text.count) + 2 })
    return Piece.columns(
      [header]
        + rows.map { row in
          row.dropLast() + [Piece(shortened(row[3].text, to: room, base: base))]
        })
  }

  /// A version's local part is of no help in a table.
  private static func title(_ runtime: Runtime) -> String {
    runtime.title.replacing(#/\+[a-z0-9.]+/#, with: "")
  }

  private struct Reason: Hashable {
    var text: String
    var lanes: [String]
  }

  /// Each reason once, with the lanes and the runtimes that it is about.
  private static func obstacles(_ usable: [FoundRuntime], width: Int) -> [String] {
    var order: [Reason] = []
    var names: [Reason: [String]] = [:]
    for one in usable {
      guard let runtime = one.runtime else { continue }
      for (reason, lanes) in reasons(runtime) {
        let reason = Reason(text: reason, lanes: lanes)
        if names[reason] == nil { order.append(reason) }
        names[reason, default: []].append(one.name)
      }
    }
    if order.isEmpty { return [] }
    return ["", "can't run".bold]
      + order.flatMap { reason in
        wrapped(
          "\(reason.lanes.joined(separator: ", ")) on \(names[reason, default: []].joined(separator: ", "))",
          width, first: "  ", rest: "    ") + wrapped(reason.text, width, first: "    ", rest: "    ")
      }
  }

  /// Lanes by the reason why they can't run, without the runtime's name.
  private static func reasons(_ runtime: Runtime) -> [(String, [String])] {
    var nameless = runtime
    nameless.name = ""
    var reasons: [(String, [String])] = []
    for lane in Lane.all {
      guard let skip = lane.obstacle(on: nameless) else { continue }
      let reason = String(skip.reason.drop { $0 == ":" || $0 == " " })
      if let index = reasons.firstIndex(where: { $0.0 == reason }) {
        reasons[index].1.append(lane.name)
      } else {
        reasons.append((reason, [lane.name]))
      }
    }
    return reasons
  }

  private static func broken(_ usable: [FoundRuntime], width: Int) -> [String] {
    let broken = usable.flatMap { one -> [String] in
      guard case .broken(_, let why)? = one.runtime?.hpy else { return [] }
      return wrapped("\(one.name): its hpy does not import: \(why)", width, first: "  ", rest: "    ")
    }
    return broken.isEmpty ? [] : ["", "broken".yellow.bold] + broken
  }

  /// Each problem once, with those that have it.
  private static func failures(_ found: [FoundRuntime], width: Int) -> [String] {
    var order: [String] = []
    var places: [String: [String]] = [:]
    for one in found {
      guard case .failure(let problem) = one.answer else { continue }
      let text = problem.found + (problem.remedy.isEmpty ? "" : "; \(problem.remedy)")
      if places[text] == nil { order.append(text) }
      places[text, default: []].append(problem.place)
    }
    if order.isEmpty { return [] }
    return ["", "not usable".yellow.bold]
      + order.flatMap { text in
        wrapped("\(places[text, default: []].joined(separator: ", ")): \(text)", width, first: "  ", rest: "    ")
      }
  }

  // MARK: One runtime

  /// All that a runtime says of itself, a line each.
  public static func details(_ found: FoundRuntime, width: Int) -> String {
    guard let runtime = found.runtime else {
      guard case .failure(let problem) = found.answer else { return "" }
      return wrapped(problem.description, width, first: "", rest: "  ").map { Printable.text($0) }
        .joined(separator: "\n")
    }
    var rows = [
      ("interpreter", runtime.interpreter), ("also", found.aliases.joined(separator: ", ")),
      ("from", found.origins.map(\.rawValue).joined(separator: ", ")), ("what it is", runtime.product),
      ("language", "Python \(runtime.python)"), ("build", runtime.build),
      ("debug build", runtime.isDebugBuild ? "yes" : "no"), ("free-threaded", runtime.isFreeThreaded ? "yes" : "no"),
      ("extensions", "*\(runtime.extSuffix)"), ("machine", runtime.machine),
      ("forks", runtime.canFork ? "yes" : "no: each cell gets a process of its own"), ("HPy", hpy(runtime)),
    ]
    if let installation = runtime.installation {
      rows += [
        ("context layout", installation.layout.short), ("HPy ABI", "\(installation.abiVersion)"),
        ("HPy headers", installation.include),
      ]
    }
    rows += Lane.all.map { lane in
      ("lane \(lane.name)", lane.obstacle(on: runtime).map { "\($0.kind.rawValue): \($0.reason)" } ?? "runs")
    }
    let margin = (rows.map(\.0.count).max() ?? 0) + 4
    let lines = rows.filter { !$0.1.isEmpty }.flatMap { label, text in
      wrapped(
        text, width, first: "  " + label.padding(toLength: margin - 2, withPad: " ", startingAt: 0),
        rest: String(repeating: " ", count: margin))
    }
    return ([(found.name.isEmpty ? runtime.shortName : found.name).bold] + lines.map { Printable.text($0) })
      .joined(separator: "\n")
  }

  private static func hpy(_ runtime: Runtime) -> String {
    switch runtime.hpy {
    case .absent: "none"
    case .foreign(let version, let reason): version.isEmpty ? reason : "\(version): \(reason)"
    case .present(let installation): installation.version
    case .broken(_, let why): "does not import: \(why)"
    }
  }

  // MARK: Fitting

  private static func clipped(_ text: String, _ width: Int) -> String {
    text.count <= width ? text : text.prefix(width - 1) + "…"
  }

  /// A path relative to a folder or to home, with its middle left out where it is too long.
  static func shortened(_ path: String, to width: Int, base: String) -> String {
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

  /// Words in lines of a width; a word that is longer has a line of its own.
  static func wrapped(_ text: String, _ width: Int, first: String, rest: String) -> [String] {
    var lines: [String] = []
    for paragraph in text.split(separator: "\n") {
      var line = lines.isEmpty ? first : rest
      var isEmpty = true
      for word in paragraph.split(separator: " ") {
        if !isEmpty, line.count + 1 + word.count > width {
          lines.append(line)
          line = rest
          isEmpty = true
        }
        line += (isEmpty ? "" : " ") + word
        isEmpty = false
      }
      lines.append(line)
    }
    return lines
  }
}
