import Foundation
import Model
import Planning

extension Case {
  /// A case that lies nowhere, with C for HPy and for the raw C API.
  ///
  /// - Parameters:
  ///   - sources: file names by API or lane.
  ///   - scenarios: names of its scenarios.
  public static func sample(
    _ name: String = "c", suite: String = "s", sources: [String: [String]] = ["hpy": ["hpy.c"], "capi": ["capi.c"]],
    scenarios: [String] = ["n"], exclusions: [Exclusion] = [], problems: [Problem] = []
  ) -> Case {
    var one = Case(suite: suite, name: name, directory: URL(filePath: "/suites/\(suite)/\(name)"))
    one.sources = sources
    one.scenarios = scenarios.enumerated().map { index, scenario in
      .init(name: scenario, line: index + 1, content: ContentKey(of: scenario))
    }
    one.exclusions = exclusions
    one.problems = problems
    return one
  }
}

extension LedgerEntry {
  /// A known divergence of CPython's `universal` in the scenario `s/c/n`.
  ///
  /// - Parameters:
  ///   - observed: the texts that are known.
  ///   - label: nil for the outcome of the whole cell.
  ///   - version: a range of the implementation's versions; `hpy` one of HPy's.
  public static func sample(
    _ observed: String..., label: String? = "x", facet: Facet = .value, flickers: Bool = false,
    lanes: [Lane] = [.universal], implementation: String = "cpython", version: String = ">=3.11", hpy: String? = nil,
    debug: Bool? = nil, reason: String = "known", link: String = "findings/x.md", scenario: ScenarioID = .sample(),
    isPattern: Bool = false
  ) -> LedgerEntry {
    LedgerEntry(
      scenario: scenario, label: label, facet: facet, observed: observed, flickers: flickers, lanes: lanes,
      runtimes: [
        Runtimes(
          implementation: implementation, version: VersionRange(version)!, hpy: hpy.flatMap { VersionRange($0) },
          debug: debug)
      ],
      reason: reason, link: link, isPattern: isPattern, origin: "ledger.toml:1")
  }
}
