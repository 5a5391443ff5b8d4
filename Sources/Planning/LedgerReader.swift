import Model
import TOMLFile

/// Reads the files of a ledger: first the common causes, then the suites, which may ask for these.
struct LedgerReader {
  private struct Definition {
    var cause: LedgerCause
    var places: [TOMLDocument]
  }

  /// Those of the folder or of a stored run, by name.
  private var defined: [String: Definition] = [:]
  /// Those that the program brought along: behind all others.
  private let builtIn: [String: Definition]
  private let takesFormerForm: Bool
  /// In the order in which they were met.
  private(set) var causes: [LedgerCause] = []
  /// Whether a suite asks for a cause that only the program has.
  private(set) var usesBuiltIn = false

  /// - Parameters:
  ///   - builtIn: a text like that of `causes.toml`; one that can't be used has no causes.
  ///   - takesFormerForm: whether `[[divergence]]` is read, as ledgers of earlier runs have it.
  init(builtIn: String, takesFormerForm: Bool) {
    var reader = LedgerReader(builtIn: [:], takesFormerForm: false)
    try? reader.define(builtIn, file: LedgerFile.builtIn)
    self.init(builtIn: reader.defined, takesFormerForm: takesFormerForm)
  }

  private init(builtIn: [String: Definition], takesFormerForm: Bool) {
    self.builtIn = builtIn
    self.takesFormerForm = takesFormerForm
  }

  /// Learns the common causes.
  ///
  /// - Throws: `Problem` with file and line.
  mutating func define(_ text: String, file: String) throws {
    let document = try TOMLDocument(text, file: file)
    try refuseFormerForm(document)
    try document.refuseUnknownKeys(["cause"])
    for table in try document.tables("cause") { _ = try definition(in: table) }
  }

  /// The entries of one suite's ledger.
  ///
  /// - Throws: `Problem` with file and line.
  mutating func entries(of text: String, suite: String, file: String) throws -> [LedgerEntry] {
    let document = try TOMLDocument(text, file: file)
    if !takesFormerForm { try refuseFormerForm(document) }
    try document.refuseUnknownKeys(["cause"] + (takesFormerForm ? ["divergence"] : []))
    let former = try FormerLedger.entries(of: document, suite: suite)
    for entry in former where !causes.contains(where: { $0.name == entry.cause }) {
      causes.append(
        LedgerCause(
          name: entry.cause, reason: entry.reason, link: entry.link, upstream: nil, lanes: entry.lanes,
          runtimes: entry.runtimes, origin: entry.origin))
    }
    return try former
      + document.tables("cause").flatMap { table in
        let definition = try table.has("use") ? asked(for: table) : definition(in: table)
        return try definition.places.flatMap { try Self.entries(of: $0, definition.cause, suite: suite) }
      }
  }

  private func refuseFormerForm(_ document: TOMLDocument) throws {
    guard document.has("divergence") else { return }
    throw Problem(
      at: document.place(of: "divergence"), "`[[divergence]]` is the previous format of ledgers, expected `[[cause]]`",
      remedy: "`hpy-conform causes --convert` converts it, with the same entries")
  }

  // MARK: Causes

  private mutating func definition(in table: TOMLDocument) throws -> Definition {
    try table.refuseUnknownKeys([
      "name", "use", "reason", "link", "upstream", "fixed", "lanes", "runtimes", "place",
    ])
    let name = try table.text("name")
    if let earlier = defined[name] {
      throw Problem(
        at: table.place(of: "name"), "the cause \(name) is already defined at \(earlier.cause.origin)",
        remedy: "use it with `use = \"\(name)\"`, or give this one another name")
    }
    let cause = LedgerCause(
      name: name, reason: try table.text("reason"), link: try table.text("link"), upstream: try upstream(of: table),
      fixed: try table.range("fixed"), lanes: try table.lanes(), runtimes: try table.runtimes("runtimes"),
      origin: table.place())
    let definition = Definition(cause: cause, places: try table.tables("place"))
    defined[name] = definition
    causes.append(cause)
    return definition
  }

  private func upstream(of table: TOMLDocument) throws -> LedgerCause.Upstream {
    guard let text = try table.optionalText("upstream") else { return .notReported }
    guard let upstream = LedgerCause.Upstream(text) else {
      throw Problem(
        at: table.place(of: "upstream"), "`upstream` is \"\(text)\"",
        remedy: "write \"not reported\", \"no defect\", or the URL of the report: \"https://…\"")
    }
    return upstream
  }

  /// A cause that is defined elsewhere, with the suite's own places; with those of the cause where it has none.
  private mutating func asked(for table: TOMLDocument) throws -> Definition {
    try table.refuseUnknownKeys(["use", "place"])
    let name = try table.text("use")
    guard var definition = defined[name] ?? builtIn[name] else {
      let near = NearNames.among(Set(defined.keys).union(builtIn.keys).sorted(), to: name)
      throw Problem(
        at: table.place(of: "use"), "no cause is named `\(name)`",
        remedy: NearNames.hint(near) + "`hpy-conform causes --all` lists them; `name` defines a new one")
    }
    if defined[name] == nil {
      usesBuiltIn = true
      if !causes.contains(where: { $0.name == name }) { causes.append(definition.cause) }
    }
    let own = try table.tables("place")
    if !own.isEmpty { definition.places = own }
    guard !definition.places.isEmpty else {
      throw Problem(
        at: table.place(), "the cause \(name) defines no places, and none are given here",
        remedy: "add `[[cause.place]]` with scenario, facet and observed")
    }
    return definition
  }

  // MARK: Places

  /// One place: an entry for each of its labels in each of its scenarios.
  private static func entries(of place: TOMLDocument, _ cause: LedgerCause, suite: String) throws -> [LedgerEntry] {
    try place.refuseUnknownKeys(["scenario", "label", "facet", "observed", "flickers", "lanes", "runtimes", "note"])
    let what = try PlaceReader.what(of: place)
    let lanes = try place.has("lanes") ? place.lanes() : cause.lanes
    let runtimes = try place.has("runtimes") ? place.runtimes("runtimes") : cause.runtimes
    guard !lanes.isEmpty, !runtimes.isEmpty else {
      throw Problem(
        at: place.place(), "neither this place nor its cause names lanes and runtimes", remedy: PlaceReader.example)
    }
    let note = try place.optionalText("note")
    return try PlaceReader.scenarios(of: place, suite: suite).flatMap { scenario in
      let isPattern = scenario.testCase.contains("*") || scenario.name.contains("*")
      if isPattern, what.facet != .outcome {
        throw Problem(
          at: place.place(of: "scenario"), "a pattern is only for the facet outcome, not for \(what.facet.rawValue)",
          remedy: "name the scenarios")
      }
      return PlaceReader.each(what.labels) { label in
        LedgerEntry(
          scenario: scenario, label: label, facet: what.facet, observed: what.observed, flickers: what.flickers,
          lanes: lanes, runtimes: runtimes, cause: cause.name, reason: note ?? cause.reason, link: cause.link,
          isPattern: isPattern, origin: place.place())
      }
    }
  }
}
