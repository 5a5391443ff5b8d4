import Foundation
import Model
import Planning
import Platform
import TestBuilders
import Testing

@testable import Building

/// With compilers that do what a machine makes of them.
@Suite("Compilers that can't work")
struct CompilerFaultTests {
  /// A case of one C file for the raw C API, and a compiler that is gcc but for what a test says.
  final class Workshop: Sendable {
    let folder: Folder
    let testCase: Case
    let load: Load

    init(source: String = "int answer(void) { return 1; }\n") throws {
      folder = try Folder()
      try folder.write("case/capi.c", source)
      try folder.write("include/empty.h", "")
      try folder.write("act", "")
      try folder.write(
        "cc",
        """
        #!/bin/sh
        case "$1" in --version|-print-prog-name=*) exec gcc "$@";; esac
        for product; do :; done
        echo x >> "\(folder.path("starts"))"
        . "\(folder.path("act"))"
        exec gcc "$@"
        """)
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path("cc"))
      var one = Case(suite: "s", name: "c", directory: folder.url.appending(path: "case"))
      one.sources = ["capi": ["capi.c"]]
      testCase = one
      var runtime = Runtime.sample("r")
      runtime.includes = [folder.path("include")]
      load = Load(.capiHeap, on: runtime)
    }

    /// What the compiler does before it is gcc, in sh; `$product` is the file to be made.
    func act(_ text: String) throws { try folder.write("act", text + "\n") }

    func toolchain() async throws -> Toolchain {
      var environment = ProcessInfo.processInfo.environment
      environment["CC"] = folder.path("cc")
      return try await Toolchain(environment: environment)
    }

    func builder(
      limit: Double = 60, pauses: [Double] = [0.01, 0.01],
      trouble: @escaping @Sendable (Problem) async -> Void = { Issue.record("\($0)") }
    ) async throws -> Builder {
      try Builder(
        toolchain: try await toolchain(), cache: folder.url.appending(path: "cache"), spareHelpers: nil, limit: limit,
        pauses: pauses, trouble: trouble)
    }

    func build() async throws -> BuiltBinary { await (try await builder()).binary(of: testCase, for: load) }

    var starts: Int {
      FileManager.default.contents(atPath: folder.path("starts"))?.count { $0 == UInt8(ascii: "x") } ?? 0
    }

    /// Kills what the compiler left behind, whose numbers it wrote down in `left`.
    func killLeft() throws {
      let text = try String(contentsOfFile: folder.path("left"), encoding: .utf8)
      for process in text.split(separator: "\n").compactMap({ pid_t($0) }) { kill(process, SIGKILL) }
    }

