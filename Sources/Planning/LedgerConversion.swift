import Foundation
import Model
import TOMLFile

/// Writes ledgers of the former form as causes, in `causes.toml`, and their places, in each suite.
///
/// What a link leads to is one cause. Its reason, lanes and runtimes are those of most entries; an entry that says
/// otherwise says so at its place. Where several entries cover a divergence, the first stays the first.
public struct LedgerConversion: Sendable {
  /// The new texts, by path below the suites' folder; none where no ledger has the former form.
  public private(set) var files: [String: String] = [:]
  /// Of the former entries, and of what they became.
  public private(set) var counts = (entries: 0, causes: 0, places: 0)

  /// - Throws: `Problem` with file and line for a ledger that can't be read.
  public init(suites: URL, names: [String]) throws {
    let place = suites.appending(path: LedgerFile.common).path
    let common = try TextFile.read(place)
    var reader = LedgerReader(builtIn: "", takesFormerForm: false)
    if let common { try reader.define(common, file: place) }
    var former: [(suite: String, entries: [LedgerEntry])] = []
    for name in names {
      let file = suites.appending(path: "\(name)/\(LedgerFile.name)").path
      guard let text = try TextFile.read(file) else { continue }
      let document = try TOMLDocument(text, file: file)
      guard document.has("divergence") else { continue }
      try document.refuseUnknownKeys(["divergence"])
      former.append((name, try FormerLedger.entries(of: document, suite: name)))
    }
    self.init(former, known: reader.causes, common: common)
  }

  init(_ former: [(suite: String, entries: [LedgerEntry])], known: [LedgerCause] = [], common: String? = nil) {
    let all = former.flatMap(\.entries)
    var causes = Dictionary(known.map { ($0.link, $0) }) { first, _ in first }
    var names = Set(known.map(\.name))
    var made: [LedgerCause] = []
    for link in Set(all.map(\.link)).sorted() where causes[link] == nil {
      let cause = Self.cause(of: all.filter { $0.link == link }, taken: names)
      names.insert(cause.name)
      causes[link] = cause
      made.append(cause)
    }
    made.sort { $0.name < $1.name }
    counts = (all.count, Set(all.map(\.link)).count, 0)
    for (suite, entries) in former {
      var layout = LedgerLayout()
      for entry in entries { if let cause = causes[entry.link] { layout.add(entry, to: cause) } }
      files["\(suite)/\(LedgerFile.name)"] = layout.text
      counts.places += layout.placeCount
    }
    if !made.isEmpty {
      let head = common ?? "# Causes that any suite can use: Suites/README.md describes the format.\n"
      files[LedgerFile.common] = head + made.map { "\n" + LedgerText.definition(of: $0) }.joined()
    }
  }

  private static func cause(of entries: [LedgerEntry], taken: Set<String>) -> LedgerCause {
    let link = entries[0].link
    let name = FormerLedger.causeName(of: link)
    return LedgerCause(
      name: (1...).lazy.map { $0 == 1 ? name : "\(name)-\($0)" }.first { !taken.contains($0) } ?? name,
      reason: commonest(entries.map(\.reason)), link: link,
      upstream: .init(link) ?? .notReported, lanes: commonest(entries.map(\.lanes)),
      runtimes: commonest(entries.map(\.runtimes)))
  }

  /// The first of those that are there most often.
  private static func commonest<Value: Hashable>(_ values: [Value]) -> Value {
    let counts = values.reduce(into: [:]) { $0[$1, default: 0] += 1 }
    let most = counts.values.max()
    return values.first { counts[$0] == most }!
  }
}

/// The order of causes and places in a ledger, entries that say the same together.
struct LedgerLayout {
  private struct Place {
    /// With the first of its scenarios.
    var entry: LedgerEntry
    var scenarios: [String]
  }

  private struct Position: Comparable {
    var block: Int
    var place: Int

    static func < (left: Position, right: Position) -> Bool {
      (left.block, left.place) < (right.block, right.place)
    }
  }

  private struct Spot: Hashable {
    var scenario: ScenarioID
    var place: Divergence.Place
  }

  private var blocks: [(cause: LedgerCause, places: [Place])] = []
  private var placed: [Spot: [(at: Position, entry: LedgerEntry)]] = [:]

  var placeCount: Int { blocks.reduce(0) { $0 + $1.places.count } }

  /// Adds what stands behind all that was added: it gets before none of those that cover the same.
  mutating func add(_ entry: LedgerEntry, to cause: LedgerCause) {
    let spot = Spot(scenario: entry.scenario, place: entry.place)
    let last = (placed[spot] ?? []).filter { Self.canMeet($0.entry, entry) }.map(\.at).max()
    let position = position(for: entry, cause, notBefore: last ?? Position(block: 0, place: 0))
    placed[spot, default: []].append((position, entry))
  }

