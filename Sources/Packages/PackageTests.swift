import Foundation
import Model
import Platform
import Runtimes
import Worker

/// A package's own tests, as pytest collects them on a runtime.
public struct CollectedTests: Hashable, Sendable, Codable {
  public struct Test: Hashable, Sendable, Codable {
    /// A scenario's name (conform_pytest.py).
    public var name: String
    /// At which it begins in its file, counted from 1.
    public var line: Int
  }

  /// A file that pytest can't collect, under a scenario's name, and why.
  public struct Refused: Hashable, Sendable, Codable {
    public var name: String
    public var message: String
  }

  /// In pytest's order.
  public var tests: [Test]
  public var refused: [Refused]
  /// What kept pytest from collecting anything; nil where nothing did.
  public var problem: String?
}

/// Where a package's tests lie.
public struct TestRoot: Hashable, Sendable {
  /// Path of the folder that node IDs are relative to.
  public var folder: String
  /// Of all files that decide what they say.
  public var key: ContentKey
}

extension PackageEnvironments {
  /// A package's own tests, and where they lie.
  ///
  /// They are looked for in a checkout that the package is installed from, else among what is installed, else in the
  /// sdist of the installed version.
  ///
  /// - Parameter tests: files, folders or pytest's node IDs, as `tests/test_a.py::TestB`.
  public func tests(
    _ tests: [String], of wanted: Wanted, on runtime: Runtime
  ) async -> Found<(tests: CollectedTests, root: TestRoot)> {
    switch await environment(for: wanted, on: runtime) {
    case .refused(let why): return .refused(why)
    case .machineFailed(let lack): return .machineFailed(lack)
    case .found(let environment):
      do {
        switch try await root(of: tests, wanted, environment, runtime) {
        case .refused(let why): return .refused(why)
        case .machineFailed(let lack): return .machineFailed(lack)
        case .found(let root):
          return switch await collect(tests, root, environment, runtime) {
          case .refused(let why): .refused(why)
          case .machineFailed(let lack): .machineFailed(lack)
          case .found(let collected): .found((collected, root))
          }
        }
      } catch {
        return .machineFailed(Problem.words(of: error))
      }
    }
  }

  /// The files or folders that tests name, without what stands behind `::`.
  private static func paths(of tests: [String]) -> [String] {
    tests.map { String($0.split(separator: ":", maxSplits: 1)[0]) }
  }

  // MARK: Where they lie

  private func root(
    of tests: [String], _ wanted: Wanted, _ environment: Environment, _ runtime: Runtime
  ) async throws -> Found<TestRoot> {
    let paths = Self.paths(of: tests)
    func areAll(in folder: String) -> Bool {
      paths.allSatisfy { FileManager.default.fileExists(atPath: "\(folder)/\($0)") }
    }
    if case .checkout(let folder) = wanted.requirement.source {
      guard areAll(in: folder) else { return .refused("\(folder) has no \(paths.joined(separator: ", "))") }
      return .found(try copy(paths, from: folder))
    }
    if areAll(in: environment.folder) {
      return .found(TestRoot(folder: environment.folder, key: environment.content))
    }
    let bench = try bench()
    defer { try? FileManager.default.removeItem(at: bench) }
    let archive: String
    switch try await sdist(wanted, environment, runtime, bench) {
    case .refused(let why): return .refused(why)
    case .machineFailed(let lack): return .machineFailed(lack)
    case .found(let path): archive = path
    }
    let unpacked = bench.appending(path: "unpacked")
    try FileManager.default.createDirectory(at: unpacked, withIntermediateDirectories: true)
    let result = try await Tool.run(
      runtime.interpreter, ["-c", Self.unpacker, archive, unpacked.path],
      environment: Interpreter.environment(files), limit: 120)
    guard result.succeeded else {
      return .refused("\((archive as NSString).lastPathComponent) can't be unpacked: \(BuildLog.cause(result.errors))")
    }
    let folders = try FileManager.default.contentsOfDirectory(atPath: unpacked.path)
    let top = unpacked.appending(path: folders.first ?? "").path
    guard areAll(in: top) else {
      return .refused(
        "neither what is installed nor \((archive as NSString).lastPathComponent) has \(paths.joined(separator: ", "))")
    }
    return .found(try copy(paths, from: top))
  }

  private func sdist(
    _ wanted: Wanted, _ environment: Environment, _ runtime: Runtime, _ bench: URL
  ) async throws -> Found<String> {
    if case .archive(let path) = wanted.requirement.source, !path.hasSuffix(".whl") { return .found(path) }
    let name = wanted.requirement.name
    guard let item = environment.resolution.items.first(where: { PackageRequirement.normalised($0.name) == name })
    else {
      return .refused("pip's report does not name \(name)")
    }
    let pipFolder = try await pip.ready(for: runtime, others: interpreters)
    let ending = await pip.run(
      ["download", "--no-deps", "--no-binary", item.name, "--dest", bench.path, item.title], with: runtime,
      writing: [bench], pip: pipFolder)
    switch ending {
    case .refused(let why): return .refused("its tests are not installed, and its sdist can't be had: \(why)")
    case .machineFailed(let lack): return .machineFailed(lack)
    case .succeeded: break
    }
    let archives = try FileManager.default.contentsOfDirectory(atPath: bench.path).filter { file in
      PackageRequirement.archives.contains { file.hasSuffix($0) }
    }
    guard let archive = archives.first else { return .refused("pip downloaded no sdist of \(item.title)") }
    return .found(bench.appending(path: archive).path)
  }

