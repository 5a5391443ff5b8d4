import Comparing
import Model

extension Attempt {
  /// The note on an attempt without repeats, whose counts are those of an earlier one.
  static let countedBefore = "leaks were not counted again: the inputs have not changed since they were counted as zero"

  /// This attempt, which made no repeats, with what they counted for another answer to the same cell.
  ///
  /// - Returns: nil where the answers differ in anything else.
  func withRepeats(of earlier: Answer) -> Attempt? {
    var whole = adding(earlier)
    guard answer.outcome == earlier.outcome, whole.answer.disagreements(with: earlier).isEmpty else { return nil }
    whole.notes.append(Self.countedBefore)
    return whole
  }

  /// This attempt, which made no repeats, beside one that made them: what they counted is no difference between the two.
  ///
  /// - Returns: nil where the two agree in all else, so that one is enough, or where this one says nothing of the cell.
  func withRepeats(like other: Attempt) -> Attempt? {
    if answer.outcome == .harnessFailed { return nil }
    let whole = adding(other.answer)
    return whole.answer.disagreements(with: other.answer).isEmpty ? nil : whole
  }

  private func adding(_ other: Answer) -> Attempt {
    var whole = self
    whole.answer.observations += other.observations.filter(\.isOfRepeats)
    return whole
  }
}
