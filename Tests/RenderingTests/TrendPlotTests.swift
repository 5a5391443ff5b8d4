import Foundation
import Testing

@testable import Rendering

@Suite("A line over the runs of a history")
struct TrendPlotTests {
  private static func plot(_ values: [Double?], unit: String = "") -> TrendPlot {
    TrendPlot(
      title: "Known divergences", unit: unit, values: values, labels: values.indices.map { "2026-11-0\($0 + 1)" },
      id: "p")
  }

  private static func svg(_ plot: TrendPlot) throws -> String { try Templates.render("plot", plot) }

  @Test("values go to the right, and up as they grow")
  func line() throws {
    let points = Self.plot([1, 2, 4]).points
    #expect(points.compactMap { Double($0.x) } == points.compactMap { Double($0.x) }.sorted())
    #expect(points.compactMap { Double($0.y) } == points.compactMap { Double($0.y) }.sorted(by: >))
    #expect(Self.plot([1, 2, 4]).path.filter(\.isLetter) == "MLL")
    #expect(try Self.svg(Self.plot([1, 2, 4])).contains("<path"))
  }

  @Test("a run without a value leaves a gap, and no zero")
  func gaps() {
    let plot = Self.plot([nil, 3, 4, nil, nil, 5, nil])
    #expect(plot.path.filter(\.isLetter) == "MLM")
    #expect(plot.points.map(\.text) == ["2026-11-02: 3", "2026-11-03: 4", "2026-11-06: 5"])
    #expect(plot.summary == "Known divergences: from 3 to 5 in 3 runs, 5 in the last")
  }

  @Test("no values, one value and equal values are pictures, too", arguments: [[], [nil], [7], [7, 7, 7], [0, 0]])
  func degenerate(_ values: [Double?]) throws {
    let plot = Self.plot(values)
    #expect(plot.ticks.count >= 2)
    let svg = try Self.svg(plot)
    #expect(!svg.contains("nan") && !svg.contains("inf"))
    #expect(svg.hasPrefix("<svg") && svg.hasSuffix("</svg>\n"))
    #expect(svg.components(separatedBy: "<circle").count == values.compactMap { $0 }.count + 1)
  }

  @Test(
    "the scale has a few round numbers that enclose all values",
    arguments: [
      [], [7], [0, 0], [0, 1], [530, 537], [3, 3000], [0.4, 2.1], [97.3, 102.4], [1e9, 2e9], [-3, 4],
    ] as [[Double]])
  func scale(_ values: [Double]) {
    for isCount in [true, false] {
      let scale = TrendPlot.scale(values, isCount: isCount)
      #expect((2...7).contains(scale.ticks.count), "\(values): \(scale.ticks)")
      #expect(scale.low < scale.high)
      for value in values { #expect(scale.low <= value && value <= scale.high) }
    }
  }

  @Test("counts have no fractions on their scale")
  func whole() {
    #expect(Self.plot([0, 1]).ticks.map(\.text) == ["0", "1", "2"])
  }

  @Test("numbers that are none are no coordinates")
  func infinite() throws {
    let svg = try Self.svg(Self.plot([1, .infinity, .nan, 2]))
    #expect(!svg.contains("nan") && !svg.contains("inf"))
  }

  @Test("names are text in it")
  func escaping() throws {
    let svg = try Self.svg(TrendPlot(title: "<b>&", values: [1], labels: ["\u{1B}\"</svg><script>"], id: "p"))
    #expect(!svg.contains("<b>") && !svg.contains("<script>") && !svg.contains("\u{1B}"))
  }
}
