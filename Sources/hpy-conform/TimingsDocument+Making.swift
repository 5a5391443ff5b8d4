import Documents
import Platform

extension TimingsDocument {
  private static let own: [Timings.Part] = [.reading, .judging, .storing]

  /// What was counted until now.
  init(_ timings: Timings, wall: Double) {
    func rows(_ parts: [Timings.Part]) -> [Row] {
      parts.map { Row($0.rawValue, timings[$0].seconds, count: timings[$0].count) }
    }
    let total = Timings.ofProcesses()
    self.init(
      processes: rows(Timings.Part.allCases.filter { !Self.own.contains($0) }), own: rows(Self.own),
      total: (total.children, total.own), faults: timings.faults, wall: wall,
      firstNew: timings.firstNew)
  }
}
