import Documents
import Foundation
import Model
import Platform
import Storing
import Testing

/// What `hpy-conform runtimes` finds and says, with real interpreters and with things that only look like some.
@Suite("Runtimes, on the command line")
struct RuntimesCommandTests {
  /// An interpreter that is fine, for start scripts.
  private static let python = "/usr/bin/python3"

  private static func script(_ body: String) -> String { "#!/bin/sh\n\(body)\n" }

  /// A machine with these programs on PATH, and nothing else to be found on it.
  private static func machine(_ programs: [String: String]) throws -> (Project, [String: String]) {
    let project = try Project(runtimes: [:])
    for (name, text) in programs { try project.program("bin/\(name)", text) }
    return (project, ["PATH": project.root.appending(path: "bin").path, "HOME": project.root.path, "PYENV_ROOT": ""])
  }

  /// abi3t is for CPython 3.15 and later.
  private static let lanesOf311 = Lane.all.filter { $0.flavour != .abi3t }

  @Test("an interpreter that goes by several names, links and start scripts is shown once")
  func duplicates() async throws {
    let (project, variables) = try Self.machine([
      "python3.11": Self.script("exec \(Self.python) \"$@\""), "python3": Self.script("exec \(Self.python) \"$@\""),
    ])
    try FileManager.default.createSymbolicLink(
      atPath: project.root.appending(path: "bin/python").path, withDestinationPath: Self.python)
    let run = try await project.run("runtimes", "--format", "json", environment: variables)
    let found = try Self.document(run).runtimes
    #expect(found.count == 1, "\(run.output)")
    #expect(found[0].from == [.path])
    #expect(
      Set(found[0].aliases + [found[0].interpreter])
        == Set(
          ["python", "python3", "python3.11"].map {
            project.root.appending(path: "bin/\($0)").path
          }))
  }

  private static func document(_ run: Tool.Result) throws -> RuntimeDocument {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(RuntimeDocument.self, from: Data(run.output.utf8))
  }

  @Test("what is no interpreter, dies, hangs, or is another machine's is told in one message; the rest is shown")
  func bad() async throws {
    let (project, variables) = try Self.machine([
      "python3": Self.script("exec \(Self.python) \"$@\""),
      "python3.8": "not a script\n",
      "python3.9": Self.script("echo 'I am a shell script'"),
      "python3.10": Self.script("kill -SEGV $$"),
      "python3.12": Self.script("exec /bin/sleep 100"),
      "python3.13": Self.script("echo 'welcome!'; exec \(Self.python) \"$@\""),
      "pypy3": "#!/nowhere/sh\n",
    ])
    let bin = project.root.appending(path: "bin")
    try FileManager.default.createDirectory(at: bin.appending(path: "python3.14"), withIntermediateDirectories: true)
    var program = try Data(contentsOf: URL(filePath: "/bin/true"))
    // ELF header, e_machine: RISC-V where this isn't one.
    program[18] = 243
    program[19] = 0
    try program.write(to: bin.appending(path: "python3.15"))
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755], ofItemAtPath: bin.appending(path: "python3.15").path)

    let run = try await project.run("runtimes", "--timeout", "15", environment: variables)
    #expect(run.exitCode == 0, "\(run.errors)")
    // Lines are wrapped at 100 columns.
    #expect(run.output.split(separator: "\n").allSatisfy { $0.count <= 100 || !$0.contains(" ") }, "\(run.output)")
    let json = try await project.run("runtimes", "--timeout", "15", "--format", "json", environment: variables)
    #expect(json.exitCode == 0, "\(json.errors)")
    let found = try Self.document(json)
    let usable = found.runtimes.filter { $0.problem == nil }
    #expect(usable.map(\.implementation) == ["cpython"])
    #expect(Self.running(usable[0]) == Self.lanesOf311.filter { $0.flavour.api != .hpy }.map(\.description))
    let problems = found.runtimes.reduce(into: [:]) {
      $0[URL(filePath: $1.interpreter).lastPathComponent] = $1.problem ?? "none"
    }
    for (name, message) in [
      "python3.8": "it is neither a program for this system nor a script",
      "python3.9": "answers `I am a shell script`, expected JSON",
      "python3.10": "killed by SIGSEGV when asked for its properties", "python3.12": "no answer within 15 s",
      "python3.13": "prints `welcome!", "python3.14": "is a folder, expected a Python interpreter",
      "python3.15": "it is a program for riscv64, and this machine is",
      "pypy3": "the program of its first line, `#!/nowhere/sh`, is missing",
    ] {
      #expect(problems[name]?.contains(message) == true, "\(name): \(problems[name] as Any)")
    }
    #expect(problems.values.count { $0 != "none" } == 8)
    #expect(found.version == RuntimeDocument.currentVersion)
  }

  @Test("an old Python says that it is one")
  func oldPython() async throws {
    let (project, variables) = try Self.machine([
      "python3": Self.script("echo; echo '{\"too_old\": \"2.7.18\"}'")
    ])
    let run = try await project.run("runtimes", "--format", "json", environment: variables)
    #expect(run.exitCode == 0, "\(run.errors)")
    let found = try Self.document(run).runtimes
    #expect(found.count == 1 && found[0].interpreter.hasSuffix("/python3"))
    #expect(found[0].problem?.contains("is Python 2.7.18, expected 3.8 or later") == true, "\(run.output)")
    #expect(found[0].title == nil && found[0].lanes == nil)
  }

  @Test(
    "a cache that can't be used is one clear message, of whichever command",
    arguments: [
      ["runtimes"], ["runtimes", "cpython-3.11"], ["runtimes", "add", "other", python], ["runtimes", "sync"], ["list"],
      ["run"], ["compare", "universal", "cpython"], ["portability"],
      ["bisect", "s/c/n@universal@cpython-3.11", "--interpreter", "cpython-3.11", python],
    ])
  func unusableCache(arguments: [String]) async throws {
    let project = try Project()
    let file = project.root.appending(path: "hpy-conform.toml").path
    let run = try await project.run(arguments + ["--cache", file])
    #expect(run.exitCode == 69)
    #expect(
      run.errors
        == "hpy-conform: \(file): can't be written: Not a directory; "
        + "free some space, make it writable, or name another folder with --cache\n")
  }

  @Test("an interpreter that is asked for says all about itself; one that can't be had is exit code 69, after the rest")
  func details() async throws {
    let project = try Project()
    let run = try await project.run("runtimes", "/nowhere/python", "cpython-3.11", "--format", "json")
    #expect(run.exitCode == 69)
    let found = try Self.document(run).runtimes
    try #require(found.count == 2)
    #expect(found[0].interpreter == "/nowhere/python")
    #expect(found[0].problem?.contains("does not start: the file does not exist") == true, "\(run.output)")
    let one = found[1]
    #expect((one.name, one.implementation, one.problem) == ("cpython-3.11", "cpython", nil))
    #expect((one.debug, one.freeThreaded, one.canFork) == (false, false, true))
    #expect(one.extSuffix?.hasPrefix(".cpython-311-") == true)
    #expect((one.hpy?.state, one.hpy?.version, one.hpy?.abiVersion) == ("present", "0.9.0", 0))
    #expect(one.hpy?.contextLayout?.wholeMatch(of: #/[0-9a-f]{64}/#) != nil)
    #expect(Self.running(one) == Self.lanesOf311.map(\.description))
    // For a person, all that it says of itself.
    let human = try await project.run("runtimes", "/nowhere/python", "cpython-3.11")
    #expect(human.exitCode == 69)
    #expect(human.output == Printed.text(try Self.document(run), showsAll: true))
  }

  /// Names of the lanes that can run.
  private static func running(_ one: RuntimeDocument.Entry) -> [String] {
    (one.lanes ?? []).filter(\.runs).map(\.name)
  }

  @Test("an hpy that breaks, is half installed or of another ABI: each is told, and the raw C API still runs")
  func brokenHPy() async throws {
    let (project, variables) = try Self.machine([:])
    for (name, files) in [
      "changed": [
        "universal.py": "raise ImportError('changed too much')", Self.header: Self.layout, Self.main: Self.abi,
      ],
      "half": ["universal.py": "def get_version(): return ('0.9.0', '')"],
      "other": [
        "universal.py": "def get_version(): return ('0.0.4', '')", Self.header: Self.layout, Self.main: "",
      ],
    ] {
      for (path, text) in files { try project.write("../\(name)/hpy/\(path)", text) }
      let site = project.root.appending(path: name).path
      try project.program("\(name)-python", Self.script("PYTHONPATH='\(site)' exec \(Self.python) \"$@\""))
    }
    let names = ["changed", "half", "other"]
    let paths = names.map { project.root.appending(path: "\($0)-python").path }
    let run = try await Tool.run(
      Project.command, ["runtimes", "--format", "json"] + paths, environment: variables, directory: project.root.path)
    let found = try Self.document(run).runtimes
    #expect(found.map { $0.hpy?.state } == ["broken", "foreign", "foreign"], "\(run.output)")
    #expect(found.map { $0.hpy?.version } == [nil, nil, "0.0.4"])
    for (one, reason) in zip(found, ["changed too much", "too old or incomplete", "its ABI is older than HPy 0.9"]) {
      #expect(one.hpy?.reason?.contains(reason) == true, "\(one.hpy?.reason ?? "")")
    }
    #expect(Self.running(found[0]) == Self.lanesOf311.map(\.description))
    #expect(Self.running(found[2]) == Self.lanesOf311.filter { $0.flavour.api != .hpy }.map(\.description))
    #expect(found[2].lanes?.first { $0.name == "universal" }?.kind == "unsupported")
  }

  private static let header = "devel/include/hpy/universal/autogen_ctx.h"
  private static let main = "devel/include/hpy.h"
  private static let layout = "struct _HPyContext_s {\n    int ctx_version;\n};\n"
  private static let abi = "#define HPY_ABI_VERSION 0\n"

  @Test("add and remove change one entry; what does not start is not added")
  func adding() async throws {
    let project = try Project()
    let file = project.root.appending(path: "hpy-conform.toml")
    let text = "# Ours.\n" + (try String(contentsOf: file, encoding: .utf8))
    try Data(text.utf8).write(to: file)
    let refused = try await project.run("runtimes", "add", "gone", "/nowhere/python")
    #expect(refused.exitCode == 69, "\(refused.errors)")
    #expect(try String(contentsOf: file, encoding: .utf8) == text)
    let added = try await project.run("runtimes", "add", "bare", Self.python)
    #expect(added.exitCode == 0, "\(added.errors)")
    let found = try Self.document(try await project.run("runtimes", "bare", "--format", "json")).runtimes
    #expect(found.map(\.interpreter) == [Self.python] && found[0].title?.hasPrefix("CPython 3.") == true)
    #expect(added.output == "added bare: \(found[0].title ?? "")\n")
    #expect(
      try String(contentsOf: file, encoding: .utf8)
        == text + "\n[[runtime]]\nname = \"bare\"\ninterpreter = \"\(Self.python)\"\n")
    let again = try await project.run("runtimes", "add", "bare", Self.python)
    #expect(again.exitCode == 64)
    #expect(again.errors.contains("there is already a runtime `bare`"), "\(again.errors)")
    #expect(try await project.run("runtimes", "remove", "bare").exitCode == 0)
    #expect(try String(contentsOf: file, encoding: .utf8) == text)
    let unknown = try await project.run("runtimes", "remove", "bare")
    #expect(unknown.exitCode == 64)
    #expect(unknown.errors.contains("no runtime is named `bare`; known: cpython-3.11"), "\(unknown.errors)")
  }

  @Test("runtimes that are no default are run when they are named, also by a pattern; two of one name are refused")
  func choosing() async throws {
    let project = try Project([
      "s/one/capi-heap.c": Sources.capi(["fine": ""]),
      "s/one/scenarios.py": Sources.scenarios([("works", "record('x', ext.fine())")]),
    ])
    let file = project.root.appending(path: "hpy-conform.toml")
    let text = try String(contentsOf: file, encoding: .utf8)
    let more = "[[runtime]]\nname = \"cpython-more\"\ninterpreter = \"\(Self.python)\"\ndefault = false\n"
    try Data((text + more).utf8).write(to: file)
    func runtimes(_ arguments: String...) async throws -> [String] {
      let run = try await project.run(["run", "-l", "capi-heap"] + arguments)
      #expect(run.exitCode == 0, "\(run.errors)")
      let store = try Store(path: project.database)
      return try store.results(of: try store.run(named: "latest")).map(\.cell.runtime)
    }
    #expect(try await runtimes() == ["cpython-3.11"])
    #expect(try await runtimes("-r", "cpython-more") == ["cpython-more"])
    #expect(try await runtimes("-r", "cpython-*") == ["cpython-3.11", "cpython-more"])
    try Data((text + more + more).utf8).write(to: file)
    let twice = try await project.run("run")
    #expect(twice.exitCode == 64)
    #expect(twice.errors.contains("hpy-conform.toml:9: a second runtime is named `cpython-more`"), "\(twice.errors)")
  }

  @Test("an interpreter that vanishes between plan and run: its cells say so, and the others are unharmed")
  func vanishing() async throws {
    let project = try Project([
      "s/one/capi-heap.c": Sources.capi(["fine": ""]),
      "s/one/scenarios.py": Sources.scenarios([("works", "record('x', ext.fine())")]),
    ])
    // Gone once it has said what it is: describing is the last that is asked of a second runtime before it runs. On a
    // busy machine it is asked again, so it goes only when it has answered.
    let path = project.root.appending(path: "vanishing-python").path
    try project.program("vanishing-python", Self.script("\(Self.python) \"$@\" && /bin/rm -f '\(path)'"))
    let run = try await project.run("run", "-r", "cpython-3.11", "-r", path)
    #expect(run.exitCode == 69, "\(run.errors)")
    let store = try Store(path: project.database)
    let results = try store.results(of: try store.run(named: "latest"))
    #expect(results.map(\.verdict) == [.conforming, .notJudged], "\(run.output)")
    #expect(results.last?.outcome.kind == .harnessFailed)
    let message = results.last?.message ?? ""
    #expect(message.contains("the worker ended while it started"), "\(message)")
  }
}
