import Documents
import Foundation
import Model

/// A line over the runs of a history, as a picture that stands in a page. Pure: values become places.
struct TrendPlot {
  /// Identifies it among the page's plots.
  let id: String
  /// What the picture says, in a sentence.
  let summary: String
  let ticks: [(y: String, text: String)]
  /// What `d` of an SVG path takes; empty for no line.
  let path: String
  let points: [(x: String, y: String, radius: String, text: String)]
  /// What the first and the last run are called.
  let ends: [(x: String, text: String, anchor: String)]

  private static let (left, right, top, bottom) = (52.0, 464.0, 16.0, 142.0)

  /// - Parameters:
  ///   - unit: what a value is called where it is read: `s`; empty for a count.
  ///   - values: one for each run, the oldest first; nil where a run has none, which leaves a gap in the line.
  ///   - labels: what each run is called.
  init(title: String, unit: String = "", values: [Double?], labels: [String], id: String) {
    self.id = id
    let known = values.compactMap { $0 }
    let scale = Self.scale(known.filter(\.isFinite), isCount: unit.isEmpty)
    func text(_ value: Double) -> String { Self.text(value) + (unit.isEmpty ? "" : " \(unit)") }
    func y(_ value: Double) -> Double {
      value.isFinite
        ? Self.bottom - (Self.bottom - Self.top) * (value - scale.low) / (scale.high - scale.low) : Self.top
    }
    func x(_ index: Int) -> Double {
      Self.left
        + (Self.right - Self.left) * (values.count < 2 ? 0.5 : Double(index) / Double(values.count - 1))
    }
    let places = values.enumerated().map { index, value in
      value.map { (x: Self.text(x(index)), y: Self.text(y($0)), value: $0, index: index) }
    }
    summary = Self.summary(title, known, text)
    ticks = scale.ticks.map { (Self.text(y($0)), text($0)) }
    // Runs without a value part the line.
    path = places.enumerated().compactMap { index, place in
      place.map { "\(index == 0 || places[index - 1] == nil ? "M" : "L")\($0.x) \($0.y)" }
    }.joined()
    points = places.compactMap { $0 }.map { place in
      let radius = place.index == values.count - 1 ? "4" : values.count > 60 ? "1" : "2.5"
      let label = labels.indices.contains(place.index) ? labels[place.index] : ""
      return (place.x, place.y, radius, "\(label): \(text(place.value))")
    }
    ends = [(Self.left, labels.first, "start"), (Self.right, labels.last, "end")].prefix(labels.count < 2 ? 1 : 2)
      .map { (Self.text($0), $1 ?? "", $2) }
  }

  /// What of a history is shown so: a single value is no line.
  static func all(_ moments: [ReportDocument.Moment]) -> [TrendPlot] {
    func count(_ verdict: Verdict) -> [Double?] {
      moments.map { $0.verdicts.isEmpty ? nil : Double($0.verdicts[verdict.rawValue] ?? 0) }
    }
    return [
      ("plot-new", "Divergences that are not in the ledger", "", count(.new)),
      ("plot-known", "Known divergences", "", count(.known)),
      ("plot-time", "Duration of the run", "s", moments.map(\.seconds)),
      ("plot-build", "Build time", "s", moments.map(\.buildSeconds)),
    ].map { id, title, unit, values in
      TrendPlot(title: title, unit: unit, values: values, labels: moments.map { PageText.date($0.started) }, id: id)
    }.filter { $0.points.count > 1 }
  }

  private static func summary(_ title: String, _ known: [Double], _ text: (Double) -> String) -> String {
    guard let last = known.last, let low = known.min(), let high = known.max() else { return "\(title): no values" }
    if known.count == 1 { return "\(title): \(text(last)) in the only run" }
    return low == high
      ? "\(title): \(text(last)) in all \(known.count) runs"
      : "\(title): from \(text(low)) to \(text(high)) in \(known.count) runs, \(text(last)) in the last"
  }

  /// Round numbers that enclose all values; 0 is among them unless the values are far from it and close together.
  static func scale(_ known: [Double], isCount: Bool) -> (ticks: [Double], low: Double, high: Double) {
    let (low, high) = (known.min() ?? 0, known.max() ?? 0)
    let isFar = low > 0 && high - low < low / 2
    let floor = isFar ? low - max((high - low) / 4, low / 20) : min(0, low)
    let span = max(high - floor, isCount ? 2 : 0.1)
    let magnitude = pow(10, Foundation.floor(log10(span / 3)))
    let factor = [1.0, 2, 5, 10].first { $0 * magnitude * 3 >= span } ?? 10
    let step = isCount ? max(1, (factor * magnitude).rounded()) : factor * magnitude
    let first = Foundation.floor(floor / step) * step
    let last = max(first + step, ceil((floor + span) / step) * step)
    let count = Int(((last - first) / step).rounded())
    return ((0...count).map { first + Double($0) * step }, first, last)
  }

  /// A number without the noise of binary fractions.
  private static func text(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 1e15 else { return "–" }
    let rounded = (value * 100).rounded() / 100
    return rounded == rounded.rounded() ? String(Int(rounded)) : String(rounded)
  }
}
