import Foundation
import Model
import Platform

/// The C compiler, and what it is.
public struct Toolchain: Sendable {
  /// Path, or a name on PATH.
  public let compiler: String
  /// What the compiler says of itself; part of every key.
  public let identity: String

  /// Whether it takes a precompiled header in place of a header that is included first, as gcc does and clang
  /// doesn't ("Using Precompiled Headers" in gcc's manual).
  var isGCC: Bool { identity.contains("Free Software Foundation") }

  /// Asks `CC`, or `gcc`, what it is.
  ///
  /// - Throws: `Problem` when there is no compiler.
  public init(environment: [String: String] = ProcessInfo.processInfo.environment) async throws {
    compiler = environment["CC"] ?? "gcc"
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
  }

  /// Warnings are kept with the step; they don't decide it.
  static let compileOptions = ["-std=gnu11", "-O0", "-g", "-fPIC", "-Wall", "-fno-optimize-sibling-calls"]
  static let linkOptions = ["-shared"]
}
