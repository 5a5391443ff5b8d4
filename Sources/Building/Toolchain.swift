import Foundation
import Model
import Platform
import Runtimes

/// The C compiler, and what it is.
public struct Toolchain: Sendable {
  /// Path, or a name on PATH.
  public let compiler: String
  /// What the compiler says of itself.
  public let identity: String
  /// Of what it says and of the programs that it consists of; part of every key. A broken compiler may say the same of
  /// itself as a sound one.
  let key: ContentKey
  /// The programs that it consists of, without links.
  let places: [String]

  /// Whether it takes a precompiled header in place of a header that is included first, as gcc does and clang
  /// doesn't ("Using Precompiled Headers" in gcc's manual).
  var isGCC: Bool { identity.contains("Free Software Foundation") }

  /// Asks `CC`, or `gcc`, what it is.
  ///
  /// - Parameter cache: where contents of its programs are remembered; nil reads them all.
  /// - Throws: `Problem` when there is no compiler.
  public init(
    environment: [String: String] = ProcessInfo.processInfo.environment, cache: URL? = nil
  ) async throws {
    let compiler = environment["CC"] ?? "gcc"
    self.compiler = compiler
    async let parts = Self.parts(of: compiler, environment: environment)
    let result: Tool.Result
    do {
      result = try await Tool.run(compiler, ["--version"], limit: 20)
    } catch {
      throw Problem(
        .environment, "no C compiler: `\(compiler)` does not start",
        remedy: "install gcc, or name a compiler in the environment variable CC")
    }
    guard result.succeeded else {
      throw Problem(
        .environment, "`\(compiler) --version` ends with \(result.trouble ?? "exit code \(result.exitCode ?? -1)")",
        remedy: "install gcc, or name a compiler in the environment variable CC")
    }
    identity = result.output
    let programs = await parts
    var known = KnownContents(of: compiler, below: cache)
    let contents = known.key(files: programs, folders: [])
    places = programs.map { URL(filePath: $0).resolvingSymlinksInPath().path }
    known.save()
    key = ContentKey(ofParts: [result.output, contents.hex])
  }

  /// The files that are run: the compiler itself, or the script that starts it, and what it starts, as far as it says
  /// where that is. gcc and clang do.
  private static func parts(of compiler: String, environment: [String: String]) async -> [String] {
    let path = environment["PATH"] ?? "/usr/bin:/bin"
    func found(_ name: String) -> String? {
      let candidates = name.contains("/") ? [name] : path.split(separator: ":").map { "\($0)/\(name)" }
      return candidates.first {
        FileManager.default.isExecutableFile(atPath: $0) && FileStamp(path: $0)?.isFile == true
      }
    }
    let names = ["cc1", "as", "ld", "collect2"]
    let answers = await withTaskGroup(of: String?.self) { group in
      for name in names {
        group.addTask { try? await Tool.run(compiler, ["-print-prog-name=\(name)"], limit: 20).answer }
      }
      var answers: [String] = []
      for await answer in group { if let answer { answers.append(answer) } }
      return answers.sorted()
    }
    return ([compiler] + answers).compactMap { found($0) }
  }

  /// Where compilers are started: debug information names that folder, and a product is not to depend on where this
  /// program was started.
  static let directory = "/"

  /// Warnings are kept with the step; they don't decide it. A function that nobody declares is an error, as it is from
  /// C99 on: called as `int f()`, it would lose half of each pointer. Of DWARF 5, addr2line of binutils 2.40 takes lines of
  /// headers for lines of the source.
  static let compileOptions = [
    "-std=gnu11", "-O0", "-gdwarf-4", "-fPIC", "-Wall", "-Werror=implicit-function-declaration",
    "-fno-optimize-sibling-calls",
  ]
  /// The same for C++, whose compiler takes an undeclared function for an error anyway.
  static let compileOptionsOfCPlusPlus =
    ["-std=gnu++17"] + compileOptions.dropFirst().filter { $0 != "-Werror=implicit-function-declaration" }
  static let linkOptions = ["-shared"]
}

extension Tool.Result {
  /// What a program that went well said, where that is one line.
  fileprivate var answer: String? {
    let line = output.trimmingCharacters(in: .whitespacesAndNewlines)
    return succeeded && !line.isEmpty && !line.contains("\n") ? line : nil
  }
}
