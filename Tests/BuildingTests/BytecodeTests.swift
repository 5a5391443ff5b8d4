import Foundation
import Model
import Platform
import Runtimes
import Testing
import Worker

@Suite("Python modules that are compiled beforehand")
struct BytecodeTests {
  private static let python = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: ".runtimes/cpython-3.11/bin/python").path

  /// A cache, and a script that starts an interpreter.
  private struct Place {
    let folder: Folder
    let files: WorkerFiles
    let bytecode: Bytecode
    let interpreter: String

    init(_ variables: String = "") throws {
      folder = try Folder()
      files = try WorkerFiles(below: folder.url.appending(path: "cache"))
      bytecode = Bytecode(files)
      interpreter = folder.path("python")
      try folder.write("python", "#!/bin/sh\n\(variables)\nexec '\(BytecodeTests.python)' \"$@\"\n")
      chmod(interpreter, 0o755)
    }

    func make(_ modules: Set<String> = []) async throws -> String {
      try #require(await bytecode.make(for: interpreter, modules: modules))
    }

    func compiled() throws -> [String] {
      try FileManager.default.subpathsOfDirectory(atPath: files.bytecode.path).filter { $0.hasSuffix(".pyc") }.sorted()
    }
  }

  @Test("an interpreter takes all that the harness imports from there, and writes nothing")
  func taken() async throws {
    let place = try Place()
    #expect(place.bytecode.folder(for: place.interpreter) == nil)
    let folder = try await place.make(["pickle"])
    #expect(place.bytecode.folder(for: place.interpreter) == folder)
    let before = try place.compiled()
    let environment = Interpreter.environment(place.files, of: place.interpreter)
    #expect(environment["PYTHONPYCACHEPREFIX"] == folder)
    #expect(environment["PYTHONDONTWRITEBYTECODE"] == "1")
    let code =
      "import sys; sys.path[0] = '\(place.files.directory.path)'; import conform_worker, pickle, subprocess, bisect"
    let run = try await Tool.run(place.interpreter, ["-v", "-c", code], environment: environment)
    #expect(run.succeeded, "\(run.errors)")
    for module in ["conform_worker", "conform_cell", "hpy_conform", "pickle", "subprocess"] {
      let line = run.errors.split(separator: "\n").first {
        $0.contains("matches") && $0.contains("/\(module).cpython-311.pyc")
      }
      #expect(line?.contains(folder) == true, "\(module)")
    }
    #expect(!run.errors.contains("bad magic") && !run.errors.contains("bytecode is stale"))
    #expect(try place.compiled() == before)
  }

  @Test(
    "what isn't what its record says is nobody's, and is made again",
    arguments: ["truncated", "empty", "altered", "missing", "added", "a link", "no record", "half a record", "a file"])
  func damaged(how: String) async throws {
    let place = try Place()
    let folder = try await place.make()
    let before = try place.compiled()
    let file = place.files.bytecode.appending(path: try #require(before.first { $0.contains("conform_cell") }))
    let root = URL(filePath: folder).deletingLastPathComponent()
    let record = root.appending(path: "record.json")
    for one in [file, file.deletingLastPathComponent()] { chmod(one.path, 0o700) }
    switch how {
    case "truncated": truncate(file.path, 100)
    case "empty": truncate(file.path, 0)
    case "altered":
      var data = try Data(contentsOf: file)
      data[data.count - 1] ^= 1
      try data.write(to: file)
    case "missing": try FileManager.default.removeItem(at: file)
    case "added": try Data().write(to: file.deletingLastPathComponent().appending(path: "json.cpython-311.pyc"))
    case "a link":
      try FileManager.default.moveItem(at: file, to: place.folder.url.appending(path: "x"))
      try FileManager.default.createSymbolicLink(at: file, withDestinationURL: place.folder.url.appending(path: "x"))
    case "no record": try FileManager.default.removeItem(at: record)
    case "half a record": try Data(contentsOf: record).prefix(500).write(to: record)
    default:
      try FileManager.default.moveItem(at: root, to: place.folder.url.appending(path: "x"))
      try Data().write(to: root)
    }
    #expect(place.bytecode.folder(for: place.interpreter) == nil)
    #expect(Interpreter.environment(place.files, of: place.interpreter)["PYTHONPYCACHEPREFIX"] == "/dev/null")
    #expect(try await place.make() == folder)
    #expect(place.bytecode.folder(for: place.interpreter) == folder)
    #expect(try place.compiled() == before)
  }

  @Test("it is made again for another interpreter, another module, a changed source; else it stays")
  func stale() async throws {
    let place = try Place()
    let folder = try await place.make()
    func number() -> Int64? { FileStamp(path: folder)?.inode }
    var last = number()
    func isMadeAgain(_ modules: Set<String> = []) async throws -> Bool {
      #expect(try await place.make(modules) == folder)
      defer { last = number() }
      return number() != last
    }
    #expect(try await !isMadeAgain())
    #expect(try await isMadeAgain(["pickle"]))
    #expect(try await !isMadeAgain(["pickle"]))
    #expect(try await isMadeAgain(["bisect"]))
    #expect(try await !isMadeAgain(["pickle"]), "what was asked for before stays")
    try place.folder.write("python", "#!/bin/sh\n# changed\nexec '\(Self.python)' \"$@\"\n")
    chmod(place.interpreter, 0o755)
    #expect(try await isMadeAgain())
    let source = place.files.directory.appending(path: "conform_cell.py")
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSince1970: 1)], ofItemAtPath: source.path)
    #expect(try await isMadeAgain())
  }

  @Test("an hpy that ends its interpreter costs its own modules alone, and no interpreter costs everything")
  func broken() async throws {
    let hpy = try Folder()
    try hpy.write("hpy/__init__.py", "")
    try hpy.write("hpy/universal.py", "import os\nos.abort()\n")
    let place = try Place("export PYTHONPATH='\(hpy.url.path)'")
    _ = try await place.make()
    #expect(try place.compiled().contains { $0.contains("conform_cell") })
    let none = try Place("exit 1")
    #expect(await none.bytecode.make(for: none.interpreter, modules: []) == nil)
    let left = try FileManager.default.contentsOfDirectory(atPath: none.files.bytecode.path)
    #expect(left.allSatisfy { $0.hasSuffix(".lock") }, "\(left)")
  }

  @Test("several make it at a time")
  func together() async throws {
    let place = try Place()
    await withTaskGroup(of: String?.self) { group in
      for _ in 0..<4 { group.addTask { await place.bytecode.make(for: place.interpreter, modules: []) } }
      for await folder in group { #expect(folder != nil && folder == place.bytecode.folder(for: place.interpreter)) }
    }
  }
}
