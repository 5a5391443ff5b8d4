import Comparing
import Model

@testable import Documents

extension ComparisonDocument {
  static let samples: [(String, ComparisonDocument)] = [
    ("two", two), ("three", three), ("alike", alike), ("hostile", hostileComparison),
  ]

  private static func side(_ name: String, run: String = "dc5df0f9-9d3f", title: String) -> SideInfo {
    SideInfo(
      name: name, runtime: name, run: run, started: "2026-11-21T08:21:21Z", state: .finished,
      database: "Results/results.sqlite", runtimes: [name: title])
  }

  private static func entry(
    _ severity: Severity, _ meaning: Meaning, label: String?, _ answers: [AnswerClass], cells: Int = 1,
    promise: Promise? = nil, causes: [CauseInfo] = [], new: [String] = [], wavering: [String] = [],
    examples: [Example] = [Example(scenario: "s/c/one", places: ["universal"])], alone: String? = nil
  ) -> Entry {
    Entry(
      severity: severity, meaning: meaning, ledger: new.isEmpty ? causes.isEmpty ? nil : "known" : "new", label: label,
      facet: label == nil ? "outcome" : severity.rawValue, cells: cells, scenarios: cells,
      places: [severity.rawValue: cells], answers: answers, unrecorded: severity == .crash ? 2 : 0, wavering: wavering,
      promise: promise, sources: promise.map { [$0.source, "another document"] } ?? [], causes: causes, new: new,
      examples: examples, show: ["hpy-conform show s/c/one@universal@pypy-7.3.19 --run dc5df0f9"], alone: alone)
  }

  /// Two runtimes that differ in every way.
  static var two: ComparisonDocument {
    func answers(_ one: String, _ other: String) -> [AnswerClass] {
      [AnswerClass(sides: ["cpython-3.11"], texts: [one]), AnswerClass(sides: ["pypy-7.3.19"], texts: [other])]
    }
    let long = (1...40).map { "element \($0)" }.joined(separator: ", ")
    return ComparisonDocument(
      kind: .runtime, restrictedTo: ["--lane universal"],
      sides: [
        side("cpython-3.11", title: "CPython 3.11.2, HPy 0.9.0"), side("pypy-7.3.19", title: "PyPy 7.3.19, HPy 0.9.1"),
      ],
      notes: ["run dc5df0f9 is the newest, of 8 cells; --run 1a2b3c4d of 2026-11-20T08:00:00Z has 30"],
      cells: Counts(
        compared: 8, same: 2, wordingOnly: 1, unsteadyOnly: 1, different: 4, notCompared: 3, notBuiltOnSomeSide: 1,
        places: 30, agreedAgainstPromise: 1),
      notCompared: [
        Obstacle(sides: ["pypy-7.3.19"], outcome: "not built", reason: "the compiler or linker refused it", cells: 1),
        Obstacle(sides: ["cpython-3.11", "pypy-7.3.19"], outcome: "not applicable", reason: "a document", cells: 1),
        Obstacle(sides: ["cpython-3.11"], reason: "has no such cell", cells: 1),
      ],
      differences: [
        entry(.crash, .defect, label: nil, answers("completed", "crashed SIGSEGV"), new: ["pypy-7.3.19"]),
        entry(
          .value, .promised, label: "destroyed", answers("any order [1, 2, 3]", "any order [2]"), cells: 5,
          promise: Promise(
            source: "Python/C API, tp_dealloc", expected: ["any order [1, 2, 3]"], keptBy: ["cpython-3.11"],
            brokenBy: ["pypy-7.3.19"]),
          causes: [
            CauseInfo(sides: ["pypy-7.3.19"], reason: "a destroy is lost", link: "findings/lost.md", places: 5)
          ],
          examples: ["one", "two", "three"].map { Example(scenario: "s/c/\($0)", places: ["universal", "hybrid"]) }),
        entry(.value, .notPromised, label: "long", answers("[\(long)]", "[\(long), and one more]")),
        entry(.message, .wording, label: "words", answers("no", "no, never")),
      ],
      unsteady: [
        entry(.order, .notPromised, label: "order", answers("[1, 2]", "[2, 1]"), wavering: ["pypy-7.3.19"])
      ],
      agreements: [
        entry(
          .value, .promised, label: "size", [AnswerClass(sides: ["cpython-3.11", "pypy-7.3.19"], texts: ["8"])],
          promise: Promise(
            source: "hpy.h", expected: ["4", "5"], keptBy: [], brokenBy: ["cpython-3.11", "pypy-7.3.19"]))
      ])
  }

  /// Three runs, of which one differs from all others.
  static var three: ComparisonDocument {
    let names = ["run 11111111", "run 22222222", "other.sqlite"]
    var sides = zip(names, ["11111111-a", "22222222-b", "33333333-c"]).map { name, run in
      SideInfo(
        name: name, run: run, started: "2026-11-21T08:21:21Z", state: .finished,
        database: name == "other.sqlite" ? name : "Results/results.sqlite",
        runtimes: ["cpython-3.11": "CPython 3.11.2, HPy 0.9.0"])
    }
    sides[1].state = .interrupted
    return ComparisonDocument(
      kind: .run, restrictedTo: [], sides: sides, notes: [],
      cells: Counts(
        compared: 3, same: 2, wordingOnly: 0, unsteadyOnly: 0, different: 1, notCompared: 0, notBuiltOnSomeSide: 0,
        places: 9, agreedAgainstPromise: 0), notCompared: [],
      differences: [
        entry(
          .exceptionType, .notPromised, label: "failure",
          [
            AnswerClass(sides: [names[0], names[2]], texts: ["raised KeyError"]),
            AnswerClass(sides: [names[1]], texts: ["raised ValueError"]),
          ], alone: names[1])
      ], unsteady: [], agreements: [],
      alone: names.map { Alone(side: $0, cells: $0 == names[1] ? 1 : 0, bySeverity: ["exception type": 1]) },
      pairs: [
        Pair(sides: [names[0], names[1]], different: 1, compared: 3),
        Pair(sides: [names[0], names[2]], different: 0, compared: 3),
        Pair(sides: [names[1], names[2]], different: 1, compared: 3),
      ])
  }

  static var alike: ComparisonDocument {
    var document = two
    (document.restrictedTo, document.notes, document.notCompared) = ([], [], [])
    (document.differences, document.unsteady, document.agreements) = ([], [], [])
    document.cells = Counts(
      compared: 1, same: 1, wordingOnly: 0, unsteadyOnly: 0, different: 0, notCompared: 0, notBuiltOnSomeSide: 0,
      places: 1, agreedAgainstPromise: 0)
    return document
  }

  static var hostileComparison: ComparisonDocument {
    var document = two
    document.restrictedTo = ["--only \(hostile)"]
    document.notes = [hostile]
    document.sides[0].name = hostile
    document.notCompared[0].reason = hostile
    let promise = Promise(source: hostile, expected: [hostile], keptBy: [], brokenBy: [hostile])
    document.differences = [
      entry(
        .value, .promised, label: hostile,
        [AnswerClass(sides: [hostile], texts: [hostile]), AnswerClass(sides: ["pypy-7.3.19"], texts: ["1"])],
        promise: promise, causes: [CauseInfo(sides: [hostile], reason: hostile, link: hostile, places: 1)],
        new: [hostile], examples: [Example(scenario: hostile, places: [hostile])])
    ]
    (document.unsteady, document.agreements) = ([], [])
    return document
  }
}
