import Judging
import Model

@testable import Documents

/// What nobody wants in a text: control characters, characters that turn its direction, markup of every form.
let hostile =
  "\u{1B}[31mred\u{7}\u{0} \u{202E}gnp.exe\u{2066} \u{FFFE}<script>alert(1)</script> & `one` ``two`` |pipe| "
  + "\"\u{301}accent' _under_ *star* # 日本\r\nsecond\tline"

extension ExplorationDocument {
  static var sample: ExplorationDocument {
    func kind(_ what: String, since: String? = nil) -> Kind {
      Kind(
        kind: "heap, static | \(what) | slot:first side | TypeError", runtimes: ["cpython-3.11"], type: "C",
        operation: "x + 1", left: "B.nb_add", right: "TypeError",
        hierarchy: "hierarchy = \"1\"\n\n[[type]]\nname = \"A\"\n", since: since)
    }
    return ExplorationDocument(
      seed: 4, hierarchies: ["cpython-3.11": 6700, "pypy-7.3.19": 6600],
      new: [kind("binary"), kind("call <b>", since: "2026-11-25T03:12:00Z")],
      known: [Cause(name: "cpython-one", reason: "one does as the other", kinds: 2, runtimes: ["cpython-3.11"])],
      failures: ["pypy-7.3.19": "it dies at start"])
  }
}

extension ReportDocument {
  private static let promise = "Python/C API, 'Common Object Structures', PyMemberDef"
  private static let files = ["counters/first/scenarios.py", "counters/first/hpy.c"]
  private static let now = "9bef5909-4c1e-4a53-9d0e-9d6f7a1f2a01"
  private static let before = "1a2b3c4d-98f2-4d0c-8a77-0f6b1c3e5d02"

  static let samples: [(String, ReportDocument)] = [
    ("calm", calm), ("attention", attention), ("environment", environment), ("hostile", hostileReport),
    ("empty", empty),
  ]

  /// A night in which nothing changed.
  static var calm: ReportDocument {
    let known = FindingInfo(
      label: "read", facet: "exception type", observed: "returned None", expected: "raised AttributeError",
      source: promise, verdict: "known", reason: "a deleted member reads as None",
      link: "findings/pypy-hpy-object-members-deleted.md")
    return ReportDocument(
      headline: Headline(
        level: .calm, unexplained: 0,
        text: "Nothing is unexplained, and nothing is new since run 1a2b3c4d of 2026-11-25", details: []),
      run: .sample(now, day: 26), baseline: .sample(before, day: 25), notes: [],
      verdicts: ["conforming": 5, "known": 1, "not judged": 2], changes: ["unchanged": 5, "still known": 1],
      patterns: [], entries: [],
      matrix: Matrix(
        runtimes: ["cpython-3.11", "pypy-7.3.19"],
        rows: [
          .init(suite: "counters", places: [.init(conforming: 4), .init(conforming: 1, known: 1, notRun: 2)])
        ]),
      timeline: [moment(before, day: 25, seconds: 97.3, isBaseline: true), moment(now, day: 26, seconds: 246)],
      suites: [
        Suite(
          name: "counters",
          cases: [
            Case(
              name: "first", files: files,
              scenarios: [
                Scenario(name: "the_count_is_read_only", line: 2, cells: cells(nil)),
                Scenario(name: "a_counter_counts", line: 6, cells: cells(0)),
              ])
          ])
      ], findings: [[known]],
      causes: [
        RuntimeCauses(
          runtime: "pypy-7.3.19",
          causes: [
            .sample("pypy-hpy-object-members-deleted", cells: 1, lines: 3),
            .sample("pypy-other", upstream: "https://github.com/pypy/pypy/issues/1", fixed: ">=7.3.20", cells: 1),
          ])
      ],
      sources: [
        files[0]:
          "@scenario\ndef the_count_is_read_only(ext):\n    ...\n\n@scenario\ndef a_counter_counts(ext):\n    ...\n",
        files[1]: "#include \"hpy.h\"\n",
      ])
  }

  private static func moment(
    _ run: String, day: Int, seconds: Double?, changed: [String] = [], isBaseline: Bool = false
  ) -> Moment {
    Moment(
      run: run, started: "2026-11-\(day)T03:12:00Z", state: .finished, verdicts: ["conforming": 5, "known": 1],
      seconds: seconds, cellSeconds: 21, buildSeconds: 2.1, changed: changed, isBaseline: isBaseline)
  }

