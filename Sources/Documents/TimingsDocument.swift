/// What the CPU time of a run went into: what `run --timings` shows.
public struct TimingsDocument: Codable, Sendable, Hashable {
  /// A part of it.
  public struct Row: Codable, Sendable, Hashable {
    public var part: String
    /// CPU seconds.
    public var seconds: Double
    /// How often; nil for what is not counted.
    public var count: Int?

    public init(_ part: String, _ seconds: Double, count: Int? = nil) {
      self.part = part
      self.seconds = seconds
      self.count = count
    }
  }

  /// Of processes that the run started, and of the run's own process. The last of each is the rest.
  public var processes, own: [Row]
  /// Page faults of cells.
  public var faults: Int
  /// Seconds of wall time, planning among them.
  public var wall: Double
  /// Seconds of wall time to the first new verdict; nil for none.
  public var firstNew: Double?

  /// - Parameters:
  ///   - processes, own: what was counted.
  ///   - total: CPU seconds of the processes, and of the run's own.
  public init(
    processes: [Row], own: [Row], total: (processes: Double, own: Double), faults: Int, wall: Double,
    firstNew: Double? = nil
  ) {
    self.processes = processes + [Row("compilers, and handing over", Self.rest(of: total.processes, processes))]
    self.own = own + [Row("planning, keys, and the rest", Self.rest(of: total.own, own))]
    self.faults = faults
    self.wall = wall
    self.firstNew = firstNew
  }

  private static func rest(of total: Double, _ rows: [Row]) -> Double {
    max(0, total - rows.reduce(0) { $0 + $1.seconds })
  }

  /// CPU seconds of all.
  public var total: Double { (processes + own).reduce(0) { $0 + $1.seconds } }
}
