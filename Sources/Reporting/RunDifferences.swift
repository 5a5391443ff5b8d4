import Model
import Storing

/// What is not the same in two runs, of what decides answers.
public enum RunDifferences {
  /// A sentence each: runtimes that both have, compiler, this program, and files of the cases.
  ///
  /// - Parameters:
  ///   - files: keys of the files that each run used, by path.
  ///   - runtime: only this one; nil for all.
  ///   - testCase: `SUITE/CASE`, whose files alone count; nil for all.
  public static func between(
    _ before: StoredRun, _ after: StoredRun, files: (before: [String: String], after: [String: String]),
    runtime: String? = nil, testCase: String? = nil
  ) -> [String] {
    var texts: [String] = []
    for one in after.runtimes where runtime == nil || runtime == one.name {
      guard let earlier = before.runtimes.first(where: { $0.name == one.name }) else {
        texts.append("\(one.name): was not there")
        continue
      }
      texts += between(earlier, one).map { "\(one.name): \($0)" }
    }
    if runtime == nil {
      texts += before.runtimes.filter { one in !after.runtimes.contains { $0.name == one.name } }
        .map { "\($0.name): is no longer there" }
    }
    if before.compiler != after.compiler { texts.append("compiler: \(before.compiler) → \(after.compiler)") }
    if before.program != after.program {
      texts.append("hpy-conform: \(before.program) → \(after.program)")
    } else if let earlier = before.harness, let later = after.harness, earlier != later {
      texts.append("hpy-conform: another build of \(after.program)")
    }
    return texts + between(files.before, files.after, testCase: testCase)
  }

  /// What is not the same in two interpreters of one name.
  static func between(_ before: Runtime, _ after: Runtime) -> [String] {
    var texts: [String] = []
    if before.product != after.product {
      texts.append("\(before.product) → \(after.product)")
    } else if before.build != after.build {
      texts.append("another build: \(before.build) → \(after.build)")
    } else if let earlier = before.content, let later = after.content, earlier != later {
      texts.append("other content of the interpreter or its library")
    }
    let (earlier, later) = (before.installation, after.installation)
    if before.hpyVersion != after.hpyVersion {
      texts.append("\(hpy(before)) → \(hpy(after))")
    } else if earlier?.content != later?.content {
      texts.append("another build of \(hpy(after))")
    }
    return texts
  }

  private static func hpy(_ runtime: Runtime) -> String {
    runtime.hpyVersion.isEmpty ? "no HPy" : "HPy \(runtime.hpyVersion)"
  }

  private static func between(
    _ before: [String: String], _ after: [String: String], testCase: String?
  ) -> [String] {
    func isMeant(_ path: String) -> Bool { testCase.map { path.hasPrefix($0 + "/") } ?? true }
    let paths = Set(before.keys).union(after.keys).filter { isMeant($0) && before[$0] != after[$0] }
    let ledgers = paths.filter { $0.hasSuffix("/ledger.toml") }
    let files = paths.subtracting(ledgers).sorted()
    var texts: [String] = []
    if testCase != nil, !files.isEmpty {
      texts.append("the case: \(files.joined(separator: ", "))")
    } else if !files.isEmpty {
      texts.append("\(ComparisonWords.number(files.count, "file")) of the cases")
    }
    if !ledgers.isEmpty { texts.append("ledger: \(ledgers.sorted().joined(separator: ", "))") }
    return texts
  }
}