  /// - Parameter known: number of the list of findings of PyPy's universal cell.
  private static func cells(_ known: Int?) -> [Cell] {
    let reason = "only CPython supports HPy's CPython ABI"
    return [
      cell("cpython", "cpython-3.11"), cell("universal", "cpython-3.11"),
      Cell(
        lane: "cpython", runtime: "pypy-7.3.19", outcome: "not applicable", verdict: "not judged",
        change: .stillSkipped, needsAttention: false, message: reason),
      known.map {
        Cell(
          lane: "universal", runtime: "pypy-7.3.19", outcome: "expectation failed", verdict: "known",
          change: .stillKnown, needsAttention: false, findings: $0, seconds: 0.0345)
      } ?? cell("universal", "pypy-7.3.19"),
    ]
  }

  private static func cell(_ lane: String, _ runtime: String) -> Cell {
    Cell(
      lane: lane, runtime: runtime, outcome: "completed", verdict: "conforming", change: .unchanged,
      needsAttention: false, seconds: 0.0123)
  }

  /// One promise newly broken, one crash with all that it left, and two things that alarm nobody.
  static var attention: ReportDocument {
    var document = calm
    document.headline = Headline(
      level: .attention, unexplained: 2,
      text: "2 cells are unexplained; since run 1a2b3c4d of 2026-11-25: 1 new crash, 1 new divergence",
      details: ["1 divergence is gone while others remain."])
    document.notes = ["The baseline was made by another build of hpy-conform."]
    document.run.runtimes[0].changed = ["CPython 3.11.1 → CPython 3.11.2"]
    document.entries = [crash, broken, better, flaky]
    document.findPatterns()
    document.findings.append([
      FindingInfo(
        facet: "outcome", observed: "crashed SIGSEGV", expected: "completed", source: "a scenario runs to its end",
        verdict: "new"),
      FindingInfo(
        label: "count", facet: "value", observed: "4", expected: "3", reference: "cpython@cpython-3.11", verdict: "new"),
    ])
    document.suites[0].cases[0].scenarios[1].cells[1] = Cell(
      lane: "universal", runtime: "cpython-3.11", outcome: "crashed SIGSEGV", verdict: "new", change: .newlyCrashing,
      needsAttention: true, findings: 1, message: "Segmentation fault", seconds: 0.5)
    document.suites[0].cases[0].scenarios[0].cells[3].change = .flaky
    document.matrix.rows[0].places[0] = .init(conforming: 3, new: 1, attention: 1, changed: 1)
    document.timeline[1].verdicts = ["conforming": 4, "known": 1, "new": 1]
    document.exploration = .sample
    document.timeline[1].changed = ["cpython-3.11: CPython 3.11.1 → CPython 3.11.2", "2 files of the cases"]
    return document
  }

  private static func since(_ run: String, day: Int, runs: Int, unknown: Int = 0) -> Since {
    Since(
      run: run, started: "2026-11-\(day)T03:12:00Z", lastWithout: runs == 1 ? before : nil,
      lastWithoutStarted: runs == 1 ? "2026-11-25T03:12:00Z" : nil, unknownBetween: unknown,
      changed: runs == 1 ? ["cpython-3.11: CPython 3.11.1 → CPython 3.11.2"] : [], runs: runs)
  }

  private static var crash: Entry {
    Entry(
      change: .newlyCrashing, needsAttention: true, scenario: "counters/first/a_counter_counts", facet: "outcome",
      observed: "crashed SIGSEGV", expected: "completed", before: "completed",
      cells: ["universal@cpython-3.11", "universal+debug@cpython-3.11"], message: "Segmentation fault",
      since: since(now, day: 26, runs: 1, unknown: 2), frequency: [],
      show: "hpy-conform show counters/first/a_counter_counts@universal@cpython-3.11 --run 9bef5909",
      facts: [
        Fact(label: "three", before: "[1, 2, 3]", reference: "[1, 2, 3]"),
        Fact(label: "", now: "crashed SIGSEGV", before: "completed", reference: "completed"),
      ], output: "counting\n", traceback: "Fatal Python error: Segmentation fault\n  File \"scenarios.py\", line 6\n",
      attachments: ["calls": "HPy_New\nHPy_Close"], files: files, line: 6)
  }