  private mutating func position(for entry: LedgerEntry, _ cause: LedgerCause, notBefore last: Position) -> Position {
    let scenario = "\(entry.scenario.testCase)/\(entry.scenario.name)"
    for block in blocks.indices where block >= last.block && blocks[block].cause.name == cause.name {
      for place in blocks[block].places.indices where Position(block: block, place: place) >= last {
        let one = blocks[block].places[place]
        if one.entry.saysTheSame(as: entry), !one.scenarios.contains(scenario) {
          blocks[block].places[place].scenarios.append(scenario)
          return Position(block: block, place: place)
        }
      }
    }
    let block = blocks.indices.first { $0 >= last.block && blocks[$0].cause.name == cause.name } ?? blocks.count
    if block == blocks.count { blocks.append((cause, [])) }
    blocks[block].places.append(Place(entry: entry, scenarios: [scenario]))
    return Position(block: block, place: blocks[block].places.count - 1)
  }

  /// Whether one divergence may be covered by both.
  private static func canMeet(_ one: LedgerEntry, _ other: LedgerEntry) -> Bool {
    !Set(one.observed).isDisjoint(with: other.observed) && !Set(one.lanes).isDisjoint(with: other.lanes)
      && !Set(one.runtimes.map(\.implementation)).isDisjoint(with: other.runtimes.map(\.implementation))
  }

  var text: String {
    blocks.map { cause, places in
      "[[cause]]\nuse = \(LedgerText.quoted(cause.name))\n"
        + places.map { "\n" + LedgerText.place(of: $0.entry, $0.scenarios, cause) }.joined()
    }.joined(separator: "\n")
  }
}

extension LedgerEntry {
  fileprivate func saysTheSame(as other: LedgerEntry) -> Bool {
    var other = other
    (other.scenario, other.origin) = (scenario, origin)
    return self == other
  }
}

/// Causes and places as TOML.
enum LedgerText {
  static func definition(of cause: LedgerCause) -> String {
    lines([
      "[[cause]]", "name = \(quoted(cause.name))", "reason = \(quoted(cause.reason))", "link = \(quoted(cause.link))",
      cause.upstream.map { "upstream = \(quoted($0.description))" },
      cause.fixed.map { "fixed = \(quoted($0.description))" }, lanes(cause.lanes), runtimes(cause.runtimes),
    ])
  }

  /// - Parameter cause: what it says need not be said again.
  static func place(of entry: LedgerEntry, _ scenarios: [String], _ cause: LedgerCause) -> String {
    lines([
      "[[cause.place]]", "scenario = \(list(scenarios))", entry.label.map { "label = \(quoted($0))" },
      "facet = \(quoted(entry.facet.rawValue))", "observed = \(list(entry.observed))",
      entry.flickers ? "flickers = true" : nil, entry.lanes == cause.lanes ? nil : lanes(entry.lanes),
      entry.runtimes == cause.runtimes ? nil : runtimes(entry.runtimes),
      entry.reason == cause.reason ? nil : "note = \(quoted(entry.reason))",
    ])
  }

  /// A basic string (TOML 1.0.0, "String").
  static func quoted(_ text: String) -> String {
    text.unicodeScalars.reduce(into: "\"") { result, scalar in
      switch scalar {
      case "\"", "\\": result += "\\\(scalar)"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case _ where scalar.value < 0x20 || scalar.value == 0x7F:
        let number = String(scalar.value, radix: 16, uppercase: true)
        result += "\\u" + String(repeating: "0", count: 4 - number.count) + number
      default: result.unicodeScalars.append(scalar)
      }
    } + "\""
  }

  private static func lines(_ lines: [String?]) -> String { lines.compactMap { $0 }.map { $0 + "\n" }.joined() }

  /// One text alone, some in a line, more in a line each.
  private static func list(_ texts: [String]) -> String {
    let quoted = texts.map(quoted)
    if quoted.count == 1 { return quoted[0] }
    let line = "[\(quoted.joined(separator: ", "))]"
    return line.count <= 100 ? line : "[\n" + quoted.map { "  \($0),\n" }.joined() + "]"
  }

  private static func lanes(_ lanes: [Lane]) -> String? {
    lanes.isEmpty ? nil : "lanes = [\(lanes.map { quoted($0.description) }.joined(separator: ", "))]"
  }

  private static func runtimes(_ runtimes: [LedgerEntry.Runtimes]) -> String? {
    if runtimes.isEmpty { return nil }
    let tables = runtimes.map { one in
      let parts = [
        "implementation = \(quoted(one.implementation))", "version = \(quoted(one.version.description))",
        one.hpy.map { "hpy = \(quoted($0.description))" }, one.debug.map { "debug = \($0)" },
        one.freeThreaded.map { "free-threaded = \($0)" },
      ]
      return "{ \(parts.compactMap { $0 }.joined(separator: ", ")) }"
    }
    return "runtimes = [\(tables.joined(separator: ", "))]"
  }
}
