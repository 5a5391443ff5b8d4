import Model
import TOMLFile

/// What both forms of a ledger say of a place in the same way.
enum PlaceReader {
  /// `labels` is nil for the outcome of the whole cell.
  typealias What = (labels: [String]?, facet: Facet, observed: [String], flickers: Bool)

  /// What to write where lanes and runtimes are missing.
  static let example =
    "add `lanes = [\"universal\"]` and `runtimes = [{ implementation = \"cpython\", version = \">=3.11\" }]`"

  static func what(of table: TOMLDocument) throws -> What {
    let facet = try facet(of: table)
    let labels = try table.texts("label")
    if let labels, labels.isEmpty || labels.contains("") {
      throw Problem(
        at: table.place(of: "label"), "`label` is empty, expected a label or a list of labels", remedy: "fix this line")
    }
    if let labels, let twice = labels.first(where: { one in labels.count { $0 == one } > 1 }) {
      throw Problem(at: table.place(of: "label"), "`label` has \"\(twice)\" twice", remedy: "remove one of them")
    }
    if (facet == .outcome) != (labels == nil) {
      throw Problem(
        at: table.place(of: "facet"),
        facet == .outcome ? "the facet outcome has no label" : "the facet \(facet.rawValue) needs a label",
        remedy: "an outcome belongs to the whole cell, every other facet to a label")
    }
    guard let observed = try table.texts("observed"), !observed.isEmpty else {
      throw Problem(
        at: table.place(of: "observed"), "`observed` is missing",
        remedy: "write the observed value; any other value is reported as new")
    }
    if let text = observed.first(where: { $0.contains("..") && LedgerEntry.bounds($0) == nil }), facet == .leak {
      throw Problem(
        at: table.place(of: "observed"), "`observed` has \"\(text)\", expected a number, or bounds as 1500..3000",
        remedy: "write the least first")
    }
    return (labels, facet, observed, try table.flag("flickers") ?? false)
  }

  /// What `make` gives for each label, or for none where the whole cell is meant.
  static func each<Made>(_ labels: [String]?, _ make: (String?) -> Made) -> [Made] {
    labels?.map(make) ?? [make(nil)]
  }

  static func scenarios(of table: TOMLDocument, suite: String) throws -> [ScenarioID] {
    guard let texts = try table.texts("scenario"), !texts.isEmpty else {
      throw Problem(
        at: table.place(of: "scenario"), "`scenario` is missing",
        remedy: "write it as \"CASE/SCENARIO\", or a list of such")
    }
    return try texts.map { text in
      let path = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
      guard path.count == 2, path.allSatisfy({ !$0.isEmpty }) else {
        throw Problem(
          at: table.place(of: "scenario"), "`scenario` is \"\(text)\"",
          remedy: "write it as \"CASE/SCENARIO\", or a list of such")
      }
      return ScenarioID(suite: suite, testCase: path[0], name: path[1])
    }
  }

  private static func facet(of table: TOMLDocument) throws -> Facet {
    let text = try table.text("facet")
    guard let facet = Facet(rawValue: text) else {
      throw Problem(
        at: table.place(of: "facet"), "unknown facet `\(text)`",
        remedy: "known facets: \(Facet.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    return facet
  }
}

/// Ledgers as they were before causes had a place of their own: a table `[[divergence]]` for each label, facet and
/// observed value, with reason and link. Databases keep such texts, and their runs are judged by them.
enum FormerLedger {
  /// - Throws: `Problem` with file and line.
  static func entries(of document: TOMLDocument, suite: String) throws -> [LedgerEntry] {
    try document.tables("divergence").flatMap { try entries(in: $0, suite: suite) }
  }

  /// One table: an entry for each of its scenarios.
  private static func entries(in table: TOMLDocument, suite: String) throws -> [LedgerEntry] {
    try table.refuseUnknownKeys([
      "scenario", "label", "facet", "observed", "flickers", "lanes", "runtimes", "reason", "link",
    ])
    let what = try PlaceReader.what(of: table)
    let scenarios = try PlaceReader.scenarios(of: table, suite: suite)
    let lanes = try table.lanes()
    let runtimes = try table.runtimes("runtimes")
    guard !lanes.isEmpty, !runtimes.isEmpty else {
      throw Problem(at: table.place(), "an entry names lanes and runtimes", remedy: PlaceReader.example)
    }
    let reason = try table.text("reason")
    let link = try table.text("link")
    return scenarios.flatMap { scenario in
      PlaceReader.each(what.labels) { label in
        LedgerEntry(
          scenario: scenario, label: label, facet: what.facet, observed: what.observed, flickers: what.flickers,
          lanes: lanes, runtimes: runtimes, cause: causeName(of: link), reason: reason, link: link,
          origin: table.place())
      }
    }
  }

  /// A name for what stands under a link: that of its write-up, or the last parts of an address.
  static func causeName(of link: String) -> String {
    let parts = link.split(separator: "/").map(String.init)
    let isAddress = link.hasPrefix("http")
    let name = isAddress ? parts.dropFirst(2).suffix(3).joined(separator: "-") : parts.last ?? link
    return name.hasSuffix(".md") ? String(name.dropLast(3)) : name
  }
}
