import Foundation

/// A line over the runs of a history, as an SVG picture that stands in a page. Pure: values become paths.
struct TrendPlot: Hashable, Sendable {
  var title: String
  /// What a value is called where it is read: `s`; empty for a count.
  var unit = ""
  /// One for each run, the oldest first; nil where a run has none, which leaves a gap in the line.
  var values: [Double?]
  /// What each run is called.
  var labels: [String]
  /// Identifies it among the page's plots.
  var id: String

  private static let width = 480.0
  private static let height = 170.0
  private static let left = 52.0
  private static let right = 16.0
  private static let top = 16.0
  private static let bottom = 28.0

  /// The picture as an element.
  var svg: String {
    let described = "id=\"\(id)-title\""
    let ticks = scale.ticks.map { tick in
      let y = Self.text(self.y(tick))
      return "<line class=\"grid\" x1=\"\(Self.text(Self.left))\" x2=\"\(Self.text(Self.width - Self.right))\" "
        + "y1=\"\(y)\" y2=\"\(y)\"/><text class=\"tick\" x=\"\(Self.text(Self.left - 6))\" y=\"\(y)\" dy=\"4\" "
        + "text-anchor=\"end\">\(Self.text(tick))\(unit.isEmpty ? "" : " \(PageText.escaped(unit))")</text>"
    }
    return "<svg viewBox=\"0 0 \(Self.text(Self.width)) \(Self.text(Self.height))\" role=\"img\" "
      + "aria-labelledby=\"\(id)-title\"><title \(described)>\(PageText.escaped(summary))</title>"
      + ticks.joined() + axis + path + points.joined() + "</svg>"
  }

  /// What the picture says, in a sentence.
  var summary: String {
    let known = values.compactMap { $0 }
    guard let last = known.last, let low = known.min(), let high = known.max() else { return "\(title): no values" }
    let shown = { (value: Double) in Self.text(value) + (unit.isEmpty ? "" : " \(unit)") }
    if known.count == 1 { return "\(title): \(shown(last)) in the only run" }
    return low == high
      ? "\(title): \(shown(last)) in all \(known.count) runs"
      : "\(title): from \(shown(low)) to \(shown(high)) in \(known.count) runs, \(shown(last)) in the last"
  }

  /// Pieces of the line: runs without a value part them.
  var pieces: [[(x: Double, y: Double)]] {
    var result: [[(x: Double, y: Double)]] = [[]]
    for (index, value) in values.enumerated() {
      if let value { result[result.count - 1].append((x(index), y(value))) } else { result.append([]) }
    }
    return result.filter { !$0.isEmpty }
  }

  /// Round numbers that enclose all values; 0 is among them unless the values are far from it and close together.
  var scale: (ticks: [Double], low: Double, high: Double) {
    let known = values.compactMap { $0 }.filter(\.isFinite)
    let high = known.max() ?? 0
    let low = known.min() ?? 0
    let isFar = low > 0 && high - low < low / 2
    let floor = isFar ? low - max((high - low) / 4, low / 20) : min(0, low)
    let span = max(high - floor, unit.isEmpty ? 2 : 0.1)
    let magnitude = pow(10, Foundation.floor(log10(span / 3)))
    let factor = [1.0, 2, 5, 10].first { $0 * magnitude * 3 >= span } ?? 10
    let step = unit.isEmpty ? max(1, (factor * magnitude).rounded()) : factor * magnitude
    let first = Foundation.floor(floor / step) * step
    let last = max(first + step, ceil((floor + span) / step) * step)
    let count = Int(((last - first) / step).rounded())
    return ((0...count).map { first + Double($0) * step }, first, last)
  }

  private func x(_ index: Int) -> Double {
    let width = Self.width - Self.left - Self.right
    return values.count < 2 ? Self.left + width / 2 : Self.left + width * Double(index) / Double(values.count - 1)
  }

  private func y(_ value: Double) -> Double {
    let scale = scale
    let height = Self.height - Self.top - Self.bottom
    guard value.isFinite else { return Self.top }
    return Self.top + height * (1 - (value - scale.low) / (scale.high - scale.low))
  }

  private var path: String {
    let commands = pieces.map { piece in
      piece.enumerated().map { "\($0.offset == 0 ? "M" : "L")\(Self.text($0.element.x)) \(Self.text($0.element.y))" }
        .joined()
    }
    return commands.isEmpty ? "" : "<path class=\"line\" d=\"\(commands.joined())\"/>"
  }

  private var points: [String] {
    values.indices.compactMap { index in
      guard let value = values[index] else { return nil }
      let label = labels.indices.contains(index) ? labels[index] : ""
      let text = PageText.escaped("\(label): \(Self.text(value))\(unit.isEmpty ? "" : " \(unit)")")
      let radius = index == values.count - 1 ? "4" : values.count > 60 ? "1" : "2.5"
      return "<circle class=\"point\" cx=\"\(Self.text(x(index)))\" cy=\"\(Self.text(y(value)))\" r=\"\(radius)\">"
        + "<title>\(text)</title></circle>"
    }
  }

  /// The axis, with the first and the last run at its ends.
  private var axis: String {
    let y = Self.text(Self.height - 8)
    let texts = [(labels.first, Self.left, "start"), (labels.last, Self.width - Self.right, "end")]
      .prefix(labels.count < 2 ? 1 : 2)
      .map { label, x, anchor in
        "<text class=\"tick\" x=\"\(Self.text(x))\" y=\"\(y)\" text-anchor=\"\(anchor)\">"
          + "\(PageText.escaped(label ?? ""))</text>"
      }
    return texts.joined()
  }

  /// A number without the noise of binary fractions.
  private static func text(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 1e15 else { return "–" }
    let rounded = (value * 100).rounded() / 100
    return rounded == rounded.rounded() ? String(Int(rounded)) : String(rounded)
  }
}
