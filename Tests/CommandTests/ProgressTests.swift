import Model
import Session
import Storing
import TestBuilders
import Testing

@testable import hpy_conform

@Suite("How far a run is, in a line")
struct ProgressTests {
  private static func started(_ planned: Int) -> RunEvent {
    .started(RunHeader(arguments: ["run"], compiler: "gcc", runtimes: [.sample()], files: [:], planned: planned))
  }

  private static func judged(_ verdict: Verdict, seconds: Double = 0.1, scenario: String = "n") -> RunEvent {
    .judged(
      CellResult(
        cell: .sample(scenario: scenario),
        attempts: [Attempt(circumstances: .warm, answer: .sample(), seconds: seconds)],
        judgement: Judgement(verdict: verdict)), steps: [])
  }

  private static func progress(_ events: [RunEvent]) -> Progress {
    events.reduce(into: Progress()) { $0.note($1) }
  }

  @Test("it says how much is done, what is new so far, and how long it will take")
  func line() {
    let some = Self.progress(
      [Self.started(40)] + [.new, .new, .flaky].map { Self.judged($0) } + (0..<7).map { _ in Self.judged(.conforming) })
    #expect(some.line(after: 10) == "10 of 40 cells, 2 new, 1 fixed or flaky, about 30 s left")
    #expect(some.line(after: 200) == "10 of 40 cells, 2 new, 1 fixed or flaky, about 10 min left")
    #expect(some.liveLine(after: 10).hasPrefix(some.line(after: 10)))
  }

  @Test("from little, nothing is concluded; a run that begins anew counts anew")
  func beginning() {
    #expect(Self.progress([Self.started(40)]).line(after: 60) == "0 of 40 cells, nothing new")
    let one = Self.progress([Self.started(400), Self.judged(.known)])
    #expect(one.line(after: 60) == "1 of 400 cells, nothing new")
    let again = Self.progress([Self.started(4), Self.judged(.new, seconds: 9), Self.started(2)])
    #expect(again.line(after: 1) == "0 of 2 cells, nothing new")
  }

  @Test("the slowest cell is named when it is slow; what was taken over is not")
  func slow() {
    let some = Self.progress([
      Self.started(3), Self.judged(.known, seconds: 7, scenario: "a"), Self.judged(.known, seconds: 12, scenario: "b"),
      Self.judged(.known, seconds: 8, scenario: "c"),
    ])
    #expect(some.line(after: 1) == "3 of 3 cells, nothing new; slowest: 12 s, s/c/b@universal@cpython")
    var reused = CellResult(
      cell: .sample(), attempts: [Attempt(circumstances: .warm, answer: .sample(), seconds: 50)],
      judgement: Judgement(verdict: .known))
    reused.reusedFrom = "1a2b3c4d"
    let taken = Self.progress([Self.started(1), .judged(reused, steps: [])])
    #expect(taken.line(after: 1) == "1 of 1 cell, nothing new")
  }
}
