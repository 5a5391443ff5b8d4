import Executing
import Foundation
import Model
import Planning
import Platform
import Storing
import TestBuilders
import Testing

@testable import Session

/// What a run does not do again, because its content is known, and `--thorough` does.
@Suite("run --thorough")
struct ThoroughTests {
  private static let known = """
    [[cause]]
    name = "answer"
    reason = "the answer is wrong"
    link = "findings/answer.md"
    upstream = "not reported"
    lanes = ["capi-heap"]
    runtimes = [{ implementation = "cpython", version = ">=3.8" }]

    [[cause.place]]
    scenario = "one/wrong"
    label = "answer"
    facet = "value"
    observed = "1"

    """

  private static let files = [
    "s/ledger.toml": known,
    "s/one/capi-heap.c": Sources.capi(["answer": "    return PyLong_FromLong(1);"]),
    "s/one/scenarios.py": Sources.scenarios([
      ("wrong", "expect('answer', ext.answer(), 2, source='a document')"), ("right", "record('answer', ext.answer())"),
    ]),
  ]

  /// Circumstances and whether leaks were counted anew, of each attempt at both scenarios.
  private static func attempts(_ project: Project) throws -> [String: [String]] {
    try project.results().mapValues { result in
      try project.attempts(result).map { attempt in
        #expect(attempt.answer["repeats: memory blocks"]?.value == "0" || attempt.circumstances != .warm)
        return attempt.circumstances.rawValue
          + (attempt.notes.contains(Attempt.countedBefore) ? ", counted before" : "")
      }
    }
  }

  @Test("a known answer is confirmed, and counts of zero are counted again, only where that is asked for")
  func command() async throws {
    let project = try Project(Self.files)
    let all = ["wrong@capi-heap": ["warm", "fresh", "PYTHONMALLOC=debug"], "right@capi-heap": ["warm"]]
    // What the ledger says was not confirmed for these inputs yet.
    #expect(try await project.run("run").exitCode == 0)
    #expect(try Self.attempts(project) == all)
    let first = try project.results().mapValues { try project.attempts($0)[0].answer }
    #expect(try await project.run("run").exitCode == 0)
    let counted = ["warm, counted before"]
    #expect(try Self.attempts(project) == ["wrong@capi-heap": counted, "right@capi-heap": counted])
    #expect(try project.results().mapValues { try project.attempts($0)[0].answer } == first)
    // Nor does a thorough run take over what another one left out.
    for command in [["run", "--thorough", "--reuse"], ["run", "--thorough"], ["nightly"]] {
      #expect(try await project.run(command).exitCode == 0)
      #expect(try Self.attempts(project) == all, "\(command)")
    }
    // Anything else that is repeated is another question.
    #expect(try await project.run("run", "--hunt-leaks", "1:2").exitCode == 0)
    #expect(try Self.attempts(project) == all)
    try project.write(
      "s/one/scenarios.py",
      Sources.scenarios([
        ("wrong", "expect('answer', ext.answer(), 2, source='a document')"),
        ("right", "record('answer', ext.answer() + 0)"),
      ]))
    #expect(try await project.run("run").exitCode == 0)
    #expect(try Self.attempts(project) == all)
  }

  @Test("a quick run believes the ledger, and no later run believes it for that")
  func quick() async throws {
    let project = try Project(Self.files)
    let quick = try await project.run("run", "--quick")
    #expect(quick.exitCode == 0 && quick.output.contains("known answers not confirmed ("), "\(quick.output)")
    #expect(try Self.attempts(project)["wrong@capi-heap"] == ["warm"])
    #expect(try await project.run("run").exitCode == 0)
    #expect(try Self.attempts(project)["wrong@capi-heap"]?.count == 3)
    // What is new is confirmed in any case.
    try project.write("s/ledger.toml", "")
    #expect(try await project.run("run", "--quick").exitCode == 1)
    #expect(try Self.attempts(project)["wrong@capi-heap"]?.count == 3)
    for other in [["--thorough"], ["--repeat", "2"]] {
      #expect(try await project.run(["run", "--quick"] + other).exitCode == 64, "\(other)")
    }
  }

  @Test("an answer with inputs that an earlier run found something new with is confirmed")
  func doubted() async throws {
    let project = try Project(Self.files.filter { $0.key != "s/ledger.toml" })
    #expect(try await project.run("run").exitCode == 1)
    try project.write("s/ledger.toml", Self.known)
    for _ in 1...2 {
      #expect(try await project.run("run").exitCode == 0)
      #expect(try Self.attempts(project)["wrong@capi-heap"]?.count == 3)
    }
  }

  @Test("an answer that differs from the one that was counted is tried again in full, and both count")
  func flickering() async throws {
    let state = FileManager.default.temporaryDirectory.appending(path: "state-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: state) }
    try Data("1".utf8).write(to: state)
    let project = try Project([
      "s/one/capi-heap.c": Sources.capi(
        [
          "state": "    FILE *file = fopen(\"\(state.path)\", \"r\");\n    int found = fgetc(file);\n    fclose(file);"
            + "\n    return PyLong_FromLong(found - '0');"
        ]),
      "s/one/scenarios.py": Sources.scenarios([("reads", "record('state', ext.state())")]),
    ])
    #expect(try await project.run("run").exitCode == 0)
    try Data("2".utf8).write(to: state)
    // Both attempts say the same: one is kept, with its own counts.
    #expect(try await project.run("run").exitCode == 0)
    let again = try project.attempts(try #require(try project.results()["reads@capi-heap"]))
    #expect(again.map { $0.answer["state"]?.value } == ["2"])
    #expect(again[0].notes.isEmpty && again[0].answer["repeats: memory blocks"] != nil)
  }

  @Test("attempts without repeats take the counts of an answer that is the same in all else")
  func completing() {
    let zero = Observation(label: "repeats: memory blocks", facet: .leak, value: "0", expected: ["0"], source: "s")
    let earlier = Answer.sample([.fact("1"), zero])
    let same = Attempt.sample([.fact("1")]).withRepeats(of: earlier)
    #expect(same?.answer == earlier && same?.notes == [Attempt.countedBefore])
    #expect(Attempt.sample([.fact("2")]).withRepeats(of: earlier) == nil)
    #expect(Attempt.sample([.fact("1")], .crashed(signal: "SIGSEGV")).withRepeats(of: earlier) == nil)
    // Beside an attempt that counted itself, only a difference is kept.
    let counted = Attempt.sample([.fact("1"), zero])
    #expect(Attempt.sample([.fact("1")]).withRepeats(like: counted) == nil)
    #expect(Attempt.sample([.fact("2")]).withRepeats(like: counted)?.answer.observations.count == 2)
    #expect(Attempt.sample([], .harnessFailed).withRepeats(like: counted) == nil)
  }

  @Test("what CPU time went into is told, and adds up")
  func timings() async throws {
    let project = try Project(Self.files)
    let run = try await project.run("run", "--thorough", "--timings")
    let lines = run.output.split(separator: "\n")
    for part in Timings.Part.allCases {
      #expect(lines.contains { $0.contains(": \(part.rawValue) ") }, "\(part.rawValue): \(run.output)")
    }
    let repeats = try #require(lines.first { $0.contains(Timings.Part.repeating.rawValue) })
    #expect(repeats.contains(" 2 "), "two scenarios were repeated: \(repeats)")
    #expect(lines.last?.contains("page faults of cells") == true)
    #expect(lines.last?.contains("to the first new verdict") == false)
    #expect(try await !project.run("run").output.contains("CPU seconds"))
  }
}
