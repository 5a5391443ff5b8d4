import Building
import Executing
import Exploring
import Foundation
import Model
import Planning
import Platform
import Synchronization
import Worker

/// Tries hierarchies on one runtime: many in one process, in all kinds of types that the runtime has.
struct HierarchyTrials: Sendable {
  /// A binary of the case, as its cells load it.
  struct Binary: Sendable {
    var kind: String
    var path: String
    var lane: Lane
  }

  /// What an order is for: conform_explored.py.
  private enum Wants: String, Encodable { case kinds, which, told }

  private struct Order: Encodable {
    /// Kinds of types; none for all.
    var makes: [String] = []
    var hierarchies: [Hierarchy]
    var wants: Wants
    var kinds: [String] = []
    var lives: Bool
  }

  /// What some hierarchies showed.
  struct Shown: Sendable {
    /// How many show a kind, and the number of the smallest.
    var kinds: [String: (count: Int, smallest: Int)] = [:]
    /// Of each what Python's classes did, as a key; nil for one that ended its process.
    var digests: [Substring?] = []
    /// Those that ended their process, and how.
    var ended: [(number: Int, attempt: Attempt)] = []
    /// Why nothing is known of the others.
    var failure: String?

    /// Adds what some of them answered.
    mutating func add(_ answer: Answer, of some: [Int]) {
      for one in answer.observations where one.label != "digests" {
        let numbers = one.value.split { !$0.isNumber }.compactMap { Int($0) }
        guard numbers.count == 2, some.indices.contains(numbers[1]) else { continue }
        let earlier = kinds[one.label]
        kinds[one.label] = ((earlier?.count ?? 0) + numbers[0], earlier?.smallest ?? some[numbers[1]])
      }
      let digests = answer["digests"].map { HierarchyTrials.text($0).split(separator: " ") } ?? []
      for (number, digest) in zip(some, digests) { self.digests[number] = digest }
    }
  }

  let runtime: Runtime
  let binaries: [Binary]
  /// Whether objects' lives are looked at, too: collections take time.
  let lives: Bool
  private let load: Load
  private let files: WorkerFiles
  private let scenarios: URL

  /// - Throws: `Problem` where not one kind of type can be built.
  init(
    _ runtime: Runtime, _ testCase: Case, _ builder: Builder, _ files: WorkerFiles, lives: Bool
  ) async throws {
    self.runtime = runtime
    self.lives = lives
    self.files = files
    var built: [Binary] = []
    var why: String?
    for (kind, lane) in Self.kinds where Load(lane, on: runtime).obstacle == nil {
      switch await builder.binary(of: testCase, for: Load(lane, on: runtime)).product {
      case .file(let path): built.append(Binary(kind: kind, path: path, lane: lane))
      case .failure(let reason), .machineFailed(let reason), .unsupported(let reason): why = why ?? reason
      }
    }
    binaries = built
    // A worker that has HPy loaded once for all.
    guard let first = built.last(where: { $0.lane == .universal }) ?? built.first else {
      throw Problem(
        .environment, at: runtime.interpreter,
        "no kind of type can be built for \(runtime.name): \(why ?? "no reason")",
        remedy: "install its headers: hpy-conform runtimes sync")
    }
    load = Load(first.lane, on: runtime)
    scenarios = try Self.scenarioFile(built, files)
  }

  /// A scenario file that has the binaries loaded once for all cells.
  private static func scenarioFile(_ binaries: [Binary], _ files: WorkerFiles) throws -> URL {
    let lines = binaries.map { one in
      "    \(quoted(one.kind)): [\(quoted(one.path)), \(quoted(one.lane.loading)), \(quoted(one.lane.mode.hpyName))],"
    }
    let text = """
      from conform_explored import scenarios

      __scenario__ = scenarios({
      \(lines.joined(separator: "\n"))
      })

      """
    let folder = files.cache.appending(path: "explored/scenarios-\(ContentKey(of: text).short)")
    do {
      try EmbeddedFiles.lay([(Case.scenarioFileName, Array(text.utf8))], in: folder)
    } catch {
      throw Problem.unusableCache(error, at: files.cache)
    }
    return folder.appending(path: Case.scenarioFileName)
  }

  /// As Python reads it: JSON's texts are Python's.
  private static func quoted(_ text: String) -> String {
    (try? JSONEncoder().encode(text)).map { String(decoding: $0, as: UTF8.self).replacing("\\/", with: "/") } ?? "''"
  }

  /// Kinds of types by the lane that makes them; others are compared with the first.
  static let kinds: [(kind: String, lane: Lane)] = [
    ("heap", .capiHeap), ("static", .capiStatic), ("cpython", .cpython), ("universal", .universal),
  ]

