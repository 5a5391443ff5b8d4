import Foundation
import Model
import Testing

@testable import Runtimes

/// What `hpy-conform.toml` means, and how it is edited.
@Suite("The configuration")
struct ConfigurationTests {
  private static let project = URL(filePath: "/project", directoryHint: .isDirectory)

  private static func read(_ text: String) throws -> [Configuration.Wanted] {
    try Configuration(text: text, file: "c.toml", project: project).runtimes
  }

  @Test("paths begin at the project, commands stay as they are, and what is left out has its default")
  func reading() throws {
    let runtimes = try Self.read(
      """
      [[runtime]]
      name = "a"
      interpreter = "bin/python"
      [[runtime]]
      name = "b"
      interpreter = "python3.12"
      hpy = "0.9.0"
      optional = true
      default = false
      """)
    #expect(runtimes.map(\.interpreter) == ["/project/bin/python", "python3.12"])
    #expect(runtimes.map(\.isOptional) == [false, true])
    #expect(runtimes.map(\.isDefault) == [true, false])
    #expect(runtimes.map { $0.hpy?.source } == [nil, .index("==0.9.0")])
  }

  @Test(
    "a requirement is a version, a specifier, an archive or a checkout",
    arguments: [
      ("0.9.0", .index("==0.9.0")), (">=0.9,<0.10", .index(">=0.9,<0.10")),
      ("vendor/hpy-0.9.0.tar.gz", .archive("/project/vendor/hpy-0.9.0.tar.gz")),
      ("/dist/hpy-0.9.0-cp311-cp311-linux_x86_64.whl", .archive("/dist/hpy-0.9.0-cp311-cp311-linux_x86_64.whl")),
      ("../hpy", .checkout("/hpy")), ("./", .checkout("/project")), ("latest", nil), ("", nil),
    ] as [(String, HPyRequirement.Source?)])
  func requirements(text: String, source: HPyRequirement.Source?) {
    #expect(HPyRequirement(text, project: Self.project)?.source == source)
  }

  @Test(
    "mistakes are told with their line",
    arguments: [
      (
        "name = \"a\"\ninterpreter = \"x\"\n[[runtime]]\nname = \"a\"\ninterpreter = \"y\"",
        "c.toml:5: a second runtime"
      ),
      ("name = \"a@b\"\ninterpreter = \"x\"", "c.toml:2: `a@b` is not a valid name"),
      ("name = \"a\"\ninterpreter = \"x\"\nhpy = \"newest\"", "c.toml:4: `newest` is not an HPy requirement"),
      ("name = \"a\"\ninterpreter = \"x\"\ncolour = \"red\"", "c.toml:4: unknown key `colour`"),
      ("interpreter = \"x\"", "c.toml:1: `name` is missing"),
    ])
  func mistakes(entry: String, message: String) {
    #expect {
      try Self.read("[[runtime]]\n" + entry)
    } throws: { error in
      "\(error)".contains(message)
    }
  }

  private static let text = """
    # The project's runtimes.

    [[runtime]]   # the reference
    name = "a"
    interpreter   =   "x"


    # Why b is here.
    [[runtime]]
    name = "b"
    interpreter = "y"  # not z

    # Why c is here.
    [[runtime]]
    name = "c"
    interpreter = "z"

    """

  private static func edit(_ change: (inout ConfigurationText) throws -> Void) rethrows -> String {
    var text = ConfigurationText(Self.text, file: "c.toml", project: project)
    try change(&text)
    return text.text
  }

  @Test("an added runtime stands behind the others, and nothing else changes")
  func adding() throws {
    let added = try Self.edit { try $0.add(name: "d", interpreter: "a \"b\\c", hpy: "0.9.0", isOptional: true) }
    #expect(added.hasPrefix(Self.text + "\n[[runtime]]\n"))
    let entry = try #require(try Self.read(added).last)
    #expect(entry.name == "d")
    #expect(entry.interpreter == "a \"b\\c")
    #expect(entry.hpy?.description == "0.9.0")
    #expect(entry.isOptional)
    var empty = ConfigurationText("", file: "c.toml", project: Self.project)
    try empty.add(name: "d", interpreter: "x", hpy: nil)
    #expect(empty.text == "[[runtime]]\nname = \"d\"\ninterpreter = \"x\"\n")
  }

  @Test("a removed runtime takes its comment with it, and leaves those of the others")
  func removing() throws {
    let without = try Self.edit { try $0.remove("b") }
    #expect(
      without
        == Self.text.replacingOccurrences(
          of: "# Why b is here.\n[[runtime]]\nname = \"b\"\ninterpreter = \"y\"  # not z\n\n", with: ""))
    #expect(
      try Self.edit { try $0.remove("c") }
        == Self.text.replacingOccurrences(
          of: "\n# Why c is here.\n[[runtime]]\nname = \"c\"\ninterpreter = \"z\"\n", with: ""))
    #expect(
      try Self.edit {
        for name in ["a", "b", "c"] { try $0.remove(name) }
      } == "# The project's runtimes.\n")
    #expect(throws: Problem.self) { try Self.edit { try $0.remove("d") } }
    #expect(throws: Problem.self) { try Self.edit { try $0.add(name: "b", interpreter: "x", hpy: nil) } }
  }

  @Test("a file in another way of writing is refused, not damaged")
  func otherWays() throws {
    let inline = "runtime = [{ name = \"a\", interpreter = \"x\" }]\n"
    var text = ConfigurationText(inline, file: "c.toml", project: Self.project)
    #expect(throws: Problem.self) { try text.remove("a") }
    #expect(throws: Problem.self) { try text.add(name: "b", interpreter: "y", hpy: nil) }
    #expect(text.text == inline)
  }

  @Test("an HPy for a debug build is compiled as one, whatever pyconfig.h the compiler comes by")
  func compilerFlags() {
    #expect(Installer.compilerFlags(headers: ["/a", "/b"], debug: false) == "-isystem /a -isystem /b")
    #expect(Installer.compilerFlags(headers: ["/a"], debug: true) == "-isystem /a -DPy_DEBUG=1")
  }
}
