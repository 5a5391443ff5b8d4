import Comparing
import Model

@testable import Documents

extension BisectionDocument {
  static let samples: [(String, BisectionDocument)] = [
    ("first-bad", found), ("range", range), ("ends-alike", endsAlike), ("interrupted", interrupted),
    ("hostile", hostileBisection),
  ]

  private static func candidate(_ name: String, _ answer: Bisection.Answer?, isNew: Bool = false) -> Candidate {
    var one = Candidate(name: name)
    one.answer = answer
    if answer == .skipped { one.reason = "the case can't be built" }
    guard answer == .good || answer == .bad else { return one }
    (one.outcome, one.runtime, one.tries) = ("completed", "CPython 3.11.2, HPy \(name)", answer == .bad ? 3 : 1)
    one.run = "\(name.filter(\.isNumber))abcdef-1234"
    if answer == .bad {
      one.findings = [
        Found(
          label: "destroyed", facet: "order", observed: "[2, 1]", expected: "[1, 2]",
          oracle: "reference cpython on cpython-3.11", verdict: "new", isNew: isNew)
      ]
    }
    return one
  }

  private static var found: BisectionDocument {
    BisectionDocument(
      cell: "s/c/n@universal@cpython-3.11", kind: .hpy, label: "destroyed", conclusion: .firstBad, lastGood: 1,
      firstBad: 2,
      candidates: [
        candidate("0.0.4", nil), candidate("0.9.0", .good), candidate("0.9.1", .bad, isNew: true),
        candidate("0.9.2", .bad, isNew: true),
      ],
      changes: [
        Change(what: "HPy's version", lastGood: "0.9.0", firstBad: "0.9.1"),
        Change(what: "HPy's headers", lastGood: "3d73054c612c", firstBad: "aaaaaaaaaaaa"),
      ], notes: ["the answer varies on 0.9.2"],
      show: ["hpy-conform show s/c/n@universal@cpython-3.11 --run 091abcde"], database: "Results/results.sqlite")
  }

  private static var range: BisectionDocument {
    var document = found
    (document.conclusion, document.lastGood, document.firstBad, document.untried) = (.range, 1, 3, [2])
    document.label = nil
    document.changes = []
    document.candidates[2] = candidate("0.9.1", .skipped)
    document.candidates[3].commit = "1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e"
    document.candidates[3].subject = "Close handles in order"
    document.candidates[3].flickers = true
    document.candidates[1].reusedFrom = "77777777-1234"
    return document
  }

  private static var endsAlike: BisectionDocument {
    var document = found
    (document.conclusion, document.lastGood, document.firstBad) = (.endsAlike, 2, 3)
    document.candidates[2].findings[0].isNew = false
    document.candidates[3].findings[0].isNew = false
    return document
  }

  private static var interrupted: BisectionDocument {
    var document = found
    (document.conclusion, document.lastGood, document.firstBad, document.changes) = (.interrupted, nil, nil, [])
    document.candidates = [candidate("0.9.0", .good), candidate("0.9.1", nil)]
    (document.notes, document.show) = ([], [])
    return document
  }

  private static var hostileBisection: BisectionDocument {
    var document = range
    (document.cell, document.label, document.notes, document.database) = (hostile, hostile, [hostile], hostile)
    document.candidates[3].name = hostile
    document.candidates[3].subject = hostile
    document.candidates[3].findings[0].observed = hostile
    document.candidates[3].findings[0].oracle = hostile
    document.candidates[2].reason = hostile
    document.show = [ShellCommand.show(hostile, run: "1234567890")]
    return document
  }
}

extension PortabilityDocument {
  static let samples: [(String, PortabilityDocument)] = [
    ("mixed", mixed), ("empty", empty), ("hostile", hostilePortability), ("stable", stable),
  ]

  /// Binaries for the stable ABI: one that uses what came later, one whose behaviour alone tells that it is wrong.
  private static var stable: PortabilityDocument {
    var document = mixed
    document.binaries = [binary("abi3", "cpython-3.13", "raw C API, stable ABI, headers of CPython 3.13.0")]
    document.pairs = [
      Pair(
        binary: "abi3:cpython-3.13", runtime: "cpython-3.11", isReference: false, behaves: 5, refused: 2, misbehaves: 1,
        broken: 3)
    ]
    document.runtimes.removeLast(2)
    document.groups = [
      group(
        "abi3:cpython-3.13", "cpython-3.11", .refused, isKept: false,
        observed: "ext.abi3.so: undefined symbol: PyObject_DelAttr", count: 2)
    ]
    document.staticCheck = StaticPart(
      tool: "abi3audit 0.0.26",
      binaries: [
        .init(
          binary: "abi3:cpython-3.13", checked: 3, asDeclared: 1,
          findings: [
            .init(what: "PyObject_DelAttr came with 3.13", cases: ["s/a", "s/b"]),
            .init(what: "PyX is not in the stable ABI", cases: (1...8).map { "s/c\($0)" }),
          ], onlyStatic: ["s/b"], onlyBehaviour: ["s/d"])
      ])
    return document
  }

