import Documents

/// What needs attention, by pattern; where there is much, facts are folded.
struct PatternList {
  /// Of facts.
  let count: Int
  let groups: [PatternView]

  /// Facts that stand open, and that are shown at length.
  private static let (open, full) = (4, 20)

  init(_ document: ReportDocument, _ names: PageNames) {
    let all = document.byPattern
    count = all.reduce(0) { $0 + $1.entries.count }
    let isFolded = count > Self.open
    var number = 0
    groups = all.enumerated().map { index, group in
      let views = group.entries.map { entry in
        defer { number += 1 }
        return EntryView(entry, id: "a\(number)", names)
      }
      let left = max(0, Self.full - (number - views.count))
      return PatternView(
        group.pattern, number: index + 1, views, full: left, isFolded: isFolded && group.pattern != nil)
    }
  }
}

/// A pattern with its facts: so many at length, the others as a line that opens.
struct PatternView {
  /// Empty for facts that are in no pattern.
  let title: String
  let sentence: String
  let exampleCell: String
  let example: String
  let number: Int
  let tone: Tone
  let isCrash: Bool
  let isFolded: Bool
  /// What is folded, in words.
  let folded: String
  let full: [EntryView]
  let brief: [EntryView]

  init(_ pattern: PatternInfo?, number: Int, _ views: [EntryView], full count: Int, isFolded: Bool) {
    title = pattern?.kind ?? ""
    sentence = pattern?.sentence ?? ""
    exampleCell = pattern?.example.cell ?? ""
    example = pattern.map { Printable.line($0.exampleSentence, 200) } ?? ""
    self.number = number
    tone = pattern?.isMild == true ? .warn : .bad
    isCrash = pattern?.isCrash ?? false
    self.isFolded = isFolded
    folded = Words.number(views.count, "difference")
    full = Array(views.prefix(count))
    brief = Array(views.dropFirst(count))
  }
}
