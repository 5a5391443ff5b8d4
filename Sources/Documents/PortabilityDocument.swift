import Foundation
import Model
import Storing

/// Which binaries load and behave on which runtimes; made from the store alone.
public struct PortabilityDocument: Codable, Sendable, Hashable {
  /// A runtime, and why nothing can be loaded there.
  public struct Place: Codable, Sendable, Hashable {
    public var name: String
    /// What it is, for people.
    public var title: String
    public var obstacle: String?
  }

  public struct Binary: Codable, Sendable, Hashable {
    public var name: String
    /// What it is, for people.
    public var title: String
    public var kind: String
    public var abi: String
    public var builtFor: String
    /// Empty for raw C, as is the next.
    public var hpyVersion: String
    /// Key of the layout of the context that it is built for.
    public var layout: String
  }

  /// A binary on a runtime: number of scenarios by behaviour, and of those where a promise is broken.
  public struct Pair: Codable, Sendable, Hashable {
    public var binary: String
    public var runtime: String
    /// It is the runtime's own universal binary, which others are compared with.
    public var isReference: Bool
    public var behaves = 0
    public var refused = 0
    public var misbehaves = 0
    public var notBuilt = 0
    public var notTried = 0
    public var broken = 0
    public var unsteady = 0
  }

  /// Scenarios in which a binary does the same on a runtime, for the same reason.
  public struct Group: Codable, Sendable, Hashable {
    /// Several where none of them could be built; empty where none was tried.
    public var binary: String
    /// Empty where none could be built.
    public var runtime: String
    public var behaviour: PortabilityBehaviour
    /// What has to happen: `behave`, `be refused`, or `nothing` where no document says.
    public var demand: String
    /// The document that says so.
    public var source: String
    public var isKept: Bool?
    /// Attempts disagree.
    public var isUnsteady: Bool
    /// The worst difference; nil for the outcome as a whole.
    public var label: String?
    public var facet: String?
    public var observed: String
    public var expected: String?
    /// What says what is expected: `LANE@RUNTIME` of a cell; or a document.
    public var reference: String?
    public var scenarios: [Scenario]
  }

  public struct Scenario: Codable, Sendable, Hashable {
    public var name: String
    /// Line of the scenario file where it ended, the last label before, and an exception's message; nil where it
    /// ran to its end.
    public var place: String?
  }

  public var id: String
  public var started: String
  public var finished: String?
  public var state: RunState
  public var planned: Int
  public var tried: Int
  public var runtimes: [Place]
  public var binaries: [Binary]
  public var pairs: [Pair]
  /// Worst first: broken promises, then what goes wrong without a promise, then what was not built or tried.
  public var groups: [Group]
  /// What abi3audit says of binaries for the stable ABI; nil where there are none.
  public var staticCheck: StaticPart?

  /// The static check beside the behaviour.
  public struct StaticPart: Codable, Sendable, Hashable {
    public var tool: String
    public var problem: String?
    public var binaries: [Row] = []

    /// The cases' binaries with the headers of one runtime.
    public struct Row: Codable, Sendable, Hashable {
      public var binary: String
      /// Number of binaries, and of those that use nothing beyond what they declare.
      public var checked: Int
      public var asDeclared: Int
      /// What others use: `PyObject_DelAttr came with 3.13`, with the cases.
      public var findings: [Finding]
      /// Cases in which it finds something, and no broken promise was seen.
      public var onlyStatic: [String]
      /// Cases in which a promise is broken, and it finds nothing.
      public var onlyBehaviour: [String]
    }

    public struct Finding: Codable, Sendable, Hashable {
      public var what: String
      public var cases: [String]
    }
  }

  /// Whether every pair does what is promised.
  public var isAsPromised: Bool { pairs.allSatisfy { $0.broken == 0 } }
}

