import Foundation
import Model
import Platform
import Worker

/// What interpreters import, compiled beforehand: a product of its own, as binaries are.
///
/// Nobody else writes there. Each file is known by size and content, the folder appears whole or not at all, and one that
/// is not what its record says is made again before a run. Where none can be made, interpreters compile for themselves,
/// which takes longer, and changes nothing.
public struct Bytecode: Sendable {
  private let files: WorkerFiles

  public init(_ files: WorkerFiles) { self.files = files }

  /// In place of a folder: nothing can be read from it, or written to it.
  static let none = "/dev/null"

  private static let recordName = "record.json"
  private static let modulesName = "modules"
  private static let makingPrefix = "making-"
  private static let lockSuffix = ".lock"
  /// Seconds that compiling may take, or another program that compiles the same.
  private static let limit: Double = 60

  private struct Record: Codable {
    /// Path of the interpreter, and what file it was.
    var interpreter: String
    var stamp: FileStamp
    /// Modules that were asked for.
    var modules: Set<String>
    var files: [Compiled]
  }

  /// As conform_bytecode.py says it.
  private struct Compiled: Codable {
    /// Below the folder of modules.
    var path: String
    var size: Int
    var content: ContentKey
    var source: String
    var sourceSize: Int64
    var sourceTime: Int64

    enum CodingKeys: String, CodingKey {
      case path, size, source
      case content = "sha256"
      case sourceSize = "source_size"
      case sourceTime = "source_time"
    }
  }

  /// The folder for an interpreter, where there is one that is what its record says; nothing is made.
  public func folder(for interpreter: String) -> String? {
    record(in: place(of: interpreter)) == nil ? nil : modules(in: place(of: interpreter)).path
  }

  /// The folder for an interpreter, made where there is none that is what its record says, or it lacks something.
  ///
  /// - Parameter modules: what it is to hold beside what the harness imports.
  /// - Returns: nil where none can be made.
  public func make(for interpreter: String, modules: Set<String>) async -> String? {
    let place = place(of: interpreter)
    guard let stamp = FileStamp(path: interpreter) else { return nil }
    let clock = ContinuousClock()
    let end = clock.now + .seconds(Self.limit)
    while clock.now < end, !Task.isCancelled {
      let present = record(in: place)
      if let present, isUsable(present, stamp, modules) { return self.modules(in: place).path }
      do {
        try FileManager.default.createDirectory(at: files.bytecode, withIntermediateDirectories: true)
        let lock = try FileLock(path: place.path + Self.lockSuffix)
        defer { withExtendedLifetime(lock) {} }
        // What an earlier version takes with it, so that two versions of suites don't take turns.
        let all = present?.interpreter == interpreter ? modules.union(present?.modules ?? []) : modules
        return await make(Record(interpreter: interpreter, stamp: stamp, modules: all, files: []), at: place)
      } catch FileLock.Failure.held {
        try? await Task.sleep(for: .milliseconds(50))
      } catch {
        return nil
      }
    }
    return nil
  }

  // MARK: Looking

  private func place(of interpreter: String) -> URL {
    files.bytecode.appending(path: ContentKey(ofParts: [interpreter, files.key.hex]).short)
  }

  private func modules(in place: URL) -> URL { place.appending(path: Self.modulesName) }

  /// What a folder's record says, where the folder holds just that.
  private func record(in place: URL) -> Record? {
    let path = place.appending(path: Self.recordName).path
    guard FileFacts(path)?.isFile == true, let text = FileManager.default.contents(atPath: path),
      let record = Sealed.content(of: text).flatMap({ try? JSONDecoder().decode(Record.self, from: $0) })
    else { return nil }
    let folder = modules(in: place).path
    var known = Dictionary(record.files.map { ($0.path, $0) }) { first, _ in first }
    for path in Self.files(below: folder) {
      guard let file = known.removeValue(forKey: path), FileFacts("\(folder)/\(path)")?.isFile == true,
        let data = FileManager.default.contents(atPath: "\(folder)/\(path)"), data.count == file.size,
        ContentKey(of: data) == file.content
      else { return nil }
    }
    return known.isEmpty ? record : nil
  }

