import Model

@testable import Documents

extension CausesDocument {
  static let samples: [(String, CausesDocument)] = [
    ("all", CausesDocument(runtimes: [group("cpython", [known]), group("pypy", [reported, unused])])),
    ("one", CausesDocument(runtimes: [group("pypy", [withPlaces])])), ("none", CausesDocument(runtimes: [])),
    ("hostile", CausesDocument(runtimes: [group(hostile, [hostileCause])])),
  ]

  private static func group(_ implementation: String, _ causes: [Cause]) -> Group {
    Group(implementation: implementation, places: causes.map(\.places).reduce(0, +), causes: causes)
  }

  private static var known: Cause {
    Cause(
      name: "hpy-type-flag", reason: "HPy's flag is CPython's from 3.13 on; it should be another",
      link: "findings/hpy-type-flag.md", upstream: "not reported", fixed: ">=3.16", versions: [">=3.13, HPy >=0.9.0"],
      suites: ["calls", "modules"], places: 12, origin: "Suites/causes.toml:3")
  }

  private static var reported: Cause {
    var cause = known
    (cause.name, cause.upstream, cause.fixed) = ("pypy-cycles", "https://github.com/pypy/pypy/issues/3848", nil)
    (cause.versions, cause.places) = ([">=7.3.11", ">=7.3.19, no debug builds"], 3)
    return cause
  }

  private static var unused: Cause {
    var cause = known
    (cause.name, cause.upstream, cause.fixed, cause.suites, cause.places) = ("former", nil, nil, [], 0)
    return cause
  }

  private static var withPlaces: Cause {
    var cause = reported
    let crash = Place(
      scenario: "s/c/crashes", facet: "outcome", observed: ["crashed SIGSEGV", "crashed SIGABRT"], flickers: true,
      lanes: ["universal"], versions: [">=7.3.19"], note: "it reads what was freed", origin: "Suites/s/ledger.toml:9")
    let value = Place(
      scenario: "s/c/reads", label: "count", facet: "value", observed: ["3"], flickers: false,
      lanes: ["universal", "universal+debug"], versions: [">=7.3.19"], origin: "Suites/s/ledger.toml:3")
    cause.details = [value, crash]
    return cause
  }

  private static var hostileCause: Cause {
    Cause(
      name: hostile, reason: hostile, link: hostile, upstream: hostile, fixed: hostile, versions: [hostile],
      suites: [hostile], places: 1, origin: hostile,
      details: [
        Place(
          scenario: hostile, label: hostile, facet: hostile, observed: [hostile], flickers: false, lanes: [hostile],
          versions: [hostile], note: hostile, origin: hostile)
      ])
  }
}
