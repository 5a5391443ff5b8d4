import Building
import Executing
import Foundation
import Model
import Planning
import Platform
import Runtimes

/// What a person asks of a run.
public struct RunOptions: Sendable {
  public var kind = RunKind.run
  /// Folder of `hpy-conform.toml`.
  public var project: URL
  public var suites: URL
  /// Where products of builds and laid-out files are kept.
  public var cache: URL
  /// Bytes that the products of builds may take.
  public var cacheLimit = Self.usualCacheLimit
  public var patterns: [Pattern]
  /// Empty for all.
  public var lanes: [LaneChoice]
  /// Of which flavours binaries travel, in a view of what is portable.
  public var flavours = Plan.travelling
  /// Folder of binaries for the stable ABI that outlive the run; nil for none.
  public var kept: URL?
  /// Only these cells and those that they are compared with; nil for all.
  public var cells: [CellID]?
  /// Names from the configuration, paths of interpreters, or such paths with names, `NAME=PATH`; empty for all of the
  /// configuration.
  public var runtimes: [String]
  /// Instead of `runtimes`, interpreters that have names already.
  public var wanted: [Configuration.Wanted] = []
  public var jobs: Int
  public var limits: Limits
  /// Stop behind so many cells with a new divergence; nil: never.
  public var newLimit: Int?
  /// Take over the results of cells of which nothing has changed since they were tried.
  public var reuses: Bool
  /// Believe what earlier runs confirmed or counted with the same inputs.
  public var believesEarlier = false
  /// Believe each answer that the ledger has, whether or not it was confirmed: what is known costs one attempt.
  public var believesLedger = false
  /// Names of files that have changed, for the record: cells that noticed changes of them come first in later runs.
  public var changed: [String] = []
  /// Told what the run takes.
  public var timings = Timings()
  /// Run new crashes and hangs once more under a debugger, where there is one.
  public var debugs = false
  /// How often each cell is tried to begin with; attempts that disagree make it flaky.
  public var repetitions = 1
  /// Name of the history that the run belongs to; nil for a run on its own.
  public var series: String?
  /// Where compilers and cells run; nil for no sandbox.
  public var sandbox: Sandbox?
  /// Folder for what cells write and leave, made and removed by the run; nil for this process's own.
  public var scratch: URL?
  /// How long a machine that keeps cells from running is waited for.
  public var patience = MachineHealth.Patience.usual
  /// The command line, for the record.
  public var arguments: [String]

  /// Whether everything is confirmed and counted again: to try cells several times, or those that failed, asks for it, too.
  public var isThorough: Bool { !believesEarlier || repetitions != 1 || cells != nil }

  /// Whether cases that say `nightly = true` are left out: where nobody chose cases, and time counts. Who chooses the
  /// lane of installed packages chooses the cases that have it.
  var leavesNightlyOut: Bool {
    patterns.isEmpty && series == nil && !isThorough && !lanes.contains { $0.lane == .installed }
  }

  /// The patterns, lanes and cells that restrict the plan, as one text; empty where nothing does.
  var scope: String {
    (patterns.map(\.description) + lanes.map { "--lane \($0)" } + (cells == nil ? [] : ["--failed"]))
      .joined(separator: " ")
  }

  /// 1 GiB.
  public static let usualCacheLimit = ArtifactCache.usualLimit

  public init(
    project: URL, suites: URL, cache: URL, patterns: [Pattern] = [], lanes: [LaneChoice] = [], runtimes: [String] = [],
    jobs: Int = ProcessInfo.processInfo.activeProcessorCount, limits: Limits = Limits(),
    newLimit: Int? = nil, reuses: Bool = false, arguments: [String] = []
  ) {
    self.project = project
    self.suites = suites
    self.cache = cache
    self.patterns = patterns
    self.lanes = lanes
    self.runtimes = runtimes
    self.jobs = jobs
    self.limits = limits
    self.newLimit = newLimit
    self.reuses = reuses
    self.arguments = arguments
  }
}