  /// Unpacks what lies within the archive's own folder, and no links, so that nothing is written elsewhere.
  private static let unpacker = """
    import os, sys, tarfile, zipfile
    archive, folder = sys.argv[1:]
    def is_within(name):
        return not os.path.isabs(name) and ".." not in name.split("/")
    if archive.endswith(".zip"):
        with zipfile.ZipFile(archive) as file:
            file.extractall(folder, [one for one in file.namelist() if is_within(one)])
    else:
        with tarfile.open(archive) as file:
            members = [one for one in file.getmembers() if (one.isfile() or one.isdir()) and is_within(one.name)]
            for one in members:
                one.mode |= 0o700
            file.extractall(folder, members)
    """

  /// The tests alone, without the package's sources: these would be imported in place of what is installed.
  private func copy(_ paths: [String], from folder: String) throws -> TestRoot {
    let making = try bench()
    defer { try? FileManager.default.removeItem(at: making) }
    let settings = ["conftest.py", "pytest.ini", "tox.ini", "setup.cfg", "pyproject.toml"]
    for path in Set(paths + settings.filter { FileManager.default.fileExists(atPath: "\(folder)/\($0)") }).sorted() {
      let target = making.appending(path: path)
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: "\(folder)/\(path)", isDirectory: &isFolder) else { continue }
      if FileManager.default.fileExists(atPath: target.path), !isFolder.boolValue { continue }
      if isFolder.boolValue {
        try SourceTree.copy("\(folder)/\(path)", to: target)
        continue
      }
      // What lies beside a file helps it.
      try FileManager.default.createDirectory(at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
      if path.contains("/") {
        let parent = (path as NSString).deletingLastPathComponent
        try? SourceTree.copy("\(folder)/\(parent)", to: making.appending(path: parent))
      }
      if !FileManager.default.fileExists(atPath: target.path) {
        try FileManager.default.copyItem(atPath: "\(folder)/\(path)", toPath: target.path)
      }
    }
    let key = SourceTree.key(of: making.path)
    let place = self.folder.appending(path: "tests-\(key.hex.prefix(32))")
    if rename(making.path, place.path) != 0, !FileManager.default.fileExists(atPath: place.path) {
      throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
    }
    FileFacts.touch(place.path)
    return TestRoot(folder: place.path, key: key)
  }

  // MARK: Collecting

  private func collect(
    _ tests: [String], _ root: TestRoot, _ environment: Environment, _ runtime: Runtime
  ) async -> Found<CollectedTests> {
    let key = ContentKey(
      ofParts: ["collected", environment.key.hex, environment.content.hex, root.key.hex, files.key.hex] + tests)
    let known = folder.appending(path: "collected/\(key.hex).json")
    if let data = try? Data(contentsOf: known),
      let collected = Sealed.content(of: data).flatMap({ try? JSONDecoder().decode(CollectedTests.self, from: $0) })
    {
      return .found(collected)
    }
    var command = [runtime.interpreter, files.testFinder, environment.folder, root.folder] + tests
    if let sandbox = pip.sandbox {
      command =
        sandbox.command(
          reading: runtime.visiblePlaces + [files.directory.path, environment.folder, root.folder],
          scratch: 1 << 30) + command
    }
    let result: Tool.Result
    do {
      result = try await Tool.run(
        command[0], Array(command.dropFirst()), environment: Interpreter.environment(files), directory: "/",
        limit: 300, outputLimit: 64 << 20)
    } catch {
      return .machineFailed(Problem.words(of: error))
    }
    guard let line = result.output.split(separator: "\n").last,
      let collected = try? JSONDecoder().decode(CollectedTests.self, from: Data(line.utf8))
    else {
      let why = result.trouble ?? BuildLog.cause(result.errors)
      return .refused("pytest could not collect \(tests.joined(separator: ", ")): \(why)")
    }
    if collected.tests.isEmpty {
      let why = (collected.problem ?? collected.refused.first?.message).map { ": \($0)" } ?? ""
      return .refused("pytest collected no test of \(tests.joined(separator: ", "))\(why)")
    }
    try? FileManager.default.createDirectory(at: known.deletingLastPathComponent(), withIntermediateDirectories: true)
    try? Sealed.text(JSONEncoder().encode(collected)).write(to: known, options: .atomic)
    return .found(collected)
  }
}
