import Foundation
import Model
import Platform
import Worker

/// Finds the interpreters of a machine and asks each what it is, several at a time.
public struct InterpreterFinder: Sendable {
  private let project: URL
  private let search: InterpreterSearch
  private let environments: Environments
  private let files: WorkerFiles
  /// Seconds for each question.
  private let limit: Double

  public init(project: URL, files: WorkerFiles, search: InterpreterSearch? = nil, limit: Double = 30) {
    self.project = project
    self.search = search ?? InterpreterSearch(project: project)
    self.files = files
    self.limit = limit
    environments = Environments(project: project)
  }

  /// Everything there is: what the configuration names first, in its order, then the rest by implementation and version.
  /// An interpreter that goes by several names, links and start scripts comes once.
  public func findAll(_ configuration: Configuration) async -> [FoundRuntime] {
    let configured = configuration.runtimes.map { Probe(wanted: $0) }
    let candidates = search.candidates().map { Probe(candidate: $0) }
    let found = await ask(configured + candidates)
    return Self.merged(found)
  }

  /// Those that are asked for, in this order.
  public func describe(_ wanted: [Configuration.Wanted]) async -> [FoundRuntime] {
    await ask(wanted.map { Probe(wanted: $0) }).map(\.found)
  }

  /// The path that starts an interpreter: a path itself, the environment of one that has its own, or what a command
  /// means here.
  ///
  /// - Throws: `Problem` when there is none.
  public func path(of wanted: Configuration.Wanted) async throws -> String {
    if wanted.hpy != nil { return try environments.interpreter(of: wanted) }
    return try await base(of: wanted)
  }

  /// The path of the interpreter that an entry names, even where it has an environment of its own.
  ///
  /// - Throws: `Problem` when there is none.
  public func base(of wanted: Configuration.Wanted) async throws -> String {
    if wanted.interpreter.contains("/") { return wanted.interpreter }
    for candidate in search.candidates(forCommand: wanted.interpreter) {
      if !candidate.isShim { return candidate.path }
      // A shim of a version that isn't active fails, and the version itself is found otherwise.
      if (try? await Interpreter(candidate.path, files: files, limit: limit).describe()) != nil {
        return candidate.path
      }
    }
    throw Problem(
      .environment, at: wanted.name.isEmpty ? wanted.place : wanted.name, "`\(wanted.interpreter)` was not found",
      remedy: "searched PATH, the folders of pyenv and uv, and .runtimes; install it, or name a path")
  }

  // MARK: Asking

  struct Probe: Sendable {
    var wanted: Configuration.Wanted
    var origin: FoundRuntime.Origin
    var isShim = false

    init(wanted: Configuration.Wanted) {
      self.wanted = wanted
      origin = wanted.place.isEmpty ? .asked : .configured
    }

    init(candidate: InterpreterSearch.Candidate) {
      wanted = Configuration.Wanted(name: "", interpreter: candidate.path)
      origin = candidate.origin
      isShim = candidate.isShim
    }
  }

  struct Answer: Sendable {
    var found: FoundRuntime
    /// nil for one that did not answer.
    var identity: ContentKey?
    var isShim: Bool
  }

  /// Interpreters that hang must not keep the others waiting, so more are asked at a time than there are cores.
  private static let atATime = 16

  private func ask(_ probes: [Probe]) async -> [Answer] {
    await withTaskGroup(of: (Int, Answer).self) { group in
      var waiting = probes.enumerated().makeIterator()
      for _ in 0..<Self.atATime {
        if let (index, probe) = waiting.next() { group.addTask { (index, await ask(probe)) } }
      }
      var answers: [(Int, Answer)] = []
      while let answer = await group.next() {
        answers.append(answer)
        if let (index, probe) = waiting.next() { group.addTask { (index, await ask(probe)) } }
      }
      return answers.sorted { $0.0 < $1.0 }.map(\.1)
    }
  }

  private func ask(_ probe: Probe) async -> Answer {
    var path = probe.wanted.interpreter
    do {
      path = try await self.path(of: probe.wanted)
      let description = try await Interpreter(path, name: probe.wanted.name, files: files, limit: limit).identify()
      return Answer(
        found: FoundRuntime(
          name: probe.wanted.name, interpreter: path, origins: [probe.origin], answer: .success(description.runtime)),
        identity: description.identity, isShim: probe.isShim)
    } catch {
      let problem =
        error as? Problem ?? Problem(.environment, at: path, Problem.words(of: error), remedy: "name another")
      return Answer(
        found: FoundRuntime(
          name: probe.wanted.name, interpreter: path, origins: [probe.origin], answer: .failure(problem)),
        identity: nil, isShim: probe.isShim)
    }
  }

  /// One entry for each interpreter, named.
  static func merged(_ answers: [Answer]) -> [FoundRuntime] {
    var found: [FoundRuntime] = []
    var places: [ContentKey: Int] = [:]
    var shims: Set<Int> = []
    for answer in answers {
      guard let identity = answer.identity else {
        // The shim of a version that isn't active: the version itself is found otherwise.
        if !answer.isShim { found.append(answer.found) }
        continue
      }
      let isConfigured = answer.found.origins == [.configured]
      if let place = places[identity], !isConfigured {
        if !found[place].origins.contains(answer.found.origins[0]) { found[place].origins += answer.found.origins }
        if answer.found.interpreter != found[place].interpreter {
          found[place].aliases.append(answer.found.interpreter)
        }
        if shims.contains(place), !answer.isShim, let alias = found[place].aliases.popLast() {
          // What the shim starts is the better path: it stays the same when another version becomes active.
          found[place].aliases.append(found[place].interpreter)
          found[place].interpreter = alias
          found[place].answer = answer.found.answer
          shims.remove(place)
        }
      } else {
        places[identity] = places[identity] ?? found.count
        if answer.isShim { shims.insert(found.count) }
        found.append(answer.found)
      }
    }
    let ofTheProject = found.filter { $0.origins.contains(.configured) || $0.origins.contains(.asked) }
    let others = found.filter { !$0.origins.contains(.configured) && !$0.origins.contains(.asked) }
    return ofTheProject + named(others.sorted(by: precedes), taken: Set(ofTheProject.map(\.name)))
  }

  private static func precedes(_ one: FoundRuntime, _ other: FoundRuntime) -> Bool {
    guard let left = one.runtime, let right = other.runtime else {
      return one.runtime != nil && other.runtime == nil
    }
    if left.implementation != right.implementation { return left.implementation < right.implementation }
    return left.version.compare(right.version, options: .numeric) == .orderedAscending
  }

  private static func named(_ found: [FoundRuntime], taken: Set<String>) -> [FoundRuntime] {
    var taken = taken
    return found.map { one in
      var one = one
      let plain = one.runtime.map { $0.shortName } ?? URL(filePath: one.interpreter).lastPathComponent
      one.name = unused(plain, taken)
      taken.insert(one.name)
      return one
    }
  }

  /// A name that isn't taken: `name`, `name-2`, `name-3`, …
  public static func unused(_ name: String, _ taken: Set<String>) -> String {
    if !taken.contains(name) { return name }
    return (2...).lazy.map { "\(name)-\($0)" }.first { !taken.contains($0) }!
  }
}