  private static func binary(_ kind: String, _ home: String, _ title: String) -> Binary {
    Binary(
      name: "\(kind):\(home)", title: title, kind: kind, abi: "universal", builtFor: home, hpyVersion: "0.9.0",
      layout: "3d73054c612c")
  }

  private static func group(
    _ binary: String, _ runtime: String, _ behaviour: PortabilityBehaviour, isKept: Bool?, label: String? = nil,
    observed: String, expected: String? = nil, reference: String? = nil, isUnsteady: Bool = false, count: Int = 1
  ) -> Group {
    Group(
      binary: binary, runtime: runtime, behaviour: behaviour, demand: "behave",
      source: "HPy documentation, Target ABIs",
      isKept: isKept, isUnsteady: isUnsteady, label: label, facet: expected.map { _ in "value" }, observed: observed,
      expected: expected, reference: reference,
      scenarios: (0..<count).map { Scenario(name: "s/c/n\($0)", place: label == nil ? nil : "scenarios.py:12") })
  }

  private static var mixed: PortabilityDocument {
    let away = "universal:cpython-3.11"
    return PortabilityDocument(
      id: "377b0d64-1234", started: "2026-11-28T15:45:00Z", finished: "2026-11-28T15:53:00Z", state: .finished,
      planned: 90, tried: 90,
      runtimes: [
        Place(name: "cpython-3.11", title: "CPython 3.11.2, HPy 0.9.0"),
        Place(name: "pypy-7.3.19", title: "PyPy 7.3.19, HPy 0.9.1"),
        Place(name: "bare", title: "CPython 3.12.1, no HPy", obstacle: "bare has no hpy installed"),
      ],
      binaries: [
        binary("universal", "cpython-3.11", "universal, HPy 0.9.0, the same as that of cpython-3.8"),
        binary("no-tag", "cpython-3.11", "universal, file without a tag, HPy 0.9.0"),
      ],
      pairs: [
        Pair(binary: away, runtime: "cpython-3.11", isReference: true, behaves: 13, notBuilt: 2),
        Pair(
          binary: away, runtime: "pypy-7.3.19", isReference: false, behaves: 9, misbehaves: 4, broken: 4, unsteady: 1),
        Pair(binary: away, runtime: "bare", isReference: false, notTried: 15),
        Pair(binary: "no-tag:cpython-3.11", runtime: "cpython-3.11", isReference: false, refused: 15),
        Pair(binary: "no-tag:cpython-3.11", runtime: "pypy-7.3.19", isReference: false),
        Pair(binary: "no-tag:cpython-3.11", runtime: "bare", isReference: false, notTried: 15),
      ],
      groups: [
        group(
          away, "pypy-7.3.19", .misbehaves, isKept: false, label: "read", observed: "None", expected: "1",
          reference: "universal@pypy-7.3.19", count: 13),
        group(
          away, "pypy-7.3.19", .misbehaves, isKept: nil, observed: "crashed SIGSEGV", expected: "completed",
          reference: "universal@cpython-3.11", isUnsteady: true),
        group("\(away), no-tag:cpython-3.11", "", .notBuilt, isKept: nil, observed: "s/c/hpy.c:1: error: no", count: 4),
        group("", "bare", .notTried, isKept: nil, observed: "bare has no hpy installed", count: 2),
      ])
  }

  private static var empty: PortabilityDocument {
    PortabilityDocument(
      id: "377b0d64-1234", started: "2026-11-28T15:45:00Z", state: .interrupted, planned: 90, tried: 0,
      runtimes: [Place(name: "cpython-3.11", title: "CPython 3.11.2, HPy 0.9.0")],
      binaries: [binary("universal", "cpython-3.11", "universal, HPy 0.9.0")],
      pairs: [Pair(binary: "universal:cpython-3.11", runtime: "cpython-3.11", isReference: true)], groups: [])
  }

  private static var hostilePortability: PortabilityDocument {
    var document = mixed
    document.runtimes[1].title = hostile
    document.groups[0].observed = hostile
    document.groups[0].label = hostile
    document.groups[0].scenarios = [Scenario(name: hostile, place: hostile)]
    document.groups.removeLast(3)
    return document
  }
}

