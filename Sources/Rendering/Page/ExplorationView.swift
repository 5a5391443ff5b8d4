import Documents

/// What generated hierarchies show.
struct ExplorationView {
  typealias Kind = (
    id: String, kind: ExplorationDocument.Kind, word: String, tone: String, open: String, runtimes: String,
    since: String,
    left: String, right: String
  )

  let headline: String
  let kinds: [Kind]
  let known: [(name: String, count: String, reason: String)]
  let knownTitle: String
  let failures: [String]

  /// How many new kinds are shown open.
  private static let open = 5

  init(_ exploration: ExplorationDocument) {
    headline = exploration.headline
    kinds = exploration.new.enumerated().map { number, kind in
      let sides = kind.kind.split(separator: " | ").first.map { $0.split(separator: ", ").map(String.init) } ?? []
      return (
        "explored\(number)", kind, kind.since == nil ? "new" : "still new", kind.since == nil ? "bad" : "warn",
        kind.since == nil && number < Self.open ? " open" : "", kind.runtimes.joined(separator: ", "),
        kind.since.map { ", first on \(Words.day($0))" } ?? "", sides.first ?? "", sides.count > 1 ? sides[1] : ""
      )
    }
    known = exploration.known.map { cause in
      let runtimes = Words.number(cause.runtimes.count, "runtime")
      return (cause.name, "\(Words.number(cause.kinds, "kind")) on \(runtimes)", cause.reason)
    }
    knownTitle = Words.number(exploration.known.count, "known cause")
    failures = exploration.failures.sorted { $0.key < $1.key }.map {
      "Some hierarchies could not be tried on \($0): \($1)."
    }
  }
}
