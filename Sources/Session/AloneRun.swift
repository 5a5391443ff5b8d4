import Executing
import Foundation
import Model
import Planning
import Platform
import Worker

/// Runs a scenario once more, by itself and outside of what is judged, to see more of it.
struct AloneRun: Sendable {
  /// A folder for files of its own, made where it is needed.
  let scratch: URL
  /// What interpreters get.
  let environment: [String: String]
  let limits: Limits
  let sandbox: Sandbox?

  /// Seconds that a scenario may take before it is stopped as one that hangs.
  private static let patience = 2

  /// - Parameters:
  ///   - name: of the folder in which it runs.
  ///   - debugger: a program with arguments that starts what follows them.
  ///   - options: for `run_scenario.py`.
  ///   - library: what it loads beside the extension; nil for nothing.
  ///   - limit: seconds for the whole of it.
  /// - Returns: what it printed, with the case's own paths as in every answer.
  /// - Throws: what the system says.
  func output(
    of scenario: String, _ load: Load, _ testCase: Case, _ built: BuiltBinary, in name: String,
    under debugger: [String] = [],
    options: [String] = [], library: String? = nil, limit: Double
  ) async throws -> String {
    guard case .file(let binary) = built.product else { return "" }
    let folder = scratch.appending(path: name)
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for (name, bytes) in AloneFiles.all { try Data(bytes).write(to: folder.appending(path: name)) }
    try FileManager.default.copyItem(
      atPath: testCase.scenarioFile, toPath: folder.appending(path: Case.scenarioFileName).path)
    let loader = load.lane.loader(module: testCase.module)
    let interpreter = load.runtime.interpreter
    let command =
      debugger
      + [
        interpreter, folder.appending(path: AloneFiles.driver).path, loader, binary, scenario,
        "--seconds=\(Self.patience)",
      ] + built.modules.map { "--beside=\($0.lane.loader(module: $0.name)):\($0.path)" } + options
    let bounded = ["/bin/sh", "-c", "ulimit -c 0; ulimit -v \(limits.memory >> 10); exec \"$0\" \"$@\""] + command
    let files = [folder.path, binary, library].compactMap { $0 } + built.modules.map(\.path)
    let whole = wrapped(bounded, reading: files, load)
    let result = try await Tool.run(
      whole[0], Array(whole.dropFirst()), environment: environment.merging(["SHELL": "/bin/sh"]) { $1 },
      directory: folder.path, limit: limit)
    return Normaliser(binary: binary, modules: built.modules, directory: testCase.directory.path)(result.output)
  }

  private func wrapped(_ command: [String], reading files: [String], _ load: Load) -> [String] {
    guard let sandbox else { return command }
    return sandbox.command(reading: load.runtime.visiblePlaces + files, scratch: limits.scratch) + command
  }
}
