import Foundation
import Model
import Planning
import Worker

/// The miniature suite, laid out on the disk: cases of which each does one thing wrong, and neighbours that don't.
struct MiniatureSuite {
  /// Where it lies.
  let folder: URL

  var suites: URL { folder.appending(path: "Suites", directoryHint: .isDirectory) }
  var database: String { folder.appending(path: "Results/results.sqlite").path }

  /// Lays it out.
  ///
  /// - Parameters:
  ///   - folder: an empty one, or one that isn't there.
  ///   - implementations: of the runtimes that it is for; its ledger names them.
  /// - Throws: `Problem` where the folder can't be written, or has something in it.
  init(in folder: URL, for implementations: Set<String>) throws {
    self.folder = folder
    let files = FileManager.default
    if let found = try? files.contentsOfDirectory(atPath: folder.path), !found.isEmpty {
      throw Problem(at: folder.path, "is not empty", remedy: "name a new folder; nothing was changed")
    }
    do {
      for (path, files) in Self.cases {
        try EmbeddedFiles.lay(files, in: suites.appending(path: path, directoryHint: .isDirectory))
      }
      try Data(Self.ledger(implementations).utf8).write(to: suites.appending(path: "faults/\(LedgerFile.name)"))
    } catch {
      throw Problem(
        .environment, at: folder.path, "the miniature suite can't be written: \(error.localizedDescription)",
        remedy: "free some space there, or set TMPDIR to a writable folder")
    }
  }

  private static let cases: [(path: String, files: [(name: String, bytes: [UInt8])])] = [
    (
      "faults/cells",
      [("capi-heap.c", PackageResources.cells_c), (Case.scenarioFileName, PackageResources.cells_py)]
    ),
    (
      "faults/controls",
      [
        ("capi.c", PackageResources.controls_capi_c), ("hpy.c", PackageResources.controls_hpy_c),
        (Case.scenarioFileName, PackageResources.controls_py),
      ]
    ),
    (
      "faults/at-import",
      [("capi-heap.c", PackageResources.importing_c), (Case.scenarioFileName, PackageResources.importing_py)]
    ),
    (
      "time/hanging",
      [("capi-heap.c", PackageResources.hanging_c), (Case.scenarioFileName, PackageResources.hanging_py)]
    ),
  ]

  /// One divergence that is there, and one that isn't.
  private static func ledger(_ implementations: Set<String>) -> String {
    let runtimes = implementations.sorted().map { "{ implementation = \"\($0)\" }" }.joined(separator: ", ")
    let head = """
      [[cause]]
      name = "made-for-the-self-test"
      reason = "made for the self-test"
      link = "README.md"
      upstream = "no defect"
      lanes = ["capi-static"]
      runtimes = [\(runtimes)]

      """
    return head
      + [("known_divergence", "lane", "0"), ("mended", "answer", "41")].map { scenario, label, observed in
        """

        [[cause.place]]
        scenario = "controls/\(scenario)"
        label = "\(label)"
        facet = "value"
        observed = "\(observed)"

        """
      }.joined()
  }
}
