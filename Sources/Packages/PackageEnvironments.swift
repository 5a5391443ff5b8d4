import Foundation
import Model
import Platform
import Runtimes
import Worker

/// Environments with installed packages, one for each requirement and runtime, kept in the cache by content.
///
/// An environment is a folder that holds what pip installs, with `--target`. Several processes may use one cache: an
/// environment appears whole or not at all.
public actor PackageEnvironments {
  /// What is to be installed together.
  public struct Wanted: Hashable, Sendable {
    public var requirement: PackageRequirement
    /// Further requirements, which its tests need.
    public var others: [String]

    public init(_ requirement: PackageRequirement, others: [String] = []) {
      self.requirement = requirement
      self.others = others
    }
  }

  /// What became of something that was asked for.
  public enum Found<Value: Sendable>: Sendable {
    case found(Value)
    /// It can't be installed on that runtime: pip's last words.
    case refused(String)
    /// The machine or the network kept it from being installed, and nothing is known: what was lacking.
    case machineFailed(String)
  }

  public struct Environment: Sendable {
    /// Path of the folder.
    public var folder: String
    public var resolution: Resolution
    /// Of all that was asked for and resolved.
    public var key: ContentKey
    /// Of the installed files.
    public var content: ContentKey
    /// The command that made it, for the record.
    public var command: [String]
    /// Seconds that installing it took.
    public var seconds: Double
    /// Whether it was there already.
    public var isReused: Bool
  }

  private struct Place: Hashable {
    var wanted: Wanted
    var runtime: ContentKey
  }

  /// What is kept beside an environment.
  private struct Record: Codable {
    var resolution: Resolution
    var content: ContentKey
    var command: [String]
    var seconds: Double
  }

  let folder: URL
  let pip: Pip
  let files: WorkerFiles
  let interpreters: [String]
  private var resolutions: [Place: Task<Found<Resolution>, Never>] = [:]
  private var environments: [Place: Task<Found<Environment>, Never>] = [:]

  /// - Parameters:
  ///   - cache: they lie in its folder `packages`.
  ///   - interpreters: those of the run, of which one may have a pip.
  ///   - sandbox: where pip runs, and what it builds.
  ///   - limit: seconds for one installation.
  public init(
    below cache: URL, files: WorkerFiles, interpreters: [String], sandbox: Sandbox? = nil, limit: Double = 900
  ) {
    folder = cache.appending(path: "packages", directoryHint: .isDirectory)
    pip = Pip(folder: folder, sandbox: sandbox, limit: limit)
    self.files = files
    self.interpreters = interpreters
  }

  // MARK: Asking

  /// What a requirement means for a runtime; asked once.
  public func resolution(of wanted: Wanted, for runtime: Runtime) async -> Found<Resolution> {
    let place = Place(wanted: wanted, runtime: runtime.key)
    let task = resolutions[place] ?? Task { await resolve(wanted, runtime) }
    resolutions[place] = task
    let found = await task.value
    if case .machineFailed = found, resolutions[place] == task { resolutions[place] = nil }
    return found
  }

  /// The environment, made where it isn't there.
  public func environment(for wanted: Wanted, on runtime: Runtime) async -> Found<Environment> {
    let place = Place(wanted: wanted, runtime: runtime.key)
    let task = environments[place] ?? Task { await make(wanted, runtime) }
    environments[place] = task
    let found = await task.value
    if case .machineFailed = found, environments[place] == task { environments[place] = nil }
    return found
  }

  // MARK: Resolving

  private func resolve(_ wanted: Wanted, _ runtime: Runtime) async -> Found<Resolution> {
    let key: ContentKey
    do {
      key = try requestKey(wanted, runtime)
    } catch {
      return .refused(Problem.words(of: error))
    }
    // What names one version names the same tomorrow, but for what it depends on: that stays as it was seen first.
    let known = folder.appending(path: "resolved/\(key.hex).json")
    if wanted.requirement.isPinned, let data = try? Data(contentsOf: known),
      let resolution = Sealed.content(of: data).flatMap({ try? JSONDecoder().decode(Resolution.self, from: $0) })
    {
      return .found(resolution)
    }
    do {
      let pipFolder = try await pip.ready(for: runtime, others: interpreters)
      let bench = try bench()
      defer { try? FileManager.default.removeItem(at: bench) }
      let report = bench.appending(path: "report.json")
      let arguments =
        ["install", "--dry-run", "--ignore-installed", "--quiet", "--report", report.path]
        + (try arguments(wanted, bench))
      switch await pip.run(
        arguments, with: runtime, reading: paths(wanted), writing: [bench], pip: pipFolder)
      {
      case .refused(let why): return .refused(why)
      case .machineFailed(let lack): return .machineFailed(lack)
      case .succeeded:
        guard let data = try? Data(contentsOf: report), var resolution = Resolution(report: data) else {
          return .refused("pip \(Pip.version(for: runtime)) gave no installation report")
        }
        let own = ([bench.path] + paths(wanted)).map { URL(filePath: $0).absoluteString }
        for index in resolution.items.indices
        where own.contains(where: { resolution.items[index].address.hasPrefix($0) }) {
          resolution.items[index].address = ""
        }
        // A folder of this machine may hold something else tomorrow.
        if !resolution.items.contains(where: { $0.address.hasPrefix("file:") }) {
          try? FileManager.default.createDirectory(
            at: known.deletingLastPathComponent(), withIntermediateDirectories: true)
          try? Sealed.text(JSONEncoder().encode(resolution)).write(to: known, options: .atomic)
        }
        return .found(resolution)
      }
    } catch {
      return .machineFailed(Problem.words(of: error))
    }
  }

  /// The versions that a requirement means and that the package index has, the oldest first.
  ///
  /// - Throws: `Problem` where it has none, or does not answer.
  public func versions(of requirement: PackageRequirement, for runtime: Runtime) async throws -> [String] {
    let pipFolder = try await pip.ready(for: runtime, others: interpreters)
    switch await pip.run(["index", "versions", requirement.name], with: runtime, writing: [], pip: pipFolder) {
    case .refused(let why), .machineFailed(let why):
      throw Problem(.environment, "the versions of \(requirement.name) can't be listed: \(why)", remedy: "try again")
    case .succeeded(let output):
      let versions = Self.versions(in: output).filter { requirement.takes($0) }
      if versions.isEmpty {
        throw Problem("no version is \(requirement)", remedy: "`pip index versions \(requirement.name)` lists them")
      }
      return versions
    }
  }

  /// Reads `Available versions: 2.0, 1.0`.
  static func versions(in output: String) -> [String] {
    let line = output.split(separator: "\n").first { $0.hasPrefix("Available versions: ") } ?? ""
    return line.dropFirst("Available versions: ".count).split(separator: ",").map {
      $0.trimmingCharacters(in: .whitespaces)
    }.reversed()
  }

  // MARK: Making

  private func make(_ wanted: Wanted, _ runtime: Runtime) async -> Found<Environment> {
    switch await resolution(of: wanted, for: runtime) {
    case .refused(let why): return .refused(why)
    case .machineFailed(let lack): return .machineFailed(lack)
    case .found(let resolution):
      do {
        let request = try requestKey(wanted, runtime)
        let key = ContentKey(
          ofParts: ["environment", request.hex] + resolution.items.flatMap { [$0.title, $0.address, $0.hash] })
        let place = folder.appending(path: "env-\(key.hex.prefix(32))")
        if let present = present(at: place, key) { return .found(present) }
        return try await install(wanted, resolution, runtime, key, at: place)
      } catch {
        return .machineFailed(Problem.words(of: error))
      }
    }
  }

  private func install(
    _ wanted: Wanted, _ resolution: Resolution, _ runtime: Runtime, _ key: ContentKey, at place: URL
  ) async throws -> Found<Environment> {
    let pipFolder = try await pip.ready(for: runtime, others: interpreters)
    let bench = try bench()
    defer { try? FileManager.default.removeItem(at: bench) }
    let target = bench.appending(path: Self.filesName)
    try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
    let list = resolution.items.filter { !$0.address.isEmpty }.map { item in
      "\(item.name) @ \(item.address)" + (item.hash.isEmpty ? "" : "#sha256=\(item.hash)")
    }
    let requirements = bench.appending(path: "requirements.txt")
    try Data(list.map { "\($0)\n" }.joined().utf8).write(to: requirements)
    let own = wanted.requirement.source == .index ? [] : [try arguments(wanted, bench)[0]]
    let arguments =
      ["install", "--no-deps", "--no-warn-conflicts", "--target", target.path]
      + (list.isEmpty ? [] : ["-r", requirements.path]) + own
    let started = ContinuousClock.now
    switch await pip.run(arguments, with: runtime, reading: paths(wanted), writing: [bench], pip: pipFolder) {
    case .refused(let why): return .refused(why)
    case .machineFailed(let lack): return .machineFailed(lack)
    case .succeeded: break
    }
    if let intruder = intruder(in: target) { return .refused(intruder) }
    removeTraces(in: target)
    let seconds = (ContinuousClock.now - started) / .seconds(1)
    let command =
      ["python", "-m", "pip", "install", "--no-deps", "--target", Self.filesName]
      + resolution.items.filter { !$0.address.isEmpty }.map(\.title)
      + (wanted.requirement.source == .index ? [] : [wanted.requirement.argument])
    let record = Record(
      resolution: resolution, content: content(of: target), command: command, seconds: seconds)
    try Sealed.text(JSONEncoder().encode(record)).write(to: bench.appending(path: Self.recordName))
    try? FileManager.default.removeItem(at: requirements)
    if rename(bench.path, place.path) != 0 {
      // Another run made it at the same time, or one that is damaged is in the way.
      if let theirs = present(at: place, key) { return .found(theirs) }
      try FileManager.default.removeItem(at: place)
      if rename(bench.path, place.path) != 0 { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    }
    return .found(environment(record, at: place, key, isReused: false))
  }

  private static let filesName = "site"
  private static let recordName = "environment.json"

  /// - Returns: nil where there is none, or what is there isn't what its record says.
  private func present(at place: URL, _ key: ContentKey) -> Environment? {
    guard let text = try? Data(contentsOf: place.appending(path: Self.recordName)),
      let record = Sealed.content(of: text).flatMap({ try? JSONDecoder().decode(Record.self, from: $0) }),
      content(of: place.appending(path: Self.filesName)) == record.content
    else { return nil }
    FileFacts.touch(place.path)
    return environment(record, at: place, key, isReused: true)
  }

  private func environment(_ record: Record, at place: URL, _ key: ContentKey, isReused: Bool) -> Environment {
    Environment(
      folder: place.appending(path: Self.filesName).path, resolution: record.resolution, key: key,
      content: record.content, command: record.command, seconds: record.seconds, isReused: isReused)
  }

  /// Of what is installed, without what says where it came from and lay. Only the stamps are looked at where they are
  /// known.
  private func content(of target: URL) -> ContentKey {
    var known = KnownContents(folder.appending(path: "contents/\(ContentKey(of: target.path).short).json"))
    defer { known.save() }
    return known.key(files: [], folders: [target.path])
  }

  /// What names this machine's folders, or that a person asked: nothing of it is the package's.
  private func removeTraces(in target: URL) {
    try? FileManager.default.removeItem(at: target.appending(path: "bin"))
    for name in (try? FileManager.default.contentsOfDirectory(atPath: target.path)) ?? []
    where name.hasSuffix(".dist-info") {
      for file in ["direct_url.json", "REQUESTED", "INSTALLER"] {
        try? FileManager.default.removeItem(at: target.appending(path: "\(name)/\(file)"))
      }
    }
  }

  /// A module that would take the place of one of the harness's.
  private func intruder(in target: URL) -> String? {
    let own = Set((try? FileManager.default.contentsOfDirectory(atPath: files.directory.path)) ?? [])
    let modules = Set(own.map { ($0 as NSString).deletingPathExtension })
    let found = (try? FileManager.default.contentsOfDirectory(atPath: target.path)) ?? []
    return found.sorted().first { name in
      modules.contains(String(name.prefix { $0 != "." }))
    }.map { "it installs `\($0)`, and a module of that name belongs to hpy-conform: it can't be tested" }
  }

  // MARK: Files

  /// Of what is asked for, by content.
  private func requestKey(_ wanted: Wanted, _ runtime: Runtime) throws -> ContentKey {
    ContentKey(
      ofParts: [
        "request 2", Pip.version(for: runtime), wanted.requirement.description,
        try wanted.requirement.contentKey().hex, runtime.key.hex,
      ] + wanted.others)
  }

  func bench() throws -> URL {
    let bench = folder.appending(path: "making-\(UUID().uuidString)")
    do {
      try FileManager.default.createDirectory(at: bench, withIntermediateDirectories: true)
    } catch {
      throw Problem.unusableCache(error, at: folder)
    }
    return bench
  }

  /// What pip is given; of a checkout a copy.
  private func arguments(_ wanted: Wanted, _ bench: URL) throws -> [String] {
    guard case .checkout(let path) = wanted.requirement.source else {
      return [wanted.requirement.argument] + wanted.others
    }
    let copy = bench.appending(path: "sources/\((path as NSString).lastPathComponent)")
    try SourceTree.copy(path, to: copy)
    return [copy.path] + wanted.others
  }

  private func paths(_ wanted: Wanted) -> [String] {
    switch wanted.requirement.source {
    case .index: []
    case .archive(let path), .checkout(let path): [path]
    }
  }

  // MARK: Tidying up

  /// Ends what is still being installed.
  public func end() {
    for task in resolutions.values { task.cancel() }
    for task in environments.values { task.cancel() }
  }

  /// 4 GiB.
  public static let usualLimit = 4 << 30

  /// Removes what dead runs left half made, and the environments that were not used for longest until all take no more
  /// than so many bytes. What was used within the last day stays: a run may have it open.
  public func close(limit: Int = usualLimit) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    let dayAgo = Date.now.addingTimeInterval(-86400)
    var entries: [(place: URL, size: Int, date: Date)] = []
    for name in names {
      let place = folder.appending(path: name)
      let date = (try? FileManager.default.attributesOfItem(atPath: place.path))?[.modificationDate] as? Date
      if name.hasPrefix("making-"), date.map({ $0 < dayAgo }) ?? false {
        try? FileManager.default.removeItem(at: place)
      } else if name.hasPrefix("env-") || name.hasPrefix("tests-"), let date {
        entries.append((place, Self.size(of: place), date))
      }
    }
    var excess = entries.reduce(-limit) { $0 + $1.size }
    for entry in entries.sorted(by: { $0.date < $1.date }) where excess > 0 && entry.date < dayAgo {
      let trash = folder.appending(path: "making-\(UUID().uuidString)")
      guard rename(entry.place.path, trash.path) == 0 else { continue }
      try? FileManager.default.removeItem(at: trash)
      excess -= entry.size
    }
  }

  private static func size(of folder: URL) -> Int {
    guard let all = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: [.fileSizeKey]) else {
      return 0
    }
    return all.reduce(0) { total, one in
      total + (((one as? URL).flatMap { try? $0.resourceValues(forKeys: [.fileSizeKey]).fileSize }) ?? 0)
    }
  }
}
