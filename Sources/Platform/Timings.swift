import Foundation
import Synchronization

/// Counts the CPU time of a run by what it goes into. Shared by all that a run consists of.
public final class Timings: Sendable {
  /// What takes CPU time. The raw values are what a person reads.
  public enum Part: String, CaseIterable, Sendable {
    case starting = "starting interpreters"
    case loading = "loading extensions and scenarios"
    case forking = "forking and waiting"
    /// What a cell's process takes beside its scenario: its start, its end, and page faults of both.
    case cells = "starting and ending cells"
    /// Without collections and repeats.
    case calling = "calling scenarios"
    /// Collections that scenarios ask for.
    case collecting = "collecting garbage"
    case repeating = "repeats for leaks"
    case confirming = "confirmation in fresh processes"
    case debugging = "confirmation with PYTHONMALLOC=debug"
    case reading = "reading answers"
    case judging = "comparing and judging"
    case storing = "storing"
  }

  /// CPU seconds, and how often.
  public struct Sum: Hashable, Sendable {
    public var seconds = 0.0
    public var count = 0
  }

  private struct State {
    var sums: [Part: Sum] = [:]
    var faults = 0
    var firstNew: ContinuousClock.Instant?
  }

  private let began = ContinuousClock.now

  private let state = Mutex(State())

  public init() {}

  /// What was counted of a part.
  public subscript(part: Part) -> Sum { state.withLock { $0.sums[part] ?? Sum() } }

  /// Page faults of cells.
  public var faults: Int { state.withLock { $0.faults } }

  /// Seconds of wall time from the beginning to the first new verdict; nil for none.
  public var firstNew: Double? { state.withLock { $0.firstNew.map { ($0 - began) / .seconds(1) } } }

  /// Notes that a verdict is new.
  public func noteNew() { state.withLock { $0.firstNew = $0.firstNew ?? .now } }

  /// Adds CPU seconds.
  public func add(_ part: Part, _ seconds: Double) {
    state.withLock {
      $0.sums[part, default: Sum()].seconds += max(0, seconds)
      $0.sums[part, default: Sum()].count += 1
    }
  }

  /// Adds page faults of a cell.
  public func add(faults: Int) { state.withLock { $0.faults += faults } }

  /// Adds what this thread takes for something that it does without a pause.
  public func measure<Result>(_ part: Part, _ work: () throws -> Result) rethrows -> Result {
    let began = Self.seconds(CLOCK_THREAD_CPUTIME_ID)
    defer { add(part, Self.seconds(CLOCK_THREAD_CPUTIME_ID) - began) }
    return try work()
  }

  /// CPU seconds of this process, and of all processes that it has waited for.
  public static func ofProcesses() -> (own: Double, children: Double) { (usage(own), usage(ended)) }

  private static func seconds(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  #if os(Linux)
    private static let own = __rusage_who_t(RUSAGE_SELF.rawValue)
    private static let ended = __rusage_who_t(RUSAGE_CHILDREN.rawValue)
  #else
    private static let own = RUSAGE_SELF
    private static let ended = RUSAGE_CHILDREN
  #endif

  private static func usage(_ who: Int32) -> Double {
    var usage = rusage()
    getrusage(who, &usage)
    return seconds(usage)
  }

  private static func seconds(_ usage: rusage) -> Double {
    [usage.ru_utime, usage.ru_stime].reduce(0) { $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1e6 }
  }
}
