import Exploring
import Foundation
import Model
import Storing

extension ExplorationDocument {
  /// A recorded exploration, and which of its new kinds earlier ones found.
  ///
  /// - Throws: `Problem` when the database can't be read.
  public init(_ run: StoredRun, in store: Store) throws {
    let record = ExploredRecord(json: run.options)
    let before = try store.firstExplorations(before: run)
    var new: [(place: String, kind: Kind)] = []
    var known: [String: Cause] = [:]
    var kinds: [String: Set<String>] = [:]
    for result in try store.results(of: run) {
      guard let finding = result.findings.first else { continue }
      let (name, runtime) = (result.cell.scenario.name, result.cell.load.runtime)
      if result.verdict == .known {
        let cause = Self.name(ofLink: finding.link)
        known[cause, default: Cause(name: cause, reason: finding.reason ?? "", kinds: 0, runtimes: [])].runtimes
          .append(runtime)
        kinds[cause, default: []].insert(name)
        continue
      }
      if let same = new.firstIndex(where: { $0.place == name }) {
        new[same].kind.runtimes.append(runtime)
        continue
      }
      let hierarchy = try store.attempts(of: result.cell, in: run).first?.attachments["hierarchy"]
      new.append((name, Kind(finding, on: runtime, hierarchy ?? "", since: before[name])))
    }
    self.init(
      seed: record?.seed ?? 0, hierarchies: record?.hierarchies ?? [:],
      new: new.map(\.kind).sorted { $0.kind < $1.kind },
      known: known.map { name, cause in
        Cause(
          name: name, reason: cause.reason, kinds: kinds[name]?.count ?? 0, runtimes: cause.runtimes.unique)
      }.sorted { $0.name < $1.name }, failures: record?.failures ?? [:], interrupted: run.state != .finished)
  }

  /// Name of the cause whose finding a link names: its page has it.
  static func name(ofLink link: String?) -> String {
    guard let last = link?.split(separator: "/").last else { return "" }
    return last.hasSuffix(".md") ? String(last.dropLast(3)) : String(last)
  }
}

extension ExplorationDocument.Kind {
  fileprivate init(_ finding: Finding, on runtime: String, _ hierarchy: String, since: String?) {
    let divergence = finding.divergence
    // Of an exploration that ended before it could tell, both are empty.
    let words = (divergence.label ?? "all: everything").components(separatedBy: ": ")
    var kind = ""
    if case .expectation(let source) = divergence.oracle { kind = source }
    self.init(
      kind: kind, runtimes: [runtime], type: words[0], operation: words.dropFirst().joined(separator: ": "),
      left: divergence.expected, right: divergence.observed, hierarchy: hierarchy, since: since)
  }
}