extension SummaryDocument {
  static let samples: [(String, SummaryDocument)] = [
    ("attention", attention), ("calm", calm), ("hostile", hostileSummary), ("many", many),
  ]

  /// Seven suites, and more patterns than there is room for.
  static var many: SummaryDocument {
    var document = calm
    let row = document.matrix.rows[0]
    document.matrix.rows = (1...7).map { Matrix.Row(suite: "suite-\($0)", places: row.places) }
    document.patterns = (1...12).map { number in
      var pattern = ReportDocument.attention.patterns[number % 2]
      pattern.sentence = "only cpython-3.11, only universal lanes: number \(number): \(pattern.sentence)"
      return pattern
    }
    document.skips = [
      Skipped(outcome: "not applicable", reason: "only CPython supports HPy's CPython ABI", cells: 517),
      Skipped(outcome: "not applicable", reason: "r (a document)", cells: 3),
    ]
    return document
  }

  private static var calm: SummaryDocument {
    SummaryDocument(
      headline: "Nothing is unexplained (there is no baseline)", run: .sample("9bef5909-4c1e", day: 26), cases: 1,
      scenarios: 2, cells: 8, matrix: ReportDocument.calm.matrix,
      patterns: [], sections: [], verdicts: ["conforming": 5, "known": 1], reused: [], skips: [], broken: [],
      lacking: [],
      stepsDone: 4, stepsReused: 1,
      database: "Results/results.sqlite")
  }

  private static var attention: SummaryDocument {
    var document = calm
    document.headline = "4 cells are unexplained (there is no baseline)"
    document.run.state = .interrupted
    document.matrix.rows[0].places[0] = .init(conforming: 1, new: 2, fixed: 1, flaky: 1, attention: 4)
    let finding = ReportDocument.attention.findings[1][0]
    var fixed = finding
    (fixed.label, fixed.facet, fixed.observed, fixed.expected, fixed.verdict) = ("x", "value", "1", "2", "fixed")
    document.sections = [
      Section(
        verdict: .new,
        findings: [
          Shown(
            scenario: "counters/first/a_counter_counts",
            cells: ["cpython@cpython-3.11", "universal@cpython-3.11", "universal:cpython-3.11@pypy-7.3.19"],
            finding: finding, message: "Segmentation fault\nand more")
        ], count: 3),
      Section(
        verdict: .flaky,
        findings: [
          Shown(
            scenario: "counters/first/one", cells: ["universal@cpython-3.11", "universal@pypy-7.3.19"],
            finding: ReportDocument.attention.findings[1][1])
        ], count: 1),
      Section(
        verdict: .fixed,
        findings: [Shown(scenario: "counters/first/two", cells: ["universal@pypy-7.3.19"], finding: fixed)], count: 1),
    ]
    document.patterns = ReportDocument.attention.patterns
    document.reused = (1...5).map { Reused(run: "\($0)\($0)\($0)\($0)\($0)\($0)\($0)\($0)-x", cells: $0) }
    document.skips = [Skipped(outcome: "not applicable", reason: "only CPython supports HPy's CPython ABI", cells: 2)]
    document.verdicts = ["conforming": 1, "new": 2, "fixed": 1, "flaky": 1]
    return document
  }

  private static var hostileSummary: SummaryDocument {
    var document = attention
    document.sections.removeLast(2)
    document.patterns = ReportDocument.hostileReport.patterns
    document.sections[0].findings[0].scenario = hostile
    document.sections[0].findings[0].message = hostile
    document.sections[0].findings[0].finding.observed = hostile
    document.skips = [Skipped(outcome: "unsupported", reason: hostile, cells: 1)]
    document.run.runtimes[0].title = hostile
    (document.reused, document.database) = ([], hostile)
    return document
  }
}

extension NewFindingsDocument {
  static let samples: [(String, NewFindingsDocument)] = [("some", some), ("hostile", hostileFindings)]

  private static var some: NewFindingsDocument {
    let findings = CellDocument.samples[0].1.findings
    return NewFindingsDocument(
      run: "9bef5909-4c1e", started: "2026-11-26T10:00:00Z", cells: 3,
      entries: [
        Entry(
          scenario: "counters/first/n", cells: ["cpython@cpython-3.11", "universal@cpython-3.11"], finding: findings[0],
          message: "Segmentation fault",
          frames: ["Current thread 0x… (most recent call first):", "  File \"<case>/scenarios.py\", line 6 in n"],
          show: "hpy-conform show counters/first/n@cpython@cpython-3.11 --run 9bef5909"),
        Entry(
          scenario: "counters/first/n", cells: ["universal@pypy-7.3.19"], finding: findings[1], frames: [],
          show: "hpy-conform show counters/first/n@universal@pypy-7.3.19 --run 9bef5909"),
      ])
  }

