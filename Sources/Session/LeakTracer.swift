import Foundation
import Model
import Planning
import Platform
import Worker

/// Runs a scenario that leaks anew once more, for the C that made what it leaves behind: blocks of Python's allocators,
/// and in HPy's debug mode handles. Nothing is judged by it.
actor LeakTracer {
  /// Seconds for one scenario.
  private static let limit: Double = 60
  /// How many cells of a run are looked at: where all of them leak, one cause is behind many.
  private static let most = 20

  private let alone: AloneRun
  private let compiler: String
  private var library: Task<String?, Never>?
  private var seen: Set<String> = []

  /// - Parameter compiler: makes the library that stands before Python's allocators.
  init(_ alone: AloneRun, compiler: String) {
    self.alone = alone
    self.compiler = compiler
  }

  /// Whether a finding is a leak of which C can tell.
  static func isMeant(_ finding: Finding) -> Bool { finding.verdict == .new && finding.divergence.facet == .leak }

  /// What a cell leaves behind, and the frames of C that made it; nil where nothing is known of that, or another lane of
  /// the same kind was looked at on the same runtime.
  func allocations(of cell: CellID, _ load: Load, _ testCase: Case, _ binary: BuiltBinary) async -> String? {
    let key = "\(cell.scenario) \(load.lane.family) \(load.lane.mode) \(cell.runtime)"
    guard seen.count < Self.most, seen.insert(key).inserted else { return nil }
    let number = seen.count
    guard let library = await made() else { return nil }
    // It is only to help: the finding stands without it.
    let output = try? await alone.output(
      of: cell.scenario.name, load, testCase, binary, in: "leak-\(number)",
      options: ["--allocations=\(library)"], library: library, limit: Self.limit)
    let lines = Self.lines(in: output ?? "")
    // The binary names its source by suite and case, below whatever folder it was compiled in.
    let source = "\(testCase.suite)/\(testCase.name)/"
    return lines.isEmpty ? nil : lines.replacing(#/ at (\/\S*)/#) { " at " + Self.name(of: $0.1, source) }
  }

  private static func name(of place: Substring, _ source: String) -> Substring {
    place.range(of: "/\(source)", options: .backwards).map { place[place.index(after: $0.lowerBound)...] } ?? place
  }

  /// The driver's lines about what stays, which begin with `| `.
  static func lines(in output: String) -> String {
    output.split(separator: "\n").filter { $0.hasPrefix("| ") }.map { $0.dropFirst(2) }.joined(separator: "\n")
  }

  /// The path of the library, compiled when it is first needed; nil where that fails.
  private func made() async -> String? {
    if let library { return await library.value }
    let task = Task { [alone, compiler] () -> String? in
      let folder = alone.scratch.appending(path: "leaks")
      let source = folder.appending(path: "allocations.c").path
      let library = folder.appending(path: "allocations.so").path
      do {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(AloneFiles.allocations).write(to: URL(filePath: source))
        let result = try await Tool.run(
          compiler, ["-O1", "-fPIC", "-shared", "-o", library, source], directory: folder.path, limit: Self.limit)
        return result.succeeded ? library : nil
      } catch {
        return nil
      }
    }
    library = task
    return await task.value
  }
}