    /// Products and lists in the cache.
    func kept() throws -> [String] {
      try FileManager.default.contentsOfDirectory(atPath: folder.path("cache/artifacts")).filter {
        !$0.hasPrefix("making-") && $0 != "gate"
      }
    }
  }

  static let faults: [(act: String, lack: String)] = [
    ("kill -9 $$", "killed by SIGKILL"),
    ("exit 137", "killed by SIGKILL"),
    ("kill -TERM $$", "killed by SIGTERM"),
    ("echo 'gcc: fatal error: Killed signal terminated program cc1' >&2; exit 1", "Killed signal terminated"),
    ("echo 'cc1: fatal error: error writing to /tmp/x.s: No space left on device' >&2; exit 1", "No space left"),
    ("echo 'hpy.c:1:1: fatal error: error writing to /tmp/x.s: Disk quota exceeded' >&2; exit 1", "Disk quota"),
    (
      "echo \"/tmp/x.s: Fatal error: can't write 8 bytes to section .text of x.o: 'No space left on device'\" >&2; exit 1",
      "No space left on device"
    ),
    ("echo '/usr/bin/ld: final link failed: No space left on device' >&2; exit 1", "No space left on device"),
    ("echo 'virtual memory exhausted: Cannot allocate memory' >&2; exit 1", "Cannot allocate memory"),
    ("echo 'cc1: out of memory allocating 65536 bytes after a total of 1 bytes' >&2; exit 1", "out of memory"),
    (
      "echo \"gcc: fatal error: cannot execute 'cc1': vfork: Resource temporarily unavailable\" >&2; exit 1",
      "Resource temporarily unavailable"
    ),
    ("echo 'c.c:1:10: fatal error: Python.h: Too many open files' >&2; exit 1", "Too many open files"),
    ("exit 0", "ended with exit code 0 but made no object file: there is no file object.o"),
    (": > \"$product\"; exit 0", "made no object file: it is empty"),
    ("echo text > \"$product\"; exit 0", "made no object file: it is not an ELF file"),
    ("gcc \"$@\"; truncate -s -80 \"$product\"; exit 0", "before the end of its section headers"),
    (
      "gcc \"$@\"; head -c 40 \"$product\" > \"$product.x\"; mv \"$product.x\" \"$product\"; exit 0",
      "within its header"
    ),
  ]

  @Test("what the machine lacked is no failure of the C, is tried three times, and is never kept", arguments: faults)
  func lacks(act: String, lack: String) async throws {
    let workshop = try Workshop()
    try workshop.act(act)
    let builder = try await workshop.builder()
    let binary = await builder.binary(of: workshop.testCase, for: workshop.load)
    guard case .machineFailed(let why) = binary.product else {
      Issue.record("\(binary.product)")
      return
    }
    #expect(why.contains(lack))
    #expect(binary.key == nil && binary.content == nil)
    #expect(workshop.starts == 3)
    #expect(try workshop.kept().isEmpty)
    // Who asks again is not told what was once.
    try workshop.act("")
    guard case .file = await builder.binary(of: workshop.testCase, for: workshop.load).product else {
      Issue.record("not tried again")
      return
    }
  }

  @Test("what passes while a step is tried again is not told at all")
  func passing() async throws {
    let workshop = try Workshop()
    try workshop.act("test $(wc -l < '\(workshop.folder.path("starts"))') -ge 3 || kill -9 $$")
    let binary = try await workshop.build()
    guard case .file = binary.product else {
      Issue.record("\(binary.product)")
      return
    }
    #expect(binary.steps.map(\.succeeded) == [true, true])
  }

  @Test("while nothing passes, others don't wait for it")
  func failing() async throws {
    let workshop = try Workshop()
    try workshop.act("kill -9 $$")
    let builder = try await workshop.builder()
    for _ in 0..<3 { _ = await builder.binary(of: workshop.testCase, for: workshop.load) }
    #expect(workshop.starts == 5)
  }

  @Test("a compiler that is gone in the middle of a run is the machine's fault, until it is back")
  func gone() async throws {
    let workshop = try Workshop()
    let builder = try await workshop.builder()
    let compiler = workshop.folder.path("cc")
    try FileManager.default.moveItem(atPath: compiler, toPath: compiler + "-away")
    guard case .machineFailed(let why) = await builder.binary(of: workshop.testCase, for: workshop.load).product else {
      Issue.record("built")
      return
    }
    #expect(why.contains("does not start: No such file or directory"))
    try FileManager.default.moveItem(atPath: compiler + "-away", toPath: compiler)
    guard case .file = await builder.binary(of: workshop.testCase, for: workshop.load).product else {
      Issue.record("not tried again")
      return
    }
  }

  @Test(
    "what the case's own C says of machines is the C's failure",
    arguments: [
      "#error \"No space left on device\"\n", "#error cc1: fatal error: x: No space left on device\n",
      "_Static_assert(0, \"Cannot allocate memory\");\n", "#include \"No space left on device\"\n",
      "#pragma GCC error \"gcc: fatal error: Killed signal terminated program cc1\"\n",
      "int answer(void) { return missing; } // virtual memory exhausted\n",
      "void f(void) __attribute__((error(\"virtual memory exhausted\"))); void g(void) { f(); }\n",
      "__asm__(\".error \\\"No space left on device\\\"\");\n",
    ])
  func quoted(source: String) async throws {
    let workshop = try Workshop(source: source)
    let binary = try await workshop.build()
    guard case .failure = binary.product else {
      Issue.record("\(binary.product)")
      return
    }
    #expect(workshop.starts == 1)
  }

  @Test("a compiler that takes too long is not built, also where a process in another session holds its output open")
  func late() async throws {
    let workshop = try Workshop()
    try workshop.act("setsid sleep 1000 & echo $! >> '\(workshop.folder.path("left"))'; sleep 1000")
    let builder = try await workshop.builder(limit: 1)
    let binary = await builder.binary(of: workshop.testCase, for: workshop.load)
    #expect(binary.product == .failure("\(workshop.folder.path("cc")): no answer within 1 s"))
    try workshop.killLeft()
  }

  @Test("a process in another session that a compiler leaves behind keeps nobody waiting, and costs no output")
  func leftBehind() async throws {
    let workshop = try Workshop()
    let left = workshop.folder.path("left")
    try workshop.act("setsid sleep 1000 & echo $! >> '\(left)'; echo a warning >&2")
    let binary = try await workshop.build()
    guard case .file = binary.product else {
      Issue.record("\(binary.product)")
      return
    }
    #expect(binary.steps.first?.messages == "a warning\n")
    try workshop.killLeft()
  }

  @Test("a compiler of other content is another compiler, whatever it says of itself, and a script works as one")
  func identity() async throws {
    let workshop = try Workshop()
    let first = try await workshop.toolchain()
    #expect(try await workshop.toolchain().key == first.key)
    let compiler = workshop.folder.path("cc")
    let text = try String(contentsOfFile: compiler, encoding: .utf8)
    try Data((text + "# changed\n").utf8).write(to: URL(filePath: compiler))
    let second = try await workshop.toolchain()
    #expect(second.identity == first.identity)
    #expect(second.key != first.key)
    // The same script, and another assembler behind it.
    try workshop.folder.write("as", "another")
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: workshop.folder.path("as"))
    let other = text.replacing(
      "case \"$1\" in", with: "case \"$1\" in -print-prog-name=as) echo '\(workshop.folder.path("as"))'; exit;;")
    try Data(other.utf8).write(to: URL(filePath: compiler))
    let third = try await workshop.toolchain()
    try workshop.folder.write("as", "yet another")
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: workshop.folder.path("as"))
    #expect(try await workshop.toolchain().key != third.key)
    guard case .file = try await workshop.build().product else {
      Issue.record("not built")
      return
    }
  }

  @Test("a precompiled header that is no good any more costs time, and no compile")
  func header() async throws {
    let workshop = try Workshop(source: "#include \"empty.h\"\nint answer(void) { return 1; }\n")
    let toolchain = try await workshop.toolchain()
    let cache = try ArtifactCache(below: workshop.folder.url.appending(path: "cache"))
    let runner = StepRunner(
      toolchain: toolchain, cache: cache, cacheFolder: workshop.folder.url, keys: FileKeys(), sandbox: nil, limit: 60,
      pauses: [])
    let include = workshop.folder.path("include")
    let order = Order(
      key: ContentKey(of: "o"), kind: .compile, product: "object.o",
      arguments: ["-I\(workshop.folder.path("case"))", "-I\(include)", "-c", workshop.folder.path("case/capi.c")])
    let step = BuildStep(
      key: order.key, kind: .compile, command: [], succeeded: false, messages: "", seconds: 0, isReused: false)
    // What looks like a header, and ends every compile that takes it.
    try workshop.folder.write("pch/empty.h", "#error \"damaged\"\n")
    let ready = PrecompiledHeader.Ready(folder: workshop.folder.path("pch"), readings: Readings())
    guard case .made(let product) = await runner.run(order, [], ready, step, isPatient: true) else {
      Issue.record("not made")
      return
    }
    #expect(product.step.messages.isEmpty)
  }
}