extension PortabilityDocument {
  /// - Parameter run: of binaries away from home.
  /// - Throws: `Problem` when the database can't be read.
  public init(_ run: StoredRun, in store: Store) throws {
    id = run.uuid
    started = run.started
    finished = run.finished
    state = run.state
    planned = run.planned
    let isAboutHPy = run.binaries.contains { !$0.flavour.isStable }
    let isAboutBoth = isAboutHPy && run.binaries.contains(where: \.flavour.isStable)
    runtimes = run.runtimes.map { runtime in
      Place(
        name: runtime.name, title: isAboutHPy ? runtime.title : runtime.product,
        obstacle: isAboutBoth || !isAboutHPy ? nil : Self.obstacle(on: runtime))
    }
    binaries = run.binaries.map { one in Binary(one, home: run.runtimes.first { $0.name == one.home }) }
    let counts = try store.portabilityCounts(of: run)
    tried = counts.reduce(0) { $0 + $1.scenarios }
    let byLoad = Dictionary(grouping: counts, by: \.load)
    pairs = run.binaries.flatMap { binary in
      run.runtimes.map { Pair(binary, on: $0.name, byLoad[binary.load(on: $0.name)] ?? []) }
    }
    groups = Self.groups(try store.remarkableCells(of: run), run.binaries)
    staticCheck = try store.file(StaticCheck.fileName, of: run)
      .flatMap { try? JSONDecoder().decode(StaticCheck.self, from: Data($0.utf8)) }
      .map { StaticPart($0, groups) }
  }

  /// Why nothing can be loaded on a runtime.
  private static func obstacle(on runtime: Runtime) -> String? {
    if case .broken(_, let why) = runtime.hpy { return "the hpy of \(runtime.name) does not import: \(why)" }
    return Flavour.universal.obstacle(on: runtime)?.reason
  }

  private static func groups(_ results: [PortabilityResult], _ binaries: [PortableBinary]) -> [Group] {
    let named = results.map { result in
      (result, binaries.first { $0.load(on: result.cell.runtime) == result.cell.load }?.name ?? result.cell.load.what)
    }.sorted {
      ($0.1, $0.0.cell.runtime, $0.0.cell.scenario) < ($1.1, $1.0.cell.runtime, $1.0.cell.scenario)
    }
    let groups = named.map { (Group($0, binary: $1), rank(of: $0)) }.grouped { $0.0.key }.map { _, alike in
      var group = alike[0].0
      if group.isPairless { group.binary = alike.map(\.0.binary).unique.joined(separator: ", ") }
      group.scenarios = alike.flatMap(\.0.scenarios).unique
      return (group, alike[0].1)
    }
    return groups.enumerated().sorted { left, right in
      let (one, other) = (left.element.1, right.element.1)
      return one == other ? left.offset < right.offset : one < other
    }.map(\.element.0)
  }

  /// The worst first.
  private static func rank(of result: PortabilityResult) -> (Int, Int, Int) {
    let judged = result.judgement
    let worst = result.findings.first?.divergence.label == nil ? result.worst?.answer.outcome.severity ?? 4 : 4
    let behaviours = PortabilityBehaviour.allCases
    return (
      judged.isKept == false ? 0 : judged.behaviour == .misbehaves ? 1 : 2,
      behaviours.count - (behaviours.firstIndex(of: judged.behaviour) ?? 0), worst
    )
  }
}

extension PortabilityResult {
  /// The attempt that the differences are of: the first one whose end is what they say.
  fileprivate var worst: Attempt? {
    let observed = findings.map(\.divergence).first { $0.label == nil }?.observed
    return attempts.first { $0.answer.outcome.description == observed } ?? attempts.first
  }
}

extension PortabilityDocument.Binary {
  private static func title(ofStable one: PortableBinary, _ home: Runtime?) -> String {
    "\(one.flavour.title), " + (home.map { "headers of \($0.product)" } ?? "kept by an earlier run")
  }

  fileprivate init(_ one: PortableBinary, home: Runtime?) {
    let others = one.homes.filter { $0 != one.home }
    // Raw C has nothing of an HPy, whatever its home has.
    let hpy = one.flavour.api == .hpy ? home : nil
    self.init(
      name: one.name,
      title: one.flavour.isStable
        ? Self.title(ofStable: one, home)
        : "\(one.flavour.title), HPy \(home?.hpyVersion ?? "")"
          + (others.isEmpty ? "" : ", the same as that of \(others.joined(separator: ", "))"),
      kind: one.flavour.rawValue, abi: one.flavour.abi.rawValue, builtFor: one.home,
      hpyVersion: hpy?.hpyVersion ?? "", layout: hpy?.installation?.layout.hex ?? "")
  }
}

