import Model

@testable import Documents

extension RunListDocument {
  static let samples: [(String, RunListDocument)] = [("some", some), ("empty", RunListDocument(runs: []))]

  private static var some: RunListDocument {
    var portability = RunInfo.sample("377b0d64-1234", day: 27)
    portability.state = .interrupted
    portability.resumed = ["2026-11-27T03:20:00Z", "2026-11-27T03:30:00Z"]
    return RunListDocument(runs: [
      Listed(run: portability, kind: .portability, reused: 0, verdicts: ["conforming": 2]),
      Listed(
        run: .sample("9bef5909-4c1e", day: 26), kind: .run, reused: 3,
        verdicts: ["conforming": 5, "known": 1, "new": 1, "not judged": 1]),
    ])
  }
}

extension TimingsDocument {
  static let samples: [(String, TimingsDocument)] = [
    (
      "some",
      TimingsDocument(
        processes: [Row("forking and waiting", 2.5, count: 1000), Row("confirmation in fresh processes", 0, count: 0)],
        own: [Row("storing", 0.25, count: 1)], total: (4, 1), faults: 123_456, wall: 2.75,
        firstNew: 0.5)
    ),
    ("nothing", TimingsDocument(processes: [], own: [], total: (0, 0), faults: 0, wall: 0)),
  ]
}

extension RetentionDocument {
  static let samples: [(String, RetentionDocument)] = [
    ("would", RetentionDocument(runs: runs, isDone: false, freed: 0)),
    ("done", RetentionDocument(runs: runs, isDone: true, freed: 123_456)),
    ("nothing", RetentionDocument(runs: [], isDone: true, freed: 0)),
  ]

  private static let runs = [
    Decided(run: "9bef5909-4c1e", started: "2026-11-26T03:12:00Z", series: "nightly", reasons: ["recent", "baseline"]),
    Decided(run: "1a2b3c4d-98f2", started: "2026-11-25T03:12:00Z", reasons: []),
  ]
}

extension PlanDocument {
  static let samples: [(String, PlanDocument)] = [
    (
      "some",
      PlanDocument(
        cells: 4,
        batches: [Batch(testCase: "s/c", load: "universal:cpython-3.11@pypy-7.3.19", scenarios: 2)],
        skipped: [
          Skipped(cell: "s/c/n@cpython@pypy-7.3.19", reason: "only CPython supports HPy's CPython ABI"),
          Skipped(cell: "s/d/*@universal@pypy-7.3.19", reason: "s/d/case.toml:3: unknown key\ns/d/case.toml:4: again"),
        ])
    ), ("empty", PlanDocument(cells: 0, batches: [], skipped: [])),
  ]
}

extension CaseListDocument {
  static let samples: [(String, CaseListDocument)] = [
    (
      "some",
      CaseListDocument(cases: [
        Listed(
          name: "s/c", summary: "What it is about", lanes: ["cpython", "universal"], nightly: true,
          scenarios: [Scenario(name: "one", summary: "A rule."), Scenario(name: "two", summary: "")], problems: []),
        Listed(
          name: "s/d", summary: hostile, lanes: [], package: hostile, nightly: false,
          scenarios: [Scenario(name: "three", summary: hostile)],
          problems: ["s/d/case.toml:3: unknown key `x`; remove it"]),
      ])
    )
  ]
}

extension RuntimeDocument {
  static let samples: [(String, RuntimeDocument)] = [
    ("several", RuntimeDocument(found)), ("none", RuntimeDocument([found[3], found[4]])),
  ]

  private static let found = [
    FoundRuntime(
      name: "cpython-3.11", interpreter: "/project/.runtimes/cpython-3.11/bin/python", origins: [.configured, .path],
      aliases: ["/usr/bin/python3"], answer: .success(runtime("cpython-3.11", .present(hpy)))),
    FoundRuntime(
      name: "pypy-7.3.19", interpreter: "/opt/a-folder-with-a-long-name/and-another-one/pypy-7.3.19/bin/pypy3",
      origins: [.pyenv], answer: .success(runtime("pypy-7.3.19", .broken(hpy, "no symbol\u{1B}[31m")))),
    FoundRuntime(
      name: "cpython-3.12.1", interpreter: "/usr/bin/python3.12", origins: [.path],
      answer: .success(runtime("", .absent))),
    FoundRuntime(
      name: "", interpreter: "/usr/bin/python2", origins: [.path],
      answer: .failure(Problem(at: "/usr/bin/python2", "is Python 2.7.18", remedy: "expected 3.8 or later"))),
    FoundRuntime(
      name: "", interpreter: "/usr/bin/python2.7", origins: [.asked],
      answer: .failure(Problem(at: "/usr/bin/python2.7", "is Python 2.7.18", remedy: "expected 3.8 or later"))),
  ]

  private static let hpy = Runtime.Installation(
    version: "0.9.1.dev61+g79fb330d", include: "/hpy/include", libraries: nil, sources: nil,
    layout: ContentKey(of: "layout"), headers: ContentKey(of: "headers"), content: ContentKey(of: "content"),
    abiVersion: HPyABIVersion(0, 1))

  private static func runtime(_ name: String, _ hpy: Runtime.HPy) -> Runtime {
    let isPyPy = name.hasPrefix("pypy")
    return Runtime(
      name: name, interpreter: "/python", implementation: isPyPy ? "pypy" : "cpython",
      version: isPyPy ? "7.3.19" : "3.11.2", python: "3.11.2", build: "3.11.2 (main, Apr 28 2025) [GCC 12.2.0]",
      isDebugBuild: name.isEmpty, extSuffix: ".cpython-311-x86_64-linux-gnu.so", includes: [], machine: "x86_64",
      canFork: !isPyPy, hpy: hpy)
  }
}