  private static var broken: Entry {
    Entry(
      change: .newDivergence, needsAttention: true, scenario: "counters/first/the_count_is_read_only", label: "write",
      facet: "exception type", observed: "returned None", expected: "raised AttributeError",
      before: "raised AttributeError", source: promise, cells: ["universal@cpython-3.11", "universal@pypy-7.3.19"],
      since: since(before, day: 25, runs: 2), frequency: [],
      show: "hpy-conform show counters/first/the_count_is_read_only@universal@cpython-3.11 --run 9bef5909",
      facts: [
        Fact(
          label: "write", now: "returned None", before: "raised AttributeError", reference: "raised AttributeError",
          expected: "raised AttributeError", source: promise, holds: false),
        Fact(label: "count", now: "0", before: "0", reference: "0", expected: "0", holds: true),
      ], files: files, line: 2)
  }

  private static var better: Entry {
    Entry(
      change: .better, needsAttention: false, scenario: "counters/first/a_counter_counts", label: "four",
      facet: "value", observed: "4", expected: "4", before: "5", reference: "cpython@cpython-3.11",
      reason: "a known cause", link: "findings/x.md", cells: ["universal@pypy-7.3.19"], frequency: [],
      show: "hpy-conform show counters/first/a_counter_counts@universal@pypy-7.3.19 --run 9bef5909", facts: [],
      files: files, line: 6)
  }

  private static var flaky: Entry {
    Entry(
      change: .flaky, needsAttention: false, scenario: "counters/first/the_count_is_read_only", label: "order",
      facet: "order", observed: "[2, 1]", expected: "[1, 2]", reference: "cpython@cpython-3.11",
      cells: ["universal@pypy-7.3.19"], frequency: ["2 of 3 attempts: [1, 2]", "in 7 of the last 30 runs"],
      show: "hpy-conform show counters/first/the_count_is_read_only@universal@pypy-7.3.19 --run 9bef5909", facts: [],
      files: files, line: 2)
  }

  /// Its patterns, as they are found in a run.
  mutating func findPatterns() {
    let needed = entries.enumerated().filter(\.element.needsAttention)
    var tried: [String: Set<FindingPattern.Place>] = [:]
    for suite in suites {
      for one in suite.cases {
        for scenario in one.scenarios {
          tried["\(suite.name)/\(one.name)/\(scenario.name)"] = Set(
            scenario.cells.map { FindingPattern.Place(lane: $0.lane, runtime: $0.runtime) })
        }
      }
    }
    let known = findings.joined().filter { $0.verdict == "known" }.map {
      FindingPattern.Fact(
        scenario: "counters/first/a_counter_counts", places: [.init(lane: "universal", runtime: "pypy-7.3.19")],
        label: $0.label, facet: Facet(rawValue: $0.facet) ?? .value, observed: $0.observed, expected: $0.expected,
        link: $0.link)
    }
    let facts = needed.map(\.element).map { entry in
      FindingPattern.Fact(
        scenario: entry.scenario,
        places: entry.cells.map { Words.load($0) }.map { .init(lane: $0.what, runtime: $0.runtime) },
        label: entry.label, facet: Facet(rawValue: entry.facet) ?? .value, observed: entry.observed,
        expected: entry.expected)
    }
    patterns = FindingPatterns(runtimes: run.runtimes.map(\.name), tried: tried, known: known).patterns(of: facts)
      .map { pattern in PatternInfo(pattern, entries: pattern.members.map { needed[$0].offset }) }
  }

  /// A disk was full, a runtime was missing, and somebody interrupted what was left.
  static var environment: ReportDocument {
    var document = calm
    document.headline = Headline(
      level: .environment, unexplained: 0,
      text:
        "Nothing is unexplained, and nothing is new since run 1a2b3c4d of 2026-11-25; not everything was tried",
      details: ["1 cell could not be tried: a fault of the machine.", "A runtime is missing: no python3.12."])
    document.notes = ["This run was interrupted: 6 of 8 cells have a result."]
    document.run.state = .interrupted
    document.run.finished = nil
    document.run.missing = ["cpython-3.12: no python3.12 on PATH"]
    document.timeline[1].state = .interrupted
    document.timeline[1].seconds = nil
    document.entries = [
      Entry(
        change: .environmentBroken, needsAttention: false, scenario: "counters", facet: "outcome",
        observed: "not built: cc1: No space left on device", expected: "completed", before: "completed",
        cells: ["universal@cpython-3.11"], message: "cc1: No space left on device", frequency: [],
        show: "hpy-conform show counters/first/a_counter_counts@universal@cpython-3.11 --run 9bef5909", facts: [],
        files: files, line: 6)
    ]
    document.suites[0].cases[0].scenarios[1].cells[1] = Cell(
      lane: "universal", runtime: "cpython-3.11", outcome: "not built", verdict: "new", change: .environmentBroken,
      needsAttention: false, message: "cc1: No space left on device\ncompilation terminated")
    document.suites[0].cases[0].scenarios[1].cells[0] = Cell(
      lane: "cpython", runtime: "cpython-3.11", outcome: "", verdict: "not judged", change: .notRun,
      needsAttention: false)
    return document
  }

