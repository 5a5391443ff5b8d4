import Testing

@testable import Reporting

@Suite("A line over the runs of a history")
struct TrendPlotTests {
  private static func plot(_ values: [Double?], unit: String = "") -> TrendPlot {
    TrendPlot(
      title: "Known divergences", unit: unit, values: values, labels: values.indices.map { "2026-11-0\($0 + 1)" },
      id: "p")
  }

  @Test("values go to the right, and up as they grow")
  func line() {
    let piece = Self.plot([1, 2, 4]).pieces
    #expect(piece.count == 1)
    #expect(piece[0].map(\.x) == piece[0].map(\.x).sorted())
    #expect(piece[0].map(\.y) == piece[0].map(\.y).sorted(by: >))
    #expect(Self.plot([1, 2, 4]).svg.contains("<path"))
  }

  @Test("a run without a value leaves a gap, and no zero")
  func gaps() {
    let plot = Self.plot([nil, 3, 4, nil, nil, 5, nil])
    #expect(plot.pieces.map(\.count) == [2, 1])
    #expect(plot.svg.components(separatedBy: "<circle").count == 4)
    #expect(plot.summary == "Known divergences: from 3 to 5 in 3 runs, 5 in the last")
  }

  @Test("no values, one value and equal values are pictures, too", arguments: [[], [nil], [7], [7, 7, 7], [0, 0]])
  func degenerate(_ values: [Double?]) {
    let plot = Self.plot(values)
    let scale = plot.scale
    #expect(scale.low < scale.high)
    #expect(scale.ticks.count >= 2)
    for value in values.compactMap({ $0 }) { #expect(scale.low <= value && value <= scale.high) }
    #expect(!plot.svg.contains("nan") && !plot.svg.contains("inf"))
    #expect(plot.svg.hasPrefix("<svg") && plot.svg.hasSuffix("</svg>"))
    #expect(plot.svg.components(separatedBy: "<circle").count == values.compactMap { $0 }.count + 1)
  }

  @Test(
    "the scale has a few round numbers that enclose all values",
    arguments: [[0, 1], [530, 537], [3, 3000], [0.4, 2.1], [97.3, 102.4], [1e9, 2e9], [-3, 4]] as [[Double]])
  func scale(_ values: [Double]) {
    for unit in ["", "s"] {
      let scale = Self.plot(values, unit: unit).scale
      #expect((2...7).contains(scale.ticks.count), "\(values): \(scale.ticks)")
      #expect(scale.low <= values[0] && values[1] <= scale.high)
    }
  }

  @Test("counts have no fractions on their scale")
  func whole() {
    #expect(Self.plot([0, 1]).scale.ticks == [0, 1, 2])
  }

  @Test("numbers that are none are no coordinates")
  func infinite() {
    let svg = Self.plot([1, .infinity, .nan, 2]).svg
    #expect(!svg.contains("nan") && !svg.contains("inf"))
  }

  @Test("names are text in it")
  func escaping() {
    let plot = TrendPlot(title: "<b>&", values: [1], labels: ["\u{1B}\"</svg><script>"], id: "p")
    #expect(!plot.svg.contains("<b>") && !plot.svg.contains("<script>") && !plot.svg.contains("\u{1B}"))
  }
}
