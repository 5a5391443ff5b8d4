import Foundation
import Model
import Packages
import Planning

extension RunOptions {
  /// Whether a run may have cells of a case.
  func means(_ one: Case) -> Bool {
    if patterns.isEmpty { return !(one.isNightly && leavesNightlyOut) }
    return patterns.contains { $0.means(suite: one.suite, testCase: one.name) }
  }
}

extension Case {
  /// Finds a package's own tests: those that any of some runtimes has, in the order of the first one.
  mutating func collect(on runtimes: [Runtime], _ packages: PackageEnvironments) async {
    guard let tests, let package else { return }
    var keys: [String] = []
    var known: Set<String> = []
    let wanted = PackageEnvironments.Wanted(package, others: testRequirements)
    for (runtime, found) in await Self.found(tests, wanted, on: runtimes, packages) {
      switch found {
      case .refused(let why): uncollected[runtime.name] = Skip(.unsupported, "\(package): \(why)")
      case .machineFailed(let lack): uncollected[runtime.name] = Skip(.harnessFailed, "\(package): \(lack)")
      case .found(let (collection, root)):
        collected[runtime.name] = Set(collection.tests.map(\.name))
        testFolders[runtime.name] = root.folder
        refused[runtime.name] = Dictionary(collection.refused.map { ($0.name, $0.message) }) { first, _ in first }
        keys.append(root.key.hex)
        for file in collection.refused where known.insert(file.name).inserted {
          scenarios.append(
            ScenarioFile.Scenario(
              name: file.name, line: 1, content: ContentKey(ofParts: [root.key.hex, file.name])))
        }
        for test in collection.tests where known.insert(test.name).inserted {
          scenarios.append(
            ScenarioFile.Scenario(
              name: test.name, line: test.line, content: ContentKey(ofParts: [root.key.hex, test.name])))
        }
      }
    }
    scenarioKey = ContentKey(ofParts: ["tests"] + keys + tests)
  }

  private typealias Collection = PackageEnvironments.Found<(tests: CollectedTests, root: TestRoot)>

  /// In the order of the runtimes; two at a time, since they install.
  private static func found(
    _ tests: [String], _ wanted: PackageEnvironments.Wanted, on runtimes: [Runtime], _ packages: PackageEnvironments
  ) async -> [(Runtime, Collection)] {
    await withTaskGroup(of: (Int, Collection).self) { group in
      var waiting = runtimes.enumerated().makeIterator()
      func start() {
        guard let (index, runtime) = waiting.next() else { return }
        group.addTask { (index, await packages.tests(tests, of: wanted, on: runtime)) }
      }
      for _ in 0..<2 { start() }
      var found: [(Int, Collection)] = []
      while let one = await group.next() {
        found.append(one)
        start()
      }
      return found.sorted { $0.0 < $1.0 }.map { (runtimes[$0.0], $0.1) }
    }
  }
}
