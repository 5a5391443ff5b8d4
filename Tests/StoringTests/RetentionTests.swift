import Testing

@testable import Storing

@Suite("Which runs stay")
struct RetentionTests {
  /// Runs of a series, a day apart, named by their place.
  private static func nightly(_ count: Int, from day: Int = 1, month: String = "2026-01") -> [RunFacts] {
    (0..<count).map { place in
      RunFacts(
        uuid: "\(month) \(day + place)", series: "nightly",
        started: "\(month)-\(day + place < 10 ? "0" : "")\(day + place)T00:00:00Z",
        clock: Int64(place + day) * 86_400_000 + (month == "2026-01" ? 0 : 31 * 86_400_000))
    }
  }

  private static func kept(_ runs: [RunFacts], _ retention: Retention = Retention(runs: 0)) -> [String: [KeepReason]] {
    retention.decide(runs.shuffled()).filter { !$0.reasons.isEmpty }.reduce(into: [:]) { $0[$1.run.uuid] = $1.reasons }
  }

  @Test("the last run of each series and of each month")
  func lasts() {
    let runs = Self.nightly(20) + Self.nightly(5, month: "2026-02")
    #expect(
      Self.kept(runs) == [
        "2026-01 20": [.lastOfMonth("2026-01")], "2026-02 5": [.latest, .lastOfMonth("2026-02")],
      ])
    var own = Self.nightly(3)
    for place in own.indices { own[place].series = nil }
    #expect(Self.kept(own).keys.sorted() == ["2026-01 3"])
  }

  @Test("portability views are a history of their own")
  func kinds() {
    var runs = Self.nightly(4)
    runs[1].kind = .portability
    runs[2].kind = .portability
    #expect(Self.kept(runs).keys.sorted() == ["2026-01 3", "2026-01 4"])
    #expect(Self.kept(runs, Retention(runs: 2)).count == 4)
  }

  @Test("half a run stands neither for a series nor for a month while there is a whole one")
  func halves() {
    var runs = Self.nightly(4)
    runs[3].isFinished = false
    #expect(
      Self.kept(runs) == ["2026-01 3": [.latest, .lastOfMonth("2026-01")], "2026-01 4": [.latest]])
    runs = Self.nightly(2)
    runs[0].isFinished = false
    runs[1].isFinished = false
    #expect(Self.kept(runs) == ["2026-01 2": [.latest, .lastOfMonth("2026-01")]])
  }

  @Test("a baseline, the first bad run and the last good one, however old")
  func marked() {
    var runs = Self.nightly(9)
    runs[1].isBaseline = true
    runs[3].lastWithout = 2
    runs[4].begun = 2
    let kept = Self.kept(runs)
    #expect(kept["2026-01 2"] == [.baseline])
    #expect(kept["2026-01 4"] == [.lastWithout(divergences: 2)])
    #expect(kept["2026-01 5"] == [.begun(divergences: 2)])
    #expect(kept.count == 4)
  }

  @Test("what runs that stay took results over from, through runs that stay for another's sake")
  func sources() {
    var runs = Self.nightly(6)
    runs[5].tookFrom = ["2026-01 3"]
    runs[2].tookFrom = ["2026-01 1"]
    runs[4].tookFrom = ["2026-01 4"]
    let kept = Self.kept(runs)
    #expect(kept["2026-01 3"] == [.source(runs: 1)])
    #expect(kept["2026-01 1"] == [.source(runs: 1)])
    #expect(kept["2026-01 4"] == nil)
  }

  @Test("so many runs, or so many days before the last run, whichever is more")
  func asked() {
    let runs = Self.nightly(20)
    #expect(Self.kept(runs, Retention(runs: 3)).keys.sorted() == ["2026-01 18", "2026-01 19", "2026-01 20"])
    #expect(Self.kept(runs, Retention(days: 1)).keys.sorted() == ["2026-01 19", "2026-01 20"])
    #expect(Self.kept(runs, Retention(runs: 3, days: 1)).count == 3)
    #expect(Self.kept(runs, Retention(runs: 2, days: 4)).count == 5)
    #expect(Self.kept([]).isEmpty)
  }

  @Test("a clock that jumped back: time goes by the runs' order, not by what they say")
  func clocks() {
    var runs = Self.nightly(5)
    runs[4].started = "1970-01-01T00:00:00Z"
    #expect(
      Self.kept(runs) == ["2026-01 4": [.lastOfMonth("2026-01")], "2026-01 5": [.latest, .lastOfMonth("1970-01")]])
  }
}