  private static var hostileFindings: NewFindingsDocument {
    var document = some
    document.entries = [
      Entry(
        scenario: hostile, cells: [hostile], finding: CellDocument.samples[2].1.findings[0], frames: [hostile],
        show: hostile)
    ]
    return document
  }
}

extension CellDocument {
  static let samples: [(String, CellDocument)] = [("crash", crash), ("untried", untried), ("hostile", hostileCell)]

  private static var crash: CellDocument {
    let source = "Python/C API, 'Common Object Structures', PyMemberDef"
    func answer(_ outcome: Outcome, _ write: String, _ rest: [Observation]) -> Answer {
      Answer(
        outcome: outcome, message: outcome.ran ? nil : "Segmentation fault",
        observations: [
          Observation(
            label: "write", value: write, message: "can't", expected: ["raised AttributeError"], source: source)
        ] + rest)
    }
    let kept = Observation(label: "kept", value: "1", expected: ["1"], source: source)
    let own = answer(.crashed(signal: "SIGSEGV"), "returned None", [kept, Observation(label: "same", value: "2")])
    let other = answer(
      .completed, "raised AttributeError",
      [
        Observation(label: "same", value: "2"),
        Observation(label: "only there", value: "[\((1...30).map { "\($0)" }.joined(separator: ", "))]"),
        Observation(label: "one word", value: String(repeating: "x", count: 60)),
      ])
    var findings = ReportDocument.attention.findings[1] + ReportDocument.calm.findings[0]
    findings[1].place = SourcePlace(
      file: "counters/first/scenarios.py", line: 7, text: "record(\"count\", ext.count())")
    return CellDocument(
      cell: "counters/first/n@universal@pypy-7.3.19", run: "9bef5909-4c1e", started: "2026-11-26T10:00:00Z",
      outcome: .crashed(signal: "SIGSEGV"),
      verdict: .new, message: "Segmentation fault", reusedFrom: "1a2b3c4d-98f2",
      findings: findings,
      attempts: [
        Attempt(circumstances: .warm, answer: own, seconds: 0.0123, attachments: ["output": "counting\n\n"]),
        Attempt(
          circumstances: .fresh, answer: other, seconds: 0.5,
          attachments: ["traceback": "File \"scenarios.py\", line 6\n", "calls": "HPy_New", "output": "other"],
          notes: ["a process was left behind and killed"]),
        Attempt(circumstances: .memoryDebug, answer: own, seconds: 0.6),
      ],
      borrowed: Borrowed(
        cell: "cpython@pypy-7.3.19",
        backtrace: "#0  0x… in abort ()\n#1  0x… in n_impl (ctx=0x…) at counters/first/hpy.c:9"),
      reference: "universal@cpython-3.11", referenceAnswer: other,
      steps: [
        BuildStep(
          key: ContentKey(of: "a"), kind: .compile, command: ["gcc", "-c", "hpy.c"], succeeded: true,
          messages: "hpy.c:1: warning\nhpy.c:2: note", seconds: 1, isReused: false),
        BuildStep(
          key: ContentKey(of: "b"), kind: .link, command: ["gcc", "-shared"], succeeded: true, messages: "", seconds: 1,
          isReused: true),
      ])
  }

  private static var untried: CellDocument {
    CellDocument(
      cell: "counters/first/n@cpython@pypy-7.3.19", run: "9bef5909-4c1e", outcome: .notApplicable, verdict: .notJudged,
      message: "only CPython supports HPy's CPython ABI", findings: [], attempts: [], steps: [])
  }

  private static var hostileCell: CellDocument {
    var document = crash
    document.cell = hostile
    document.message = hostile
    document.attempts = [
      Attempt(
        circumstances: .warm,
        answer: Answer(
          outcome: .raised(type: hostile),
          observations: [
            Observation(label: hostile, value: hostile, message: hostile, expected: [hostile], source: hostile)
          ]),
        attachments: ["output": hostile, hostile: hostile], notes: [hostile])
    ]
    document.findings = [
      FindingInfo(
        label: hostile, facet: "value", observed: hostile, expected: hostile, verdict: "new",
        place: SourcePlace(file: hostile, line: 1, text: hostile))
    ]
    document.steps[0].command = [hostile]
    document.steps[0].messages = hostile
    document.referenceAnswer = nil
    document.reference = nil
    document.borrowed = Borrowed(cell: hostile, backtrace: hostile)
    return document
  }
}
