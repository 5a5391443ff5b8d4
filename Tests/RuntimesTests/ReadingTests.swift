import Foundation
import Model
import Testing

@testable import Runtimes

/// What files say without being run: programs, headers, sources, logs.
@Suite("Reading what is there")
struct ReadingTests {
  private static func elf(machine: [UInt8], order: UInt8 = 1) -> [UInt8] {
    [0x7F] + Array("ELF".utf8) + [2, order] + [UInt8](repeating: 0, count: 12) + machine
  }

  @Test(
    "a program of another machine is told by its header",
    arguments: [
      (elf(machine: [0xB7, 0]), "it is a program for aarch64, and this machine is x86_64"),
      (elf(machine: [0, 22], order: 2), "it is a program for s390x, and this machine is x86_64"),
      (elf(machine: [62, 0]), nil), (Array("print('x')".utf8), "neither a program for this system nor a script"),
      (Array("#!/gone\nx".utf8), "the program of its first line, `#!/gone`, is missing"),
      ([], "neither a program for this system nor a script"),
    ] as [([UInt8], String?)])
  func programs(head: [UInt8], reason: String?) {
    let why = ProgramFile.whyForeign(head, here: "x86_64")
    if let reason { #expect(why?.contains(reason) == true, "\(why ?? "nil")") } else { #expect(why == nil) }
  }

  @Test("an hpy without a versioned ABI, or without headers, is none that can be built for")
  func oldHeaders() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "hpy-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let include = folder.appending(path: "devel/include/hpy/universal")
    try FileManager.default.createDirectory(at: include, withIntermediateDirectories: true)
    #expect {
      try Runtime.Installation(folder: folder.path, version: "")
    } throws: { "\($0)".contains("has no devel/include/hpy/universal/autogen_ctx.h") }
    try Data("struct _HPyContext_s {\n    int ctx_version;\n};\n".utf8).write(
      to: include.appending(path: "autogen_ctx.h"))
    #expect {
      try Runtime.Installation(folder: folder.path, version: "0.0.4")
    } throws: { "\($0)".contains("does not define HPY_ABI_VERSION, so its ABI is older than HPy 0.9") }
    try Data("#define HPY_ABI_VERSION 0\n".utf8).write(to: folder.appending(path: "devel/include/hpy.h"))
    #expect(try Runtime.Installation(folder: folder.path, version: "0.9.0").abiVersion == HPyABIVersion(0, 0))
  }

  @Test(
    "the ABI's version has a major and a minor number, in whichever of hpy's headers; without a minor one it is 0",
    arguments: [
      (["hpy.h": "#define HPY_ABI_VERSION 0\n#define HPY_ABI_VERSION_MINOR 1\n"], HPyABIVersion(0, 1)),
      (["hpy/version.h": "#define HPY_ABI_VERSION 2\n"], HPyABIVersion(2, 0)),
      (["hpy/macros.h": "#define   HPY_ABI_VERSION\t3\n#define HPY_ABI_VERSION_MINOR 14\n"], HPyABIVersion(3, 14)),
      (
        ["hpy/version.h": "#define HPY_ABI_VERSION_MINOR 4\n", "hpy.h": "#define HPY_ABI_VERSION 1\n"],
        HPyABIVersion(1, 4)
      ),
      (["hpy.h": "#define HPY_ABI_VERSION_MINOR 4\n"], nil), (["hpy.h": "#define HPY_ABI_VERSION x\n"], nil),
    ] as [([String: String], HPyABIVersion?)])
  func abiVersions(headers: [String: String], version: HPyABIVersion?) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "hpy-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let include = folder.appending(path: "devel/include")
    try FileManager.default.createDirectory(
      at: include.appending(path: "hpy/universal"), withIntermediateDirectories: true)
    let context = "hpy/universal/autogen_ctx.h"
    for (name, text) in headers.merging(
      [context: "struct _HPyContext_s {\n    int ctx_version;\n};\n"], uniquingKeysWith: { $1 })
    {
      try Data(text.utf8).write(to: include.appending(path: name))
    }
    #expect((try? Runtime.Installation(folder: folder.path, version: "1"))?.abiVersion == version)
  }

  @Test("a checkout's key follows its sources, and not what a build or version control leaves there")
  func sources() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "checkout-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    func write(_ path: String, _ text: String) throws {
      let file = folder.appending(path: path)
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
    }
    try write("setup.py", "1")
    try write("hpy/a.c", "1")
    let key = SourceTree.key(of: folder.path)
    for product in [
      "build/x.o", ".git/index", "hpy/a.cpython-311.so", "hpy.egg-info/x", "hpy/__pycache__/b.pyc", "dist/hpy.whl",
    ] {
      try write(product, "1")
    }
    #expect(SourceTree.key(of: folder.path) == key)
    try write("hpy/a.c", "2")
    #expect(SourceTree.key(of: folder.path) != key)
  }

  @Test(
    "the cause of a failed installation is found in its log",
    arguments: [
      (
        """
        running build_ext
        x.h:61:13: fatal error: Python.h: No such file or directory
           61 | #   include <Python.h>
              |             ^~~~~~~~~~
        compilation terminated.
        error: command 'gcc' failed with exit status 1
        ERROR: Failed building wheel for hpy
        """,
        "x.h:61:13: fatal error: Python.h: No such file or directory\n  61 | #   include <Python.h>\n  |             ^~~~~~~~~~"
      ),
      (
        """
          error: subprocess-exited-with-error
          Traceback (most recent call last):
            File "x.py", line 1
          ModuleNotFoundError: No module named 'setuptools'
          ERROR: Failed to build hpy
        """, "ModuleNotFoundError: No module named 'setuptools'"
      ),
      ("ERROR: No matching distribution found for hpy==7\n", "ERROR: No matching distribution found for hpy==7"),
      ("Killed\n\n", "Killed"), ("", "it printed nothing"),
    ])
  func logs(text: String, cause: String) {
    #expect(BuildLog.cause(text) == cause)
  }
}
