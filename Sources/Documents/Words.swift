import Model

/// How things are called in every document and every form of one.
package enum Words {
  /// `1 cell`, `3 entries`.
  package static func number(_ count: Int, _ noun: String) -> String {
    if count == 1 { return "1 \(noun)" }
    return "\(count) \(noun.hasSuffix("y") ? "\(noun.dropLast())ies" : "\(noun)s")"
  }

  /// The beginning of a run's UUID, which is enough to name it.
  package static func short(_ run: String) -> String { Printable.line(String(run.prefix(8))) }

  /// The day of an ISO 8601 time.
  package static func day(_ time: String) -> String { Printable.line(String(time.prefix(10))) }

  /// `1a2b3c4d of 2026-11-25`.
  package static func run(_ run: String, _ started: String) -> String { "\(short(run)) of \(day(started))" }

  /// A label in quotation marks, or what has none.
  package static func place(_ label: String?) -> String { label.map { "“\($0)”" } ?? "the scenario's end" }

  /// `destroyed, order`; an outcome has no label.
  package static func place(_ label: String?, _ facet: String) -> String { label.map { "\($0), \(facet)" } ?? facet }

  /// What says that something should be otherwise.
  ///
  /// - Parameters:
  ///   - source: the document that promises it.
  ///   - reference: `LANE@RUNTIME` of the cell that answers otherwise.
  package static func oracle(
    label: String?, source: String?, reference: String?, verdict: String? = nil
  ) -> String {
    if verdict == Verdict.fixed.rawValue { return "in the ledger" }
    if let reference {
      let (what, runtime) = load(reference)
      return "reference \(runtime.isEmpty ? what : "\(what) on \(runtime)")"
    }
    // That a scenario runs to its end is expected without a document.
    if let source, label != nil { return "promised by \(source)" }
    return "expected"
  }

  /// In place of a count of leaks that a runtime can't make, or that is not made in a lane: it is not 0.
  package static let uncounted = "not counted here"

  /// Whether a label counts leaks that only one of two answers counted. Neither then differs from the other.
  package static func isUncounted(_ label: String, in own: Answer?, beside other: Answer?) -> Bool {
    guard let own, let other, own.outcome.ran, other.outcome.ran else { return false }
    let (one, two) = (own[label], other[label])
    return (one == nil) != (two == nil) && (one ?? two)?.facet == .leak
  }

  /// The parts of `LANE@RUNTIME`; a runtime may be a path, a lane has no `@`.
  package static func load(_ text: String) -> (what: String, runtime: String) {
    let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
    return (String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
  }

  /// Where something shows, runtimes with the same lanes together: `cpython, universal on cpython-3.11, cpython-3.12`.
  ///
  /// - Parameter loads: `LANE@RUNTIME` of each cell.
  package static func whereabouts(_ loads: [String]) -> String {
    let lanes = loads.map { load($0) }.grouped { $0.runtime }.map { ($0.key, $0.elements.map(\.what).unique) }
    return lanes.grouped { $0.1.sorted() }.map { _, group in
      "\(group[0].1.joined(separator: ", ")) on \(group.map(\.0).joined(separator: ", "))"
    }.joined(separator: "; ")
  }

  /// What an attachment is called; those that this program knows come first.
  package static func attachment(_ name: String) -> (rank: Int, title: String) {
    switch AttachmentName(rawValue: name) {
    case .traceback: (0, "traceback")
    case .backtrace: (1, "C frames")
    case .allocations: (2, "leaked by")
    case .output: (3, "last output")
    case nil: (4, name)
    }
  }

  /// Numbers with what they count, without zeroes: `3 ok, 1 known`.
  package static func counts(_ parts: [(Int, String)], separator: String = ", ") -> String {
    parts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: separator)
  }
}

extension Sequence {
  /// Elements of one key together, in the order of the first of each.
  package func grouped<Key: Hashable>(by key: (Element) -> Key) -> [(key: Key, elements: [Element])] {
    var places: [Key: Int] = [:]
    return reduce(into: []) { groups, element in
      let key = key(element)
      if let place = places[key] {
        groups[place].elements.append(element)
      } else {
        places[key] = groups.count
        groups.append((key, [element]))
      }
    }
  }
}

extension Sequence where Element: Hashable {
  /// Each element once.
  package var unique: [Element] { grouped { $0 }.map(\.key) }
}
