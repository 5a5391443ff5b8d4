import Foundation
import Model

/// The Python side: the worker, what scenario files import, the reader and the probe.
///
/// The program carries these files, so that one binary is all there is to install; they are laid out once
/// per content.
public struct WorkerFiles: Sendable {
  /// The folder they lie in.
  public let directory: URL
  /// Key of their content: a changed worker may answer otherwise.
  public let key: ContentKey

  /// The cache that they were laid out in.
  public let cache: URL
  /// Folder of the modules that were compiled beforehand.
  public let bytecode: URL

  public var worker: String { directory.appending(path: "conform_worker.py").path }
  public var reader: String { directory.appending(path: "conform_reader.py").path }
  public var compiler: String { directory.appending(path: "conform_bytecode.py").path }
  public var probe: String { directory.appending(path: "conform_probe.py").path }

  /// Lists a package's own tests.
  public var testFinder: String { directory.appending(path: "conform_pytest.py").path }

  private static let files: [(name: String, bytes: [UInt8])] = [
    ("conform_bounds.py", PackageResources.conform_bounds_py),
    ("conform_bytecode.py", PackageResources.conform_bytecode_py),
    ("conform_cell.py", PackageResources.conform_cell_py),
    ("conform_events.py", PackageResources.conform_events_py),
    ("conform_exit.py", PackageResources.conform_exit_py),
    ("conform_explore.py", PackageResources.conform_explore_py),
    ("conform_explored.py", PackageResources.conform_explored_py),
    ("conform_hierarchy.py", PackageResources.conform_hierarchy_py),
    ("conform_imports.py", PackageResources.conform_imports_py),
    ("conform_inherited.py", PackageResources.conform_inherited_py),
    ("conform_json.py", PackageResources.conform_json_py),
    ("conform_lives.py", PackageResources.conform_lives_py),
    ("conform_machine.py", PackageResources.conform_machine_py),
    ("conform_native.py", PackageResources.conform_native_py),
    ("conform_probe.py", PackageResources.conform_probe_py),
    ("conform_pytest.py", PackageResources.conform_pytest_py),
    ("conform_reader.py", PackageResources.conform_reader_py),
    ("conform_render.py", PackageResources.conform_render_py),
    ("conform_repeats.py", PackageResources.conform_repeats_py),
    ("conform_server.py", PackageResources.conform_server_py),
    ("conform_worker.py", PackageResources.conform_worker_py),
    ("hpy_conform.py", PackageResources.hpy_conform_py),
  ]

  /// Lays the files out below a folder, or finds them there.
  ///
  /// - Throws: `Problem` where that can't be written.
  public init(below cache: URL) throws {
    key = ContentKey(ofParts: Self.files.flatMap { [$0.name, String(decoding: $0.bytes, as: UTF8.self)] })
    directory = cache.appending(path: "python/\(key.short)")
    self.cache = cache
    bytecode = cache.appending(path: "bytecode")
    do {
      try EmbeddedFiles.lay(Self.files, in: directory)
    } catch {
      throw Problem.unusableCache(error, at: cache)
    }
  }
}
