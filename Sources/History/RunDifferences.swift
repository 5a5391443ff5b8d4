import Model
import Storing

/// What is not the same in two runs, of what decides answers.
public enum RunDifferences {
  /// A sentence each: runtimes that both have, compiler, this program, and files of the cases.
  ///
  /// - Parameters:
  ///   - files: keys of the files that each run used, by path.
  ///   - cell: only what decides this one; nil for all.
  public static func between(
    _ before: StoredRun, _ after: StoredRun, files: (before: [String: String], after: [String: String]),
    of cell: CellID? = nil
  ) -> [String] {
    func isMeant(_ runtime: Runtime) -> Bool {
      cell.map { $0.runtime == runtime.name || $0.load.home == runtime.name } ?? true
    }
    var texts = after.runtimes.filter(isMeant).flatMap { one in
      let changes = before.runtimes.first { $0.name == one.name }.map { $0.differences(to: one) } ?? ["was added"]
      return changes.map { "\(one.name): \($0)" }
    }
    let names = Set(after.runtimes.map(\.name))
    if cell == nil {
      texts += before.runtimes.filter { !names.contains($0.name) }.map { "\($0.name): was removed" }
    }
    if before.compiler != after.compiler { texts.append("compiler: \(before.compiler) → \(after.compiler)") }
    if before.program != after.program {
      texts.append("hpy-conform: \(before.program) → \(after.program)")
    } else if let earlier = before.harness, let later = after.harness, earlier != later {
      texts.append("hpy-conform: another build of \(after.program)")
    }
    return texts + between(files.before, files.after, of: cell?.scenario)
  }

  private static func between(
    _ before: [String: String], _ after: [String: String], of scenario: ScenarioID?
  ) -> [String] {
    let paths = Set(before.keys).union(after.keys).filter { scenario?.owns($0) ?? true && before[$0] != after[$0] }
    let ledgers = paths.filter(LedgerFile.contains).sorted()
    let files = paths.subtracting(ledgers).sorted()
    var texts: [String] = []
    if scenario != nil, !files.isEmpty {
      texts.append("the case: \(files.joined(separator: ", "))")
    } else if !files.isEmpty {
      texts.append("\(files.count) \(files.count == 1 ? "file" : "files") of the cases")
    }
    if !ledgers.isEmpty { texts.append("ledger: \(ledgers.joined(separator: ", "))") }
    return texts
  }
}
