import Foundation
import Model
import Platform
import Testing

@testable import hpy_conform

/// Where the cache is, and whose it has to be.
@Suite("The cache's folder")
struct CacheFolderTests {
  @Test(
    "where caches are, by the XDG base directory specification; never in a folder of everybody's",
    arguments: [
      (["XDG_CACHE_HOME": "/x", "HOME": "/h"], "/x"), (["HOME": "/h"], "/h/.cache"),
      (["XDG_CACHE_HOME": "relative", "HOME": "/h"], "/h/.cache"), (["XDG_CACHE_HOME": "", "HOME": "/h"], "/h/.cache"),
      (["XDG_CACHE_HOME": "/x"], "/x"), ([:], nil), (["HOME": ""], nil), (["HOME": "relative"], nil),
    ] as [([String: String], String?)])
  func base(environment: [String: String], expected: String?) {
    #expect(PlaceOptions.cacheBase(environment) == expected)
  }

  @Test("without a home, a cache has to be named")
  func homeless() async throws {
    let project = try Project()
    let variables = ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"]
    for arguments in [["run"], ["list"], ["runtimes"]] {
      let result = try await Tool.run(
        Project.command, arguments, environment: variables, directory: project.root.path)
      #expect(result.exitCode == 69, "\(arguments)")
      #expect(
        result.errors
          == "hpy-conform: no folder for build products: neither XDG_CACHE_HOME nor HOME is an absolute path; "
          + "name one with --cache, or set HOME or XDG_CACHE_HOME\n")
    }
    #expect(
      try await Tool.run(
        Project.command, ["list", "--cache", project.root.appending(path: "mine").path], environment: variables,
        directory: project.root.path
      ).errors.contains("--cache") == false)
  }

  @Test("a cache is made for its user alone, and one that others can write to is refused")
  func strangers() async throws {
    let project = try Project()
    let cache = project.root.appending(path: "deep/cache").path
    _ = try await project.run("list", "--cache", cache)
    func mode() throws -> Int? {
      try FileManager.default.attributesOfItem(atPath: cache)[.posixPermissions] as? Int
    }
    #expect(try mode() == 0o700)
    for mode in [0o777, 0o707, 0o1777] {
      try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: cache)
      let result = try await project.run("list", "--cache", cache)
      #expect(result.exitCode == 69)
      #expect(result.errors.contains("others can write to it (mode \(String(mode, radix: 8)))"), "\(result.errors)")
      #expect(result.errors.contains("chmod go-w \(cache)"))
      #expect(result.output.isEmpty)
    }
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: cache)
    #expect(try await !project.run("list", "--cache", cache).errors.contains("others"))
  }

  @Test("a cache of another user is refused", .enabled(if: geteuid() == 0, "only root can give a folder away"))
  func another() async throws {
    let project = try Project()
    let cache = project.root.appending(path: "cache").path
    try FileManager.default.createDirectory(atPath: cache, withIntermediateDirectories: false)
    try #require(chown(cache, 65534, 65534) == 0)
    let result = try await project.run("list", "--cache", cache)
    #expect(result.exitCode == 69)
    #expect(
      result.errors.contains("\(cache): belongs to the user nobody, expected the user root"), "\(result.errors)")
  }

  @Test("a folder for one run's files is new and its user's alone")
  func new() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "private-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try PrivateFolder.makeNew(folder)
    #expect(try FileManager.default.attributesOfItem(atPath: folder.path)[.posixPermissions] as? Int == 0o700)
    #expect(throws: POSIXError.self) { try PrivateFolder.makeNew(folder) }
  }
}
