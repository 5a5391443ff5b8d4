import Documents
import Model

/// What the templates of a page read: a report, and beside it what they can't work out themselves.
///
/// A name that a value lacks, or whose value is nil, is looked up further outside. So what may be nil is read with a
/// dot (`entry.source`), behind which nothing is looked up elsewhere, and no other field is an Optional.
struct PageView {
  typealias Option = (index: Int, name: String, count: Int)

  let document: ReportDocument
  let style: String
  let script: String
  let policy: String
  let level: (tone: Tone, word: String)
  let short: String
  let started: String
  let cellCount: Int
  let filter: (changes: [Option], verdicts: [Option], runtimes: [Option], lanes: [Option], suites: [Option])
  let attention: PatternList
  let otherwise: EntryList
  let rows: [MatrixRow]
  let plots: [TrendPlot]
  let moments: [MomentView]
  let suites: [SuiteView]
  let findings: [(id: String, title: String, list: [FindingView])]
  /// With HTML.
  let sources: [(id: String, path: String, lines: String)]
  let causes: [CausesView]
  /// One, or none.
  let explorations: [ExplorationView]
  /// The run and its baseline, beside each other.
  let about: [(name: String, now: String, before: String)]

  init(_ document: ReportDocument, style: String, script: String, policy: String) {
    let names = PageNames(document)
    let cells = document.suites.flatMap(\.cases).flatMap(\.scenarios).flatMap(\.cells)
    self.document = document
    (self.style, self.script, self.policy) = (style, script, policy)
    level =
      switch document.headline.level {
      case .calm: (.good, "Explained")
      case .unexplained: (.warn, "Unexplained")
      case .attention: (.bad, "Needs attention")
      case .broken: (.warn, "Broken case")
      case .environment: (.warn, "Environment")
      }
    short = Words.short(document.run.run)
    started = PageText.time(document.run.started)
    cellCount = cells.count
    filter = Self.filter(cells, names)
    attention = PatternList(document, names)
    otherwise = EntryList(document.entries.filter { !$0.needsAttention }, id: "o", full: 0, names)
    rows = document.matrix.rows.map { MatrixRow($0, document.matrix.runtimes, names) }
    plots = TrendPlot.all(document.timeline)
    moments = document.timeline.reversed().map { MomentView($0, isThis: $0.run == document.run.run) }
    suites = document.suites.map { SuiteView($0, in: document, names) }
    findings = document.findings.enumerated().filter { !$0.element.isEmpty }.map { number, list in
      ("finding\(number)", list.title, list.map { FindingView(finding: $0, place: Words.place($0.label)) })
    }
    sources = Self.sources(document, names)
    causes = (document.causes ?? []).enumerated().map { CausesView($1, id: "causes\($0)", names) }
    explorations = document.exploration.map { [ExplorationView($0)] } ?? []
    about = Self.about(document)
  }

  private static func filter(
    _ cells: [ReportDocument.Cell], _ names: PageNames
  ) -> ([Option], [Option], [Option], [Option], [Option]) {
    let changed = Dictionary(grouping: cells, by: \.change)
    let changes = CellChange.allCases.enumerated().compactMap { index, change in
      changed[change].map { (index, change.rawValue, $0.count) }
    }
    let verdicts = Dictionary(grouping: cells, by: \.verdict).sorted { $0.key < $1.key }.map { verdict, cells in
      (PageNames.number(ofVerdict: verdict), verdict, cells.count)
    }
    func options(_ names: PageNames.Numbered) -> [Option] { names.names.enumerated().map { ($0, $1, 0) } }
    return (changes, verdicts, options(names.runtimes), options(names.lanes), options(names.suites))
  }

  /// Sources with an anchor at each line, and the lines marked at which scenarios begin.
  private static func sources(_ document: ReportDocument, _ names: PageNames) -> [(String, String, String)] {
    var marks: [String: Set<Int>] = [:]
    for one in document.suites.flatMap(\.cases) {
      if let first = one.files.first { marks[first, default: []].formUnion(one.scenarios.compactMap(\.line)) }
    }
    for entry in document.entries {
      if let first = entry.files.first, let line = entry.line { marks[first, default: []].insert(line) }
    }
    return document.sources.sorted { $0.key < $1.key }.map { path, text in
      let id = names.source(path) ?? ""
      let lines = PageText.lines(of: text).enumerated().map { index, line in
        let begins = marks[path]?.contains(index + 1) == true ? " class=\"at\"" : ""
        return "<span id=\"\(id)l\(index + 1)\"\(begins)>\(Markup.escaped(String(line)))\n</span>"
      }
      return (id, path, lines.joined())
    }
  }

