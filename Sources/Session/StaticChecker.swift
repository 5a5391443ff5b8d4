import Building
import Foundation
import Model
import Packages
import Planning
import Platform
import Runtimes

/// Asks abi3audit about binaries for the stable ABI.
struct StaticChecker {
  /// Pinned, so that two runs say the same.
  static let tool = "abi3audit==0.0.26"
  /// The first Python that it runs on.
  private static let oldestPython = Version("3.10")!

  let packages: PackageEnvironments
  let runtimes: [Runtime]
  let environment: [String: String]

  /// A binary to be checked.
  struct Subject: Sendable {
    var binary: String
    var testCase: String
    var declared: LimitedAPIVersion
    var path: String
  }

  private struct Report: Decodable {
    struct Spec: Decodable {
      struct Object: Decodable {
        struct Result: Decodable {
          var foreign: [String]
          var later: [String: String]

          enum CodingKeys: String, CodingKey {
            case foreign = "non_abi3_symbols"
            case later = "future_abi3_objects"
          }
        }
        var result: Result?
      }
      var object: Object
    }
    var specs: [String: Spec]
  }

  /// What it says of them; where it can't be had, why.
  func check(_ subjects: [Subject]) async -> StaticCheck {
    guard let runtime = runtimes.last(where: { Self.canRun(on: $0) }) else {
      return StaticCheck(
        tool: Self.tool, problem: "no CPython \(Self.oldestPython) or later with pip is among the runtimes")
    }
    guard let requirement = PackageRequirement(Self.tool, relativeTo: URL(filePath: "/")) else {
      return StaticCheck(tool: Self.tool, problem: "`\(Self.tool)` is no requirement")
    }
    let folder: String
    switch await packages.environment(for: .init(requirement), on: runtime) {
    case .found(let found): folder = found.folder
    case .refused(let why), .machineFailed(let why):
      return StaticCheck(tool: Self.tool, problem: "it can't be installed on \(runtime.name): \(why)")
    }
    var entries: [StaticCheck.Entry] = []
    for (declared, some) in Dictionary(grouping: subjects, by: \.declared).sorted(by: { $0.key < $1.key }) {
      for part in some.indices.filter({ $0 % Self.most == 0 }).map({ some[$0..<min($0 + Self.most, some.count)] }) {
        do {
          entries += try await asked(about: Array(part), declared, runtime, folder)
        } catch {
          return StaticCheck(tool: Self.tool, problem: Problem.words(of: error))
        }
      }
    }
    return StaticCheck(
      tool: Self.tool, entries: entries.sorted { ($0.binary, $0.testCase) < ($1.binary, $1.testCase) })
  }

  /// Files that it is asked about at a time.
  private static let most = 100

  private static func canRun(on runtime: Runtime) -> Bool {
    runtime.implementation == "cpython" && !runtime.isDebugBuild && !runtime.isFreeThreaded
      && Version.known(runtime.python).map { $0 >= oldestPython } ?? false
  }

  private func asked(
    about subjects: [Subject], _ declared: LimitedAPIVersion, _ runtime: Runtime, _ folder: String
  ) async throws -> [StaticCheck.Entry] {
    let variables = environment.merging(["PYTHONPATH": folder]) { $1 }
    let result = try await Tool.run(
      runtime.interpreter,
      ["-m", "abi3audit", "--assume-minimum-abi3", "\(declared)", "--report"] + subjects.map(\.path),
      environment: variables, limit: 300)
    guard let line = result.output.split(separator: "\n").first(where: { $0.hasPrefix("{") }),
      let report = try? JSONDecoder().decode(Report.self, from: Data(line.utf8))
    else {
      let words = result.errors.split(separator: "\n").last.map(String.init) ?? "no report"
      throw Problem("abi3audit says: \(words)", remedy: "look at it with `\(runtime.interpreter) -m abi3audit`")
    }
    return subjects.compactMap { subject in
      guard let found = report.specs[subject.path]?.object.result else { return nil }
      return StaticCheck.Entry(
        binary: subject.binary, testCase: subject.testCase, declared: declared, later: found.later,
        foreign: found.foreign.sorted())
    }
  }
}