  /// Whatever comes from outside is hostile.
  static var hostileReport: ReportDocument {
    var document = attention
    document.headline.text = hostile
    document.headline.details = [hostile]
    document.notes = [hostile]
    document.run.runtimes[0].title = hostile
    document.run.arguments = hostile
    var entry = document.entries[0]
    entry.scenario = "counters/first/\(hostile)"
    (entry.label, entry.observed, entry.expected, entry.before) = (hostile, hostile, hostile + "!", hostile)
    (entry.source, entry.reason, entry.link, entry.message) = (hostile, hostile, "javascript:alert(1)", hostile)
    (entry.output, entry.traceback, entry.attachments) = (hostile, hostile, [hostile: hostile])
    entry.cells = ["universal@\(hostile)"]
    entry.show = ShellCommand.show("counters/first/\(hostile)@universal@cpython-3.11", run: now)
    entry.facts = [Fact(label: hostile, now: hostile, before: hostile, expected: hostile, source: hostile)]
    document.entries = [entry, document.entries[2]]
    document.entries[1].label = hostile
    document.findPatterns()
    document.findings[1] = [
      FindingInfo(
        label: hostile, facet: "value", observed: hostile, expected: hostile, source: hostile, verdict: "new",
        reason: hostile, link: hostile)
    ]
    document.suites[0].cases[0].scenarios[1].name = hostile
    document.causes = [
      RuntimeCauses(runtime: hostile, causes: [.sample(hostile, upstream: hostile, fixed: hostile, cells: 2)])
    ]
    document.suites[0].cases[0].scenarios[1].cells[1].message = hostile
    document.sources[files[1]] = hostile
    return document
  }

  /// A first run that has nothing.
  static var empty: ReportDocument {
    var run = RunInfo.sample(now, day: 26)
    (run.runtimes, run.series, run.planned) = ([], nil, 0)
    run.resumed = ["2026-11-26T03:20:00Z"]
    return ReportDocument(
      headline: Headline(
        level: .calm, unexplained: 0, text: "Nothing is unexplained (there is no baseline)", details: []),
      run: run, notes: ["There is no baseline: everything unexplained is listed."], verdicts: [:], changes: [:],
      patterns: [], entries: [], matrix: Matrix(runtimes: []), timeline: [], suites: [], findings: [], sources: [:])
  }
}

extension ReportDocument.Cause {
  static func sample(
    _ name: String, upstream: String? = "not reported", fixed: String? = nil, cells: Int, lines: Int? = nil
  ) -> ReportDocument.Cause {
    ReportDocument.Cause(
      name: name, reason: "why \(name)", link: "findings/\(name).md", upstream: upstream, fixed: fixed, cells: cells,
      scenarios: 1, smallest: "counters/first/a_counter_counts@universal@pypy-7.3.19", lines: lines,
      show: "hpy-conform show counters/first/a_counter_counts@universal@pypy-7.3.19 --run 9bef5909")
  }
}

extension RunInfo {
  static func sample(_ uuid: String, day: Int) -> RunInfo {
    RunInfo(
      run: uuid, started: "2026-11-\(day)T03:12:00Z", finished: "2026-11-\(day)T03:14:07Z", state: .finished,
      series: "nightly", planned: 8, arguments: "nightly", compiler: "gcc 12.2.0", program: "0.4.0",
      runtimes: [
        RuntimeInfo(name: "cpython-3.11", title: "CPython 3.11.2, HPy 0.9.0", changed: []),
        RuntimeInfo(name: "pypy-7.3.19", title: "PyPy 7.3.19, HPy 0.9.1.dev61+g79fb330d", changed: []),
      ], missing: [], thorough: day < 26)
  }
}
