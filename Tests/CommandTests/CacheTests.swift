import Foundation
import Testing

/// The cache of build products, by the command.
@Suite("The cache, by the command")
struct CacheTests {
  private static let files = [
    "s/c/capi.c": Sources.capi([:]),
    "s/c/scenarios.py": Sources.scenarios([("x", "record('x', 1)")]),
  ]

  @Test("a disk that is too full for the compiler costs the cells that it would have built, and blames nobody")
  func full() async throws {
    let project = try Project(Self.files)
    let compiler = project.root.appending(path: "cc")
    try Data(
      """
      #!/bin/sh
      test "$1" = --version && exec echo "compiler 1"
      echo "fatal error: error writing to /tmp/x.s: No space left on device" >&2
      exit 1
      """.utf8
    ).write(to: compiler)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: compiler.path)
    let cache = project.root.appending(path: "cache").path
    let result = try await project.run("run", "--cache", cache, environment: ["CC": compiler.path])
    let results = try project.results()
    #expect(results["x@capi-heap"]?.outcome == .harnessFailed, "\(result.errors)")
    #expect(results["x@capi-static"]?.outcome == .harnessFailed)
    #expect(results.values.allSatisfy { $0.verdict == .notJudged }, "\(results)")
    #expect(results["x@capi-heap"]?.message == "\(compiler.path): No space left on device")
  }

  @Test("a cache that can't be written is one message with the way out")
  func unwritable() async throws {
    let project = try Project(Self.files)
    let file = project.root.appending(path: "hpy-conform.toml").path
    for arguments in [
      ["run"], ["list"], ["runtimes"], ["runtimes", "sync"],
      ["bisect", "s/c/x@capi-heap@cpython-3.11", "--hpy", "0.9.0,0.9.1"],
    ] {
      let result = try await project.run(arguments + ["--cache", file])
      #expect(result.exitCode == 69, "\(arguments)")
      #expect(
        result.errors == "hpy-conform: \(file): can't be written: Not a directory; "
          + "free some space, make it writable, or name another folder with --cache\n", "\(arguments)")
      #expect(result.output.isEmpty, "\(arguments)")
    }
  }

  @Test("the limit leaves nothing behind that isn't needed, and the next run makes it again")
  func limit() async throws {
    let project = try Project(Self.files)
    let cache = project.root.appending(path: "cache").path
    func products() throws -> [String] {
      try FileManager.default.subpathsOfDirectory(atPath: cache + "/artifacts").filter { $0.hasSuffix("so") }
    }
    #expect(try await project.run("run", "--cache", cache).exitCode == 0)
    #expect(try products().count == 2)
    #expect(try await project.run("run", "--cache", cache, "--lane", "capi-heap", "--cache-limit", "0").exitCode == 0)
    #expect(try products().count == 2, "a run that adds nothing removes nothing")
    try project.write("s/c/capi.c", Sources.capi(["f": ""]))
    #expect(try await project.run("run", "--cache", cache, "--cache-limit", "0").exitCode == 0)
    #expect(try products().isEmpty)
    #expect(try await project.run("run", "--cache", cache).exitCode == 0)
    #expect(try products().count == 2)
  }
}