  /// The lane of a kind of type.
  static func lane(of kind: String) -> Lane { kinds.first { $0.kind == kind }?.lane ?? .capiHeap }

  /// Compares hierarchies. One that ends its process costs the others nothing but a second try.
  func kinds(of hierarchies: [Hierarchy], _ executor: Executor) async -> Shown {
    var shown = Shown(digests: Array(repeating: nil, count: hierarchies.count))
    var waiting = [Array(hierarchies.indices)]
    while let some = waiting.popLast(), !Task.isCancelled {
      let attempt = await perform(
        Order(hierarchies: some.map { hierarchies[$0] }, wants: .kinds, lives: lives), executor)
      if attempt.answer.outcome == .completed {
        shown.add(attempt.answer, of: some)
      } else if attempt.answer.outcome == .timedOut, some.count > 1 {
        // Perhaps it is none of them, and all together were too many.
        waiting += [Array(some[(some.count / 2)...]), Array(some[..<(some.count / 2)])]
      } else if let place = Self.lastBegun(attempt), some.indices.contains(place) {
        shown.ended.append((some[place], attempt))
        waiting += [Array(some[(place + 1)...]), Array(some[..<place])].filter { !$0.isEmpty }
      } else {
        shown.failure = "\(attempt.answer.outcome)\(attempt.answer.message.map { ": \($0)" } ?? "")"
        if Task.isCancelled { shown.failure = nil }
        return shown
      }
    }
    return shown
  }

  /// The first of some hierarchies that shows a kind; nil where none does, or that can't be known.
  func first(of hierarchies: [Hierarchy], showing kind: String, _ executor: Executor) async -> Int? {
    if hierarchies.isEmpty { return nil }
    let order = Order(hierarchies: hierarchies, wants: .which, kinds: [kind], lives: kind.hasPrefix("rules, "))
    let attempt = await perform(order, executor)
    return attempt.answer["which"].flatMap { Int($0.value) }
  }

  /// What a hierarchy does, for each of some kinds, or for all that it shows.
  func told(_ hierarchy: Hierarchy, _ kinds: [String], _ executor: Executor) async -> [String: ToldDisagreement] {
    let attempt = await perform(
      Order(hierarchies: [hierarchy], wants: .told, kinds: kinds, lives: lives), executor)
    var told: [String: ToldDisagreement] = [:]
    for one in attempt.answer.observations {
      let parts = one.label.split(separator: ": ", maxSplits: 1).map(String.init)
      guard parts.count == 2 else { continue }
      told[parts[1], default: ToldDisagreement()].set(parts[0], Self.text(one))
    }
    return told
  }

  /// How a hierarchy ends by itself, with one kind of type alone.
  func end(of hierarchy: Hierarchy, _ kind: Binary, _ executor: Executor) async -> Attempt {
    await perform(Order(makes: [kind.kind], hierarchies: [hierarchy], wants: .kinds, lives: lives), executor)
  }

  private func perform(_ order: Order, _ executor: Executor) async -> Attempt {
    guard let text = try? JSONEncoder().encode(order) else {
      return Attempt(untried: .harnessFailed, "the order can't be written")
    }
    let scenario = ScenarioID(
      suite: ExploredCase.suite, testCase: ExploredCase.name, name: String(decoding: text, as: UTF8.self))
    let first = binaries.first { $0.lane == load.lane } ?? binaries[0]
    let batch = BatchOrder(
      cells: [CellID(scenario, load.id)], load: load, binary: first.path, module: Case.usualModule,
      scenarioFile: scenarios.path,
      scenarioKey: ContentKey(of: scenarios.path), directory: files.directory.path, repeats: false,
      reads: binaries.map(\.path))
    let answered = Mutex(Attempt(untried: .notRun, "it was not tried"))
    await executor.attempt(batch, .warm) { _, attempt in answered.withLock { $0 = attempt } }
    return answered.withLock { $0 }
  }

  /// The number of the hierarchy that was tried last; nil where none was begun, or its end is not its own.
  private static func lastBegun(_ attempt: Attempt) -> Int? {
    switch attempt.answer.outcome {
    case .crashed, .timedOut, .limitExceeded, .workerLost:
      attempt[.output].split(separator: "\n").last { Int($0) != nil }.flatMap { Int($0) }
    default: nil
    }
  }

  /// A text as Python shows it, without its quotes.
  static func text(_ one: Observation) -> String {
    var text = one.value
    guard let quote = text.first, quote == "'" || quote == "\"", text.last == quote, text.count > 1 else { return text }
    text = String(text.dropFirst().dropLast())
    return text.replacing("\\'", with: "'").replacing("\\\\", with: "\\")
  }
}
