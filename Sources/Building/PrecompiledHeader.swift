import Foundation
import Model
import Platform

/// A header compiled once for all sources of a run that include it first with the same options.
///
/// It saves time and changes nothing: gcc takes it only where it is the very first include and all macros and
/// options agree ("Using Precompiled Headers" in gcc's manual), the objects are the same to the byte, and a compile
/// that comes before it is ready doesn't wait. It belongs to one run, so it can't outlive its header.
actor PrecompiledHeader {
  struct Ready: Sendable {
    /// To be searched before the header's own folder.
    var folder: String
    var readings: Readings
  }

  /// So many compiles together save what the header costs, measured with Python.h.
  static let worthwhileUsers = 6

  /// What it gave; nil while it is being made, and when that went otherwise than in silence: what the compiler says
  /// of a header belongs to the sources that include it.
  private(set) var ready: Ready?
  private var work: Task<Void, Never>?

  /// Begins to make it.
  func start(
    _ order: HeaderOrder, toolchain: Toolchain, cache: ArtifactCache, slots: CompilerSlots, keys: FileKeys
  ) {
    work = Task {
      await slots.take(at: -1)
      if !Task.isCancelled {
        ready = try? await withTaskExecutorPreference(.blocking) {
          try await Self.make(order, toolchain: toolchain, on: cache.bench(), keys)
        }
      }
      await slots.giveBack()
    }
  }

  /// Waits until it is made, or can't be.
  func finish() async -> Ready? {
    await work?.value
    return ready
  }

  /// Ends the making.
  func close() async {
    work?.cancel()
    await work?.value
  }

  private static func make(
    _ order: HeaderOrder, toolchain: Toolchain, on bench: URL, _ keys: FileKeys
  ) async throws -> Ready? {
    var isReady = false
    // What was half made takes the room of what is needed.
    defer { if !isReady { try? FileManager.default.removeItem(at: bench) } }
    let file = bench.appending(path: order.name + ".gch")
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    let rule = bench.appending(path: "rule").path
    let result = try await Tool.run(
      toolchain.compiler, ["-MD", "-MF", rule] + order.arguments + ["-o", file.path], directory: Toolchain.directory,
      limit: StepRunner.limit)
    guard result.succeeded, result.errors.isEmpty, let text = FileManager.default.contents(atPath: rule),
      FileManager.default.isReadableFile(atPath: file.path)
    else { return nil }
    isReady = true
    let readings = Readings(
      rule: String(decoding: text, as: UTF8.self), directory: "", covered: order.covered, coveredFiles: [], keys)
    return Ready(folder: bench.path, readings: readings)
  }
}
