import Testing

@testable import Judging

@Suite("Since when, and whether it comes and goes")
struct StreakTests {
  @Test(
    "the unbroken line that ends with the last run",
    arguments: [
      ([true], 0, nil, 0, 1), ([false, true], 1, 0, 0, 1), ([true, false, true, true], 2, 1, 0, 2),
      ([false, nil, nil, true, nil, true], 3, 0, 2, 2), ([nil, true, true], 1, nil, 0, 2),
      ([false, true, nil], 1, 0, 0, 1),
    ] as [([Bool?], Int, Int?, Int, Int)])
  func line(shows: [Bool?], first: Int, without: Int?, unknown: Int, runs: Int) throws {
    let streak = try #require(Streak(shows))
    #expect(streak.first == first)
    #expect(streak.lastWithout == without)
    #expect(streak.unknownBetween == unknown)
    #expect(streak.runs == runs)
  }

  @Test("what the last run does not show has no line", arguments: [[], [nil], [true, false], [true, false, nil]])
  func none(shows: [Bool?]) { #expect(Streak(shows) == nil) }

  @Test(
    "one that came back wavers, until the last has stayed long enough",
    arguments: [
      ("", false), ("a", false), ("aaa", false), ("ab", false), ("abb", false), ("abc", false), ("aba", true),
      ("abab", true), ("abca", true), ("abaaaa", true), ("abaaaaa", false), ("abacccc", true), ("abaccccc", false),
    ])
  func wavers(answers: String, expected: Bool) { #expect(Streak.wavers(Array(answers)) == expected) }
}
