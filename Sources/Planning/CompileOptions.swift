import Foundation
import Model
import Platform

/// What a case's sources are compiled and linked with beside what every case is: the table `[c]` of its manifest.
public struct CompileOptions: Hashable, Sendable, Codable {
  /// Absolute paths.
  public var include: [String] = []
  public var flags: [String] = []
  /// Names, as behind `-l`.
  public var libraries: [String] = []
  /// Names that pkg-config knows.
  public var packages: [String] = []
  /// What pkg-config said of these: for the compiler, and for the linker.
  public var packageFlags: [String] = []
  public var packageLibraries: [String] = []

  public init() {}

  /// For each source.
  public var compiling: [String] { flags + packageFlags + include.map { "-I\($0)" } }
  /// Behind the objects.
  public var linking: [String] { libraries.map { "-l\($0)" } + packageLibraries }

  /// Asks pkg-config for the flags of its packages.
  ///
  /// - Throws: `Problem` of the environment for one that it doesn't know, and where there is no pkg-config.
  mutating func ask(for place: String) async throws {
    if packages.isEmpty { return }
    packageFlags = try await Self.answer(["--cflags"], packages, place)
    packageLibraries = try await Self.answer(["--libs"], packages, place)
  }

  private static func answer(_ options: [String], _ packages: [String], _ place: String) async throws -> [String] {
    let result: Tool.Result
    do {
      result = try await Tool.run("pkg-config", ["--print-errors"] + options + packages, limit: 20)
    } catch {
      throw Problem(.environment, at: place, "pkg-config does not start", remedy: "install pkg-config, or write flags")
    }
    guard result.succeeded else {
      let words = result.errors.split(separator: "\n").last.map(String.init) ?? "it said nothing"
      throw Problem(
        .environment, at: place, "pkg-config does not know \(packages.joined(separator: ", ")): \(words)",
        remedy: "install the library's development files")
    }
    return result.output.split { $0.isWhitespace }.map(String.init)
  }
}