extension PortabilityDocument.StaticPart {
  fileprivate init(_ check: StaticCheck, _ groups: [PortabilityDocument.Group]) {
    let broken = groups.filter { $0.isKept == false }
    let rows = check.entries.grouped { $0.binary }.map { binary, entries -> Row in
      let found = entries.filter { !$0.isAsDeclared }
      let facts = found.flatMap { entry in
        (entry.later.sorted { $0.key < $1.key }.map { "\($0.key) came with \($0.value)" }
          + entry.foreign.map { "\($0) is not in the stable ABI" }).map { (what: $0, testCase: entry.testCase) }
      }
      let misbehaving = Set(
        broken.filter { $0.binary == binary }.flatMap { $0.scenarios.map { Self.testCase(of: $0.name) } })
      let named = Set(found.map(\.testCase))
      return Row(
        binary: binary, checked: entries.count, asDeclared: entries.count - found.count,
        findings: facts.grouped { $0.what }.map { Finding(what: $0, cases: $1.map(\.testCase)) },
        onlyStatic: named.subtracting(misbehaving).sorted(), onlyBehaviour: misbehaving.subtracting(named).sorted())
    }
    self.init(tool: check.tool.replacing("==", with: " "), problem: check.problem, binaries: rows)
  }

  /// SUITE/CASE of a scenario's name.
  private static func testCase(of scenario: String) -> String {
    scenario.split(separator: "/").prefix(2).joined(separator: "/")
  }
}

extension PortabilityDocument.Pair {
  fileprivate init(_ binary: PortableBinary, on runtime: String, _ counts: [PortabilityCount]) {
    self.init(
      binary: binary.name, runtime: runtime,
      isReference: binary.flavour.reference == binary.flavour && binary.homes.contains(runtime))
    for one in counts {
      switch one.judgement.behaviour {
      case .behaves: behaves += one.scenarios
      case .refused: refused += one.scenarios
      case .misbehaves: misbehaves += one.scenarios
      case .notBuilt: notBuilt += one.scenarios
      case .notTried: notTried += one.scenarios
      }
      if one.judgement.isKept == false { broken += one.scenarios }
      if one.judgement.isUnsteady { unsteady += one.scenarios }
    }
  }
}

extension PortabilityDocument.Group {
  /// Why something was not built has nothing to do with runtimes, and why it was not tried nothing with binaries.
  fileprivate var isPairless: Bool { behaviour <= .notBuilt }

  /// What groups are told apart by.
  fileprivate var key: [String?] {
    [
      isPairless ? nil : binary, runtime, behaviour.rawValue, isPairless ? nil : demand, label, facet, observed,
      expected, "\(isUnsteady)",
    ]
  }

  fileprivate init(_ result: PortabilityResult, binary: String) {
    let judged = result.judgement
    let attempt = result.worst
    let difference = judged.behaviour == .misbehaves ? result.findings.first?.divergence : nil
    var observed = difference?.observed ?? judged.behaviour.rawValue
    if difference == nil, judged.behaviour != .behaves, let message = attempt?.answer.message {
      // The path of the case is the machine's own.
      let folder = "\(result.cell.scenario.suite)/\(result.cell.scenario.testCase)/"
      observed = message.firstRange(of: folder).map { String(message[$0.lowerBound...]) } ?? message
    }
    let hasCrashed = difference.map { $0.label == nil } ?? false
    self.init(
      binary: judged.behaviour == .notTried ? "" : binary,
      runtime: judged.behaviour == .notBuilt ? "" : result.cell.runtime, behaviour: judged.behaviour,
      demand: judged.promise.demand.rawValue, source: judged.promise.source, isKept: judged.isKept,
      isUnsteady: judged.isUnsteady, label: difference?.label, facet: difference?.facet.rawValue, observed: observed,
      expected: difference?.expected,
      reference: difference?.oracle.reference?.load.description ?? difference?.oracle.source,
      scenarios: [
        .init(name: result.cell.scenario.description, place: hasCrashed ? attempt.flatMap { Self.place(of: $0) } : nil)
      ])
  }

  /// `scenarios.py:12, behind "the label": the message`: from the fault handler's traceback, or that of an exception.
  private static func place(of attempt: Attempt) -> String? {
    let traceback = attempt[.traceback]
    let frames = traceback.matches(of: #/File "[^"]*scenarios\.py", line (\d+)/#)
    // The fault handler says the most recent call first, an exception's traceback last.
    let frame = traceback.contains("most recent call first") ? frames.first : frames.last
    let line = frame.map { "scenarios.py:\($0.1)" }
    let label = attempt.answer.observations.last.map { "after \"\($0.label)\"" }
    let parts = [
      [line, label].compactMap(\.self).joined(separator: ", "), attempt.answer.message.map { Printable.line($0, 80) },
    ].compactMap { $0 }.filter { !$0.isEmpty }
    return parts.isEmpty ? nil : parts.joined(separator: ": ")
  }
}
