import Foundation
import Model
import Planning
import Platform

/// Binaries for the stable ABI in a folder that outlives runs and caches: what earlier headers built, for interpreters that
/// come later.
///
/// A folder for each flavour and home holds `home.json` and, below SUITE/CASE, each binary with a record of its own. A
/// record is sealed, and has the key of the binary's bytes: what was damaged is told and not loaded.
public struct KeptBinaries: Sendable {
  /// What `home.json` says.
  private struct Home: Codable {
    var flavour: Flavour
    var runtime: Runtime
    var surroundings: ContentKey
  }

  /// What stands beside a binary.
  private struct Record: Codable {
    /// Of the binary's bytes.
    var content: ContentKey
    /// Of the case's C.
    var sources: ContentKey
    var declared: LimitedAPIVersion?
  }

  private static let homeName = "home.json"
  private static let recordSuffix = ".json"

  public let folder: URL
  /// Those whose binaries are there.
  public private(set) var homes: [KeptHome] = []

  /// Reads a folder, and checks every binary in it. One that isn't there yet holds none.
  ///
  /// - Parameter machine: what binaries have to be for, as `Runtime.machine`.
  /// - Throws: `Problem` for what is damaged, and for binaries of another machine.
  public init(in folder: URL, machine: String) throws {
    self.folder = folder
    if let problem = Self.problem(with: folder) { throw problem }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path))?.sorted() ?? []
    for name in names {
      let place = folder.appending(path: name)
      guard FileManager.default.fileExists(atPath: place.appending(path: Self.homeName).path) else { continue }
      let home: Home = try Self.read(place.appending(path: Self.homeName))
      if home.runtime.machine != machine {
        throw Problem(
          at: place.path, "its binaries are for \(home.runtime.machine), expected \(machine)",
          remedy: "give --kept a folder of this machine's own")
      }
      try Self.check(place)
      var runtime = home.runtime
      runtime.name = "kept-\(runtime.shortName)"
      if homes.contains(where: { $0.home.name == runtime.name }) { runtime.name += "-\(home.surroundings.short)" }
      homes.append(
        KeptHome(flavour: home.flavour, home: runtime, folder: place.path, surroundings: home.surroundings))
    }
  }

  private static func problem(with folder: URL) -> Problem? {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: folder.path, isDirectory: &isFolder), !isFolder.boolValue else {
      return nil
    }
    return Problem(at: folder.path, "is a file, expected a folder of kept binaries", remedy: "give --kept a folder")
  }

  /// - Throws: `Problem` for a binary that is not as its record says.
  private static func check(_ home: URL) throws {
    let found = FileManager.default.enumerator(atPath: home.path)?.compactMap { $0 as? String } ?? []
    for name in found where name.hasSuffix(".so\(recordSuffix)") {
      let file = home.appending(path: String(name.dropLast(recordSuffix.count)))
      let record: Record = try read(home.appending(path: name))
      guard let bytes = FileManager.default.contents(atPath: file.path) else {
        throw damaged(file, "is missing, though its record is there")
      }
      if ContentKey(of: bytes) != record.content {
        throw damaged(file, "is damaged: expected content \(record.content.short), got \(ContentKey(of: bytes).short)")
      }
    }
  }

  private static func damaged(_ file: URL, _ what: String) -> Problem {
    Problem(at: file.path, what, remedy: "remove it with its record, \(file.lastPathComponent)\(recordSuffix)")
  }

  private static func read<Content: Decodable>(_ file: URL) throws -> Content {
    guard let text = FileManager.default.contents(atPath: file.path), let content = Sealed.content(of: text),
      let decoded = try? JSONDecoder().decode(Content.self, from: content)
    else {
      throw Problem(
        at: file.path, "is damaged, or of another version of hpy-conform",
        remedy: "remove the folder \(file.deletingLastPathComponent().path)")
    }
    return decoded
  }

  // MARK: Taking

  /// The kept binary of a case for a load whose binary is a kept one.
  static func binary(of testCase: Case, for load: Load, in folder: String, cache: URL) -> BuiltBinary {
    let name = load.binary.flavour.fileName(module: testCase.module, home: load.binary.home)
    let file = place(of: testCase, below: URL(filePath: folder)).appending(path: name)
    func absent(_ why: String) -> BuiltBinary { BuiltBinary(product: .unsupported(why), key: nil, steps: []) }
    do {
      guard FileManager.default.fileExists(atPath: file.path + recordSuffix) else {
        return absent("no binary of this case was kept for \(load.binary.home.product)")
      }
      let record: Record = try read(URL(filePath: file.path + recordSuffix))
      guard try record.sources == sources(of: testCase) else {
        return absent("the C of this case has changed since its binary was kept")
      }
      guard record.declared == testCase.limitedAPI?.versions[load.binary.flavour] else {
        return absent("this case declared another version of the limited API when its binary was kept")
      }
      // Cells see the cache, and not every folder.
      let own = cache.appending(path: "kept/\(record.content.hex)/\(name)")
      if FileManager.default.contents(atPath: own.path).map({ ContentKey(of: $0) }) != record.content {
        guard let bytes = FileManager.default.contents(atPath: file.path), ContentKey(of: bytes) == record.content
        else { throw damaged(file, "is damaged") }
        try FileManager.default.createDirectory(
          at: own.deletingLastPathComponent(), withIntermediateDirectories: true)
        try bytes.write(to: own, options: .atomic)
      }
      let key = ContentKey(ofParts: ["kept", record.content.hex, name])
      return BuiltBinary(product: .file(own.path), key: key, content: record.content, steps: [])
    } catch {
      return BuiltBinary(product: .machineFailed(Problem.words(of: error)), key: nil, steps: [])
    }
  }

  private static func place(of testCase: Case, below home: URL) -> URL {
    home.appending(path: "\(testCase.suite)/\(testCase.name)")
  }

  /// Key of a case's C.
  private static func sources(of testCase: Case) throws -> ContentKey {
    let names = try testCase.files().filter { !$0.hasSuffix(".py") && !$0.hasSuffix(".toml") }
    return ContentKey(ofParts: try names.flatMap { [$0, try testCase.text(of: $0)] })
  }

  // MARK: Keeping

  /// Keeps a binary that a run has built, in place of an earlier one of the same home.
  ///
  /// - Throws: what the system says.
  func keep(_ path: String, of testCase: Case, for load: Load, surroundings: ContentKey) throws {
    guard let bytes = FileManager.default.contents(atPath: path) else { return }
    let home = folder.appending(
      path: "\(load.binary.flavour)-\(load.binary.home.shortName)-\(surroundings.short)")
    let place = Self.place(of: testCase, below: home)
    try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    let name = (path as NSString).lastPathComponent
    let record = Record(
      content: ContentKey(of: bytes), sources: try Self.sources(of: testCase),
      declared: testCase.limitedAPI?.versions[load.binary.flavour])
    try bytes.write(to: place.appending(path: name), options: .atomic)
    try Self.write(record, to: place.appending(path: name + Self.recordSuffix))
    let file = home.appending(path: Self.homeName)
    if !FileManager.default.fileExists(atPath: file.path) {
      try Self.write(
        Home(flavour: load.binary.flavour, runtime: load.binary.home, surroundings: surroundings), to: file)
    }
  }

  private static func write(_ content: some Encodable, to file: URL) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    try Sealed.text(encoder.encode(content)).write(to: file, options: .atomic)
  }
}
