import Documents

extension SelfTestDocument {
  static let samples: [(name: String, document: SelfTestDocument)] = [
    (
      "calm",
      SelfTestDocument(
        runtimes: [
          Tested(
            name: "cpython", title: "CPython 3.11.2, HPy 0.9.0",
            faults: [
              Fault(
                title: "a crash", state: .noticed, lanes: ["capi-heap"], detail: "“crashed SIGSEGV”, new (outcome)"),
              Fault(title: "a leaked reference", state: .noticed, lanes: ["capi-heap"], detail: "leak"),
            ], innocent: 3),
          Tested(
            name: "pypy", title: "PyPy 7.3.19, no HPy",
            faults: [
              Fault(
                title: "a crash", state: .noticed, lanes: ["capi-heap"], detail: "“crashed SIGSEGV”, new (outcome)"),
              Fault(
                title: "a leaked reference", state: .notAsked, lanes: [],
                detail: "PyPy 7.3.19 does not count references"),
            ], innocent: 2),
        ], failures: [], lacking: [], kept: nil)
    ),
    (
      "hostile",
      SelfTestDocument(
        runtimes: [
          Tested(
            name: "cpython\u{1B}[31m", title: "CPython 3.11.2, HPy 0.9.0",
            faults: [
              Fault(
                title: "a crash", state: .unnoticed, lanes: ["capi-heap"],
                detail: "expected “crashed SIGSEGV”, new (outcome)")
            ], innocent: 0)
        ],
        failures: [
          Failure(
            cell: "faults/cells/crash@capi-heap@cpython\u{1B}[31m", title: "a crash",
            expected: "“crashed SIGSEGV”, new (outcome)", got: "“completed”, conforming", run: "1a2b3c4d-0000"),
          Failure(
            cell: nil, title: "the exit code of `hpy-conform run faults`", expected: "1", got: "0",
            run: "1a2b3c4d-0000"),
        ], lacking: ["cpython: no space\nis left\u{7}"], kept: "/kept here")
    ),
  ]
}