  /// All that is no folder, links among them.
  private static func files(below folder: String, _ prefix: String = "") -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.flatMap { name -> [String] in
      let facts = FileFacts("\(folder)/\(name)")
      return facts?.isFolder == true
        ? files(below: "\(folder)/\(name)", "\(prefix)\(name)/") : ["\(prefix)\(name)"]
    }
  }

  private func isUsable(_ record: Record, _ stamp: FileStamp, _ modules: Set<String>) -> Bool {
    record.stamp == stamp && modules.isSubset(of: record.modules)
      && record.files.allSatisfy { file in
        FileStamp(path: file.source).map { $0.size == file.sourceSize && $0.changed == file.sourceTime } ?? false
      }
  }

  // MARK: Making

  private func make(_ wanted: Record, at place: URL) async -> String? {
    var record = wanted
    let making = files.bytecode.appending(path: Self.makingPrefix + place.lastPathComponent)
    defer { Self.remove(making) }
    // What a process left that died over it: the lock is ours.
    Self.remove(making)
    removeOthers()
    // What is damaged is nobody's, and takes room.
    if self.record(in: place) == nil { Self.remove(place) }
    do {
      try FileManager.default.createDirectory(at: modules(in: making), withIntermediateDirectories: true)
      guard let compiled = await compile(record, into: modules(in: making).path, backend: true) else { return nil }
      record.files = compiled
      try Sealed.text(JSONEncoder().encode(record)).write(to: making.appending(path: Self.recordName))
    } catch {
      return nil
    }
    guard self.record(in: making) != nil else { return nil }
    Self.protect(modules(in: making))
    Self.remove(place)
    return rename(making.path, place.path) == 0 ? modules(in: place).path : nil
  }

  /// - Parameter backend: whether the HPy of the interpreter is to be imported, which may be broken.
  private func compile(_ record: Record, into folder: String, backend: Bool) async -> [Compiled]? {
    guard let input = try? JSONEncoder().encode(record.modules.sorted()) else { return nil }
    let result = try? await Tool.run(
      record.interpreter, [files.compiler, folder] + (backend ? ["hpy"] : []),
      input: String(decoding: input, as: UTF8.self), environment: Interpreter.environment(files), limit: Self.limit,
      outputLimit: 64 << 20)
    if let result, result.succeeded, let last = result.output.split(separator: "\n").last,
      let compiled = try? JSONDecoder().decode([Compiled].self, from: Data(last.utf8))
    {
      return compiled
    }
    if !backend || Task.isCancelled { return nil }
    Self.remove(URL(filePath: folder))
    try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    return await compile(record, into: folder, backend: false)
  }

  /// Removes what belongs to interpreters that are gone, and whatever else lies there, as earlier versions left it.
  private func removeOthers() {
    for name in (try? FileManager.default.contentsOfDirectory(atPath: files.bytecode.path)) ?? [] {
      if name.hasPrefix(Self.makingPrefix) || name.hasSuffix(Self.lockSuffix) { continue }
      let place = files.bytecode.appending(path: name)
      let text = FileManager.default.contents(atPath: place.appending(path: Self.recordName).path)
      let record = text.flatMap { Sealed.content(of: $0) }.flatMap { try? JSONDecoder().decode(Record.self, from: $0) }
      if let record, FileStamp(path: record.interpreter) != nil { continue }
      Self.remove(place)
      if record != nil { try? FileManager.default.removeItem(atPath: place.path + Self.lockSuffix) }
    }
  }

  /// Nobody writes there by mistake.
  private static func protect(_ folder: URL) {
    for name in (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [] {
      let place = folder.appending(path: name)
      if FileFacts(place.path)?.isFolder == true { protect(place) } else { chmod(place.path, 0o444) }
    }
    chmod(folder.path, 0o555)
  }

  private static func remove(_ place: URL) {
    guard let facts = FileFacts(place.path) else { return }
    if facts.isFolder {
      chmod(place.path, 0o700)
      for name in (try? FileManager.default.contentsOfDirectory(atPath: place.path)) ?? [] {
        remove(place.appending(path: name))
      }
    }
    try? FileManager.default.removeItem(at: place)
  }
}
