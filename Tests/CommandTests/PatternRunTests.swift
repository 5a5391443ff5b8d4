import Foundation
import Model
import Testing

/// One fault of each of five kinds, all in one lane: what static types do right, heap types do wrong.
@Suite("What is new, by pattern, from the command line")
struct PatternRunTests {
  private typealias Fault = (name: String, body: String, scenario: String, head: String)

  private static let faults: [Fault] = [
    fault("dies", "raise(SIGSEGV);", "record('x', ext.dies())", "CRASH"),
    fault("hangs", "for (;;) pause();", "record('x', ext.hangs())", "HANG"),
    fault(
      "raises", "PyErr_SetString(PyExc_SystemError, \"no\"); return NULL;",
      right: "PyErr_SetString(PyExc_TypeError, \"no\"); return NULL;",
      "expect('ends', attempt(ext.raises), raised(TypeError), source='document')", "WRONG EXCEPTION"),
    fault(
      "counts", "return PyLong_FromLong(4);", right: "return PyLong_FromLong(3);",
      "expect('count', ext.counts(), 3, source='document')", "WRONG VALUE"),
    fault("leaks", "Py_INCREF(self);", "record('x', ext.leaks())", "LEAK"),
  ]

  private static func fault(
    _ name: String, _ wrong: String, right: String = "Py_RETURN_NONE;", _ scenario: String, _ kind: String
  ) -> Fault {
    let body = "    if (CONFORM_STATIC_TYPES) { \(right) }\n    \(wrong)"
    return (name, body, scenario, "\(kind)  cpython-3.11, only capi-heap: ")
  }

  @Test("five faults are five patterns, the worst first, each a line that names runtime, lane and kind")
  func faults() async throws {
    let faults = Self.faults
    let project = try Project([
      "s/one/capi.c": Sources.capi(Dictionary(uniqueKeysWithValues: faults.map { ($0.name, $0.body) })),
      "s/one/scenarios.py": Sources.scenarios(faults.map { ($0.name, $0.scenario) }),
    ])
    let run = try await project.run("run", "--timeout", "3")
    #expect(run.exitCode == 1, "\(run.output)\(run.errors)")
    let patterns = try project.summary().patterns
    #expect(patterns.map(\.smallest) == faults.map { "s/one/\($0.name)" })
    let lines = run.output.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count <= 21, "20 lines and the end of the last one: \(run.output)")
    let heads = lines.compactMap { line in faults.first { line.hasPrefix($0.head) }?.name }
    #expect(heads == faults.map(\.name), "\(run.output)")
    let report = try await project.run("report", "--format", "junit")
    for (fault, pattern) in zip(faults, patterns) {
      let message = "<failure message=\"\(pattern.kind): \(pattern.sentence)\"".replacing("'", with: "&#39;")
      #expect(report.output.contains(message), "\(fault.name): \(report.output)")
    }
  }
}
