import Foundation
import Model
import Testing

@testable import Runtimes

/// What the words of a command line mean, before any interpreter is asked.
@Suite("Choosing runtimes")
struct SelectionTests {
  private static let text = """
    [[runtime]]
    name = "cpython-3.11"
    interpreter = "a/python"
    [[runtime]]
    name = "cpython-3.12"
    interpreter = "b/python"
    optional = true
    [[runtime]]
    name = "pypy-7.3.19"
    interpreter = "c/pypy"
    default = false
    """

  private static func choose(_ wanted: String..., text: String = text) throws -> [Configuration.Wanted] {
    let project = URL(filePath: "/project", directoryHint: .isDirectory)
    return try RuntimeSelection.choose(
      wanted, from: Configuration(text: text, file: "c.toml", project: project),
      search: InterpreterSearch(environment: ["PATH": "/nowhere"], project: project))
  }

  @Test("without a word it is what the configuration has as its default, or python3")
  func defaults() throws {
    #expect(try Self.choose().map(\.name) == ["cpython-3.11", "cpython-3.12"])
    #expect(try Self.choose(text: "").map(\.interpreter) == ["python3"])
  }

  @Test("names, patterns as fnmatch(3) takes them and paths, in the order of the words, each runtime once")
  func words() throws {
    #expect(try Self.choose("pypy-7.3.19", "cpython-3.11").map(\.name) == ["pypy-7.3.19", "cpython-3.11"])
    #expect(try Self.choose("cpython-3.1[13579]").map(\.name) == ["cpython-3.11"])
    #expect(try Self.choose("*-7*", "cpython*", "*").map(\.name) == ["pypy-7.3.19", "cpython-3.11", "cpython-3.12"])
    #expect(try Self.choose("cpython-3.1?", "cpython-3.11").map(\.name) == ["cpython-3.11", "cpython-3.12"])
    let path = try Self.choose("/usr/bin/python3.99")
    #expect(path.map(\.interpreter) == ["/usr/bin/python3.99"])
    #expect(path.map(\.name) == [""])
  }

  @Test("NAME=PATH names an interpreter that the configuration doesn't have")
  func named() throws {
    let chosen = try Self.choose("changed=/opt/python/bin/python3", "cpython-3.11", "/opt/a=b/python")
    #expect(chosen.map(\.name) == ["changed", "cpython-3.11", ""])
    #expect(chosen.map(\.interpreter) == ["/opt/python/bin/python3", "/project/a/python", "/opt/a=b/python"])
    #expect(RuntimeSelection.absolute("changed=/a/b") == "changed=/a/b")
    #expect(RuntimeSelection.absolute("changed=./b").hasPrefix("changed=/"))
    #expect(RuntimeSelection.absolute("changed=python3.12") == "changed=python3.12")
    for (text, found) in [
      ("cpython-3.11=/a/b", "is already the name of another interpreter, at c.toml:2"),
      ("-a=/a/b", "is not a valid name for a runtime"),
      ("changed=python3.99", "names no interpreter: expected a path or a command after `=`, got `python3.99`"),
    ] {
      let problem = #expect(throws: Problem.self) { try Self.choose(text) }
      #expect(problem?.found.contains(found) == true, "\(text): \(problem?.found ?? "")")
    }
    let twice = #expect(throws: Problem.self) { try Self.choose("one=/a/b", "one=/a/c") }
    #expect(twice?.found == "a second runtime is named `one`: /a/b and /a/c")
  }

  @Test("an optional runtime that is asked for by its name has to be there; by a pattern it may be missing")
  func optional() throws {
    #expect(try Self.choose("cpython-3.12").map(\.isOptional) == [false])
    #expect(try Self.choose("cpython-3.1[2]").map(\.isOptional) == [true])
  }

  @Test("an unknown word is told with what there is", arguments: ["cpython-3.13", "graal*", "python3.99"])
  func unknown(text: String) {
    let problem = #expect(throws: Problem.self) { try Self.choose(text) }
    #expect(problem?.found == "unknown runtime `\(text)`")
    #expect(problem?.remedy.contains("cpython-3.11, cpython-3.12, pypy-7.3.19") == true)
  }
}