  private static func about(_ document: ReportDocument) -> [(String, String, String)] {
    func row(_ name: String, _ value: (RunInfo) -> String?) -> (String, String, String) {
      (name, value(document.run) ?? "–", document.baseline.flatMap(value) ?? "–")
    }
    let resumed = row("resumed") { $0.resumed?.map(PageText.time).joined(separator: ", ") }
    let effort = row("effort", \.effort)
    let hasEffort = [document.run, document.baseline].contains { $0?.effort != nil }
    let isResumed = [document.run, document.baseline].contains { $0?.resumed != nil }
    let runtimes = (document.run.runtimes + (document.baseline?.runtimes ?? [])).map(\.name).unique
    return [
      row("run", \.run), row("started") { PageText.time($0.started) },
      row("finished") { $0.finished.map(PageText.time) }, row("state", \.state.rawValue), row("series", \.series),
      row("cells planned") { String($0.planned) }, row("arguments", \.arguments), row("compiler", \.compiler),
      row("hpy-conform", \.program),
    ] + (hasEffort ? [effort] : []) + (isResumed ? [resumed] : [])
      + runtimes.map { name in row(name) { run in run.runtimes.first { $0.name == name }?.title } }
  }
}

struct FindingView {
  let finding: FindingInfo
  let place: String
}

extension [FindingInfo] {
  /// Findings in a line.
  var title: String {
    guard let first else { return "" }
    return PageText.gist(first.label, first.observed, first.expected) + (count > 1 ? " and \(count - 1) more" : "")
  }
}

/// A suite in the matrix of runtimes and suites.
struct MatrixRow {
  typealias Place = (
    runtime: String, suiteIndex: Int, runtimeIndex: Int, tone: String, parts: [(text: String, tone: String)]
  )

  let suite: String
  let target: String
  let places: [Place]

  init(_ row: Matrix.Row, _ runtimes: [String], _ names: PageNames) {
    suite = row.suite
    target = names.suite(row.suite)
    places = zip(runtimes, row.places).map { runtime, place in
      (
        runtime, names.suites[row.suite] ?? -1, names.runtimes[runtime] ?? -1, place.attention > 0 ? "alarm" : "",
        Self.parts(place)
      )
    }
  }

  /// A place in words, what is bad first, without zeroes.
  private static func parts(_ place: Matrix.Place) -> [(String, String)] {
    // What was there yesterday, too, is said as quietly as the rest.
    let (bad, warn) = place.attention > 0 ? ("bad", "warn") : ("none", "none")
    let parts = [
      (place.new, "✗\u{A0}new", bad), (place.fixed, "△\u{A0}fixed", warn), (place.flaky, "△\u{A0}flaky", warn),
      (place.conforming, "✓\u{A0}ok", "good"), (place.known, "●\u{A0}known", "known"),
      (place.notRun, "○\u{A0}not run", "none"), (place.changed, "changed", "delta"),
    ].filter { $0.0 > 0 }.map { ("\($0.0)\u{A0}\($0.1)", $0.2) }
    return parts.isEmpty ? [("–", "none")] : parts
  }
}

/// A run in the history.
struct MomentView {
  let moment: ReportDocument.Moment
  let short: String
  let started: String
  let note: String
  let tone: String
  let counts: [(text: String, tone: String)]
  let seconds: String
  let builds: String

  init(_ moment: ReportDocument.Moment, isThis: Bool) {
    self.moment = moment
    short = Words.short(moment.run)
    started = PageText.time(moment.started)
    note = [
      isThis ? "this run" : nil, moment.isBaseline ? "baseline" : nil,
      moment.state == .finished ? nil : moment.state.rawValue,
    ].compactMap { $0 }.joined(separator: ", ")
    tone = isThis ? "this" : ""
    counts = [Verdict.new, .fixed, .flaky, .known, .conforming].map { verdict in
      let count = moment.verdicts[verdict.rawValue] ?? 0
      return (String(count), count > 0 && verdict.needsAttention ? Tone(verdict: verdict.rawValue).name : "")
    }
    seconds = moment.seconds.map(PageText.duration) ?? "–"
    builds = moment.buildSeconds.map(PageText.duration) ?? "–"
  }
}
