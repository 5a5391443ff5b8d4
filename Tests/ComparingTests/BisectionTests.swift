import Comparing
import Model
import TestBuilders
import Testing

/// The search for the first bad one, without a process: every way in which a few candidates can answer.
@Suite("The search for the first bad candidate")
struct BisectionTests {
  typealias Answer = Bisection.Answer

  /// Searches among candidates that answer so.
  private static func search(_ truth: [Answer]) throws -> (conclusion: Bisection.Conclusion, asked: [Int]) {
    var answers: [Int: Answer] = [:]
    var asked: [Int] = []
    while asked.count <= truth.count {
      switch Bisection(count: truth.count, answers: answers).step {
      case .done(let conclusion): return (conclusion, asked)
      case .candidate(let index):
        try #require(answers[index] == nil, "\(index) is asked twice in \(truth)")
        asked.append(index)
        answers[index] = truth[index]
      }
    }
    throw Endless(truth: truth)
  }

  private struct Endless: Error { var truth: [Answer] }

  /// All lists of a length.
  private static func lists(_ length: Int, of answers: [Answer]) -> [[Answer]] {
    length == 0 ? [[]] : lists(length - 1, of: answers).flatMap { list in answers.map { list + [$0] } }
  }

  @Test("without obstacles the first bad one is found, in no more steps than both ends and the halvings")
  func plain() throws {
    for count in 2...40 {
      for bad in 1..<count {
        let truth = (0..<count).map { $0 < bad ? Answer.good : .bad }
        let (conclusion, asked) = try Self.search(truth)
        #expect(conclusion == .firstBad(bad), "\(count) candidates")
        let halvings = (0...).first { 1 << $0 >= count - 1 }!
        #expect(asked.count <= 2 + halvings, "\(count) candidates, \(bad) is bad: \(asked)")
      }
    }
  }

  @Test("whichever of up to seven can't be tried: the answer is the truth, as narrow as what can be tried allows")
  func obstacles() throws {
    for count in 0...7 {
      for bad in 0...count {
        for skipped in Self.lists(count, of: [.skipped, .good]) {
          let truth = skipped.enumerated().map { $1 == .skipped ? .skipped : $0 < bad ? Answer.good : .bad }
          let (conclusion, asked) = try Self.search(truth)
          let (good, first) = (truth.lastIndex(of: .good), truth.firstIndex(of: .bad))
          let tried = truth.indices.filter { truth[$0] != .skipped }
          switch (good, first) {
          case _ where tried.count < 2: #expect(conclusion == .tooFew, "\(truth)")
          case (let good?, let first?):
            let narrow = first == good + 1
            #expect(conclusion == (narrow ? .firstBad(first) : .range(lastGood: good, bad: first)), "\(truth)")
          default:
            #expect(
              conclusion == .endsAlike(oldest: tried[0], newest: tried[tried.count - 1], truth[tried[0]]), "\(truth)")
            // Nothing but ends is tried for that.
            #expect(asked.count(where: { truth[$0] != .skipped }) == 2)
          }
        }
      }
    }
  }

  @Test("answers in any order, good behind bad among them: it ends beside a good one with a bad one next")
  func disorder() throws {
    for count in 2...7 {
      for truth in Self.lists(count, of: [.good, .bad, .skipped]) {
        switch try Self.search(truth).conclusion {
        case .firstBad(let bad): #expect(truth[bad] == .bad && truth[bad - 1] == .good, "\(truth)")
        case .range(let good, let bad):
          #expect(truth[good] == .good && truth[bad] == .bad, "\(truth)")
          #expect(truth[(good + 1)..<bad].allSatisfy { $0 == .skipped } && bad > good + 1, "\(truth)")
        case .endsAlike(let oldest, let newest, let answer): #expect(truth[oldest] == answer && truth[newest] == answer)
        case .reversed(let oldest, let newest): #expect(truth[oldest] == .bad && truth[newest] == .good)
        case .tooFew: #expect(truth.count { $0 != .skipped } < 2)
        }
      }
    }
  }
}

/// What makes a candidate bad.
@Suite("The question of a bisection")
struct BisectionQuestionTests {
  private static let runtime = Runtime.sample("r", hpy: .absent)
  private static let cell = CellID.sample(on: "r")

  private static func result(_ values: [String], _ findings: [Finding], _ outcome: Outcome = .completed) -> CellResult {
    CellResult(
      cell: cell,
      attempts: values.map { .sample(outcome.ran ? [.fact($0, "a")] : [], outcome, .fresh) },
      judgement: Judgement(verdict: .conforming, findings: findings))
  }

  private static func trial(_ outcome: Outcome = .completed, _ findings: [Finding] = []) -> BisectionTrial {
    BisectionTrial(result(["1"], findings, outcome), run: "run", runtime: runtime)
  }

  private static func answers(_ trials: [BisectionTrial], label: String? = nil) -> [Bisection.Answer?] {
    let known = Dictionary(uniqueKeysWithValues: trials.enumerated().map { ($0, $1) })
    let answers = BisectionQuestion(label: label).answers(known, count: trials.count)
    return trials.indices.map { answers[$0] }
  }

  @Test("bad is a finding that the oldest lacks: the same one is not, another answer at its label is")
  func baseline() {
    let old = Self.trial(.completed, [.sample("2", label: "a", .known)])
    let other = Self.trial(.completed, [.sample("3", label: "a")])
    let mended = Self.trial(.completed, [.sample("1", label: "b", .fixed)])
    #expect(Self.answers([old, old, Self.trial(), other, mended]) == [.good, .good, .good, .bad, .good])
    // The oldest that can be tried.
    #expect(Self.answers([BisectionTrial(skip: "why"), old, old, other]) == [.skipped, .good, .good, .bad])
  }

  @Test("with a label only its findings count, and a cell that ends before it says nothing")
  func label() {
    let crash = Self.trial(.crashed(signal: "SIGSEGV"), [.sample("crashed SIGSEGV", label: nil)])
    let elsewhere = Self.trial(.completed, [.sample("2", label: "b")])
    let here = Self.trial(.completed, [.sample("2", label: "a")])
    let all = [Self.trial(), elsewhere, crash, here]
    #expect(Self.answers(all) == [.good, .bad, .bad, .bad])
    #expect(Self.answers(all, label: "a") == [.good, .good, .skipped, .bad])
  }

  @Test("a case that isn't built is in the way; where the newest one's isn't, it is this that is searched for")
  func notBuilt() {
    let unbuilt = Self.trial(.notBuilt, [.sample("not built", label: nil)])
    let bad = Self.trial(.completed, [.sample("2", label: "a")])
    #expect(Self.answers([Self.trial(), unbuilt, bad]) == [.good, .skipped, .bad])
    #expect(Self.answers([Self.trial(), unbuilt, unbuilt]) == [.good, .bad, .bad])
  }

  @Test("attempts that disagree flicker, in one try or over several; what was ever found counts")
  func flickers() {
    var trial = BisectionTrial(Self.result(["1", "1"], []), run: "one", runtime: Self.runtime)
    #expect(!trial.flickers)
    trial.add(Self.result(["2", "1"], [.sample("2", label: "a", .flaky)]), run: "two")
    trial.add(Self.result(["1"], []), run: "three")
    #expect(trial.flickers && trial.tries == 3 && trial.run == "two")
    #expect(Self.answers([Self.trial(), trial]) == [.good, .bad])
  }
}
