import Foundation
import Model
import Testing

@testable import Executing

@Suite("What there is to know of a cell")
struct EvidenceTests {
  private static let record = #"SECRET {"label": "a", "facet": "value", "value": "0x7f42fb570b10"}"# + "\n"

  private static func attempt(
    _ evidence: Evidence, _ circumstances: Circumstances = .warm, sizeLimit: Int = 1000
  ) -> Attempt {
    evidence.attempt(
      circumstances, secret: "SECRET", sizeLimit: sizeLimit,
      normalise: Normaliser(binary: "/cache/ext.so", directory: "/suites/s/c"))
  }

  private static func answer(
    _ end: WorkerAnswer.End = .ended(0), result: String = "", attachments: [String: String] = [:], strays: Int = 0,
    timedOut: Bool = false
  ) -> Evidence {
    Evidence(
      WorkerAnswer(
        number: 0, end: end, seconds: 1.5, timedOut: timedOut, strays: strays, result: Array(result.utf8),
        attachments: attachments.mapValues { Array($0.utf8) }))
  }

  /// What is made of files in the folder of a worker that was lost.
  private static func left(_ files: [String: String]) throws -> Attempt {
    let folder = FileManager.default.temporaryDirectory.appending(path: "lost-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for (name, text) in files { try Data(text.utf8).write(to: folder.appending(path: name)) }
    return attempt(Evidence(leftIn: folder, how: "ended while the cell ran"))
  }

  @Test("an answer becomes an attempt, with all texts normalised")
  func answers() {
    let attempt = Self.attempt(
      Self.answer(
        .ended(11), result: Self.record,
        attachments: ["output": "at 0x7f42fb570b10", "traceback": "in /cache/ext.so", "calls": "/suites/s/c/x.py"]),
      .fresh)
    #expect(attempt.circumstances == .fresh)
    #expect(attempt.answer.outcome == .crashed(signal: "SIGSEGV"))
    #expect(attempt.answer.observations.map(\.value) == ["0x…"])
    #expect(attempt.attachments == ["output": "at 0x…", "traceback": "in <binary>", "calls": "<case>/x.py"])
    #expect(attempt.seconds == 1.5)
    #expect(attempt.notes == [])
  }

  @Test("what the end mark brings stands behind what the cell's files of that name held")
  func endMark() {
    let end = #"SECRET {"end": {"outcome": "raised", "type": "E", "message": "of /cache/ext.so", "#
    let attempt = Self.attempt(
      Self.answer(
        result: Self.record + end + #""attachments": {"traceback": "own", "leaks": "two"}}}"# + "\n",
        attachments: ["traceback": "fault\n", "output": ""]))
    #expect(attempt.answer.outcome == .raised(type: "E"))
    #expect(attempt.answer.message == "of <binary>")
    #expect(attempt[.traceback] == "fault\nown")
    #expect(attempt.attachments == ["traceback": "fault\nown", "leaks": "two"])
  }

  @Test("lines of others and processes left behind are noted")
  func notes() {
    let attempt = Self.attempt(Self.answer(result: "forged\n" + Self.record, strays: 2))
    #expect(attempt.answer.outcome == .exited(code: 0))
    #expect(
      attempt.notes == [
        "1 lines in the result file were not written by the harness", "2 processes left behind were killed",
      ])
    #expect(Self.attempt(Self.answer(timedOut: true)).answer.outcome == .timedOut)
    #expect(Self.attempt(Self.answer(result: Self.record), sizeLimit: 10).answer.outcome == .limitExceeded(.resultFile))
  }

  @Test("a cell whose fork server ended takes its worker with it; what it had written counts")
  func lostServer() {
    let attempt = Self.attempt(Self.answer(.serverLost(9), result: Self.record, attachments: ["output": "x"]))
    #expect(attempt.answer.outcome == .workerLost)
    #expect(attempt.answer.message?.hasPrefix("the fork server ended while the cell ran: ") == true)
    #expect(attempt.answer.message?.contains("SIGKILL") == true)
    #expect(attempt.answer.observations.map(\.label) == ["a"])
    #expect(attempt[.output] == "x")
  }

  @Test("of a lost worker every file of its cell is read, whatever its name, and no other")
  func lostWorker() throws {
    let attempt = try Self.left([
      "cell.result": Self.record, "cell.output": "said", "cell.traceback": "at 0x7f42fb570b10", "cell.calls": "two",
      "cell.native-backtrace": "deep", "log": "no", "other.output": "no", "cells": "no",
    ])
    #expect(attempt.answer.outcome == .workerLost)
    #expect(attempt.answer.message == "the worker ended while the cell ran")
    #expect(attempt.answer.observations.map(\.label) == ["a"])
    #expect(
      attempt.attachments == ["output": "said", "traceback": "at 0x…", "calls": "two", "native-backtrace": "deep"])
    #expect(attempt.seconds == 0)
  }

  @Test("of each attachment the last part is kept, of the result file all of it")
  func limits() throws {
    let line = Self.record
    let count = Evidence.attachmentLimit / line.utf8.count + 10
    let long = "first" + String(repeating: "x", count: Evidence.attachmentLimit - 4) + "last"
    let attempt = try Self.left(["cell.result": String(repeating: line, count: count), "cell.output": long])
    #expect(attempt.answer.observations.count == count)
    #expect(attempt[.output].utf8.count == Evidence.attachmentLimit)
    #expect(attempt[.output].hasSuffix("xlast"))
    #expect(!attempt[.output].contains("first"))
  }

  @Test("a lost worker that left nothing, or no folder, is a lost worker")
  func nothingLeft() throws {
    #expect(try Self.left([:]).answer == Answer(outcome: .workerLost, message: "the worker ended while the cell ran"))
    let nowhere = Self.attempt(Evidence(leftIn: URL(filePath: "/nowhere"), how: "is gone"))
    #expect(nowhere.answer.message == "the worker is gone")
    #expect(nowhere.attachments.isEmpty)
  }
}
