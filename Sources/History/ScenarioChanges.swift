import Model
import Planning
import Storing

extension ScenarioID {
  /// Whether a file lies in the folder of its case, by its path below the suites' folder.
  func owns(_ path: String) -> Bool { path.hasPrefix("\(suite)/\(testCase)/") }
}

/// Which scenarios' own text changed between two runs, or anything that all scenarios of their case share.
struct ScenarioChanges {
  typealias Texts = (files: [String: String], parts: [ScenarioID: ScenarioPart])

  private let before: Side
  private let after: Side

  private struct Side {
    var parts: [ScenarioID: ScenarioPart]
    /// Keys of the scenario files by folder of the case, and of all other files by folder and path.
    var scenarioFiles: [String: String] = [:]
    var others: [String: [String: String]] = [:]

    init(_ texts: Texts) {
      parts = texts.parts
      for (path, key) in texts.files {
        let names = path.split(separator: "/").map(String.init)
        guard names.count > 2 else { continue }
        let folder = "\(names[0])/\(names[1])"
        if names.last == Case.scenarioFileName {
          scenarioFiles[folder] = key
        } else {
          others[folder, default: [:]][path] = key
        }
      }
    }
  }

  init(before: Texts, after: Texts) {
    self.before = Side(before)
    self.after = Side(after)
  }

  /// Whether the earlier run had the scenario's case.
  func hadCase(of id: ScenarioID) -> Bool {
    let folder = "\(id.suite)/\(id.testCase)"
    return before.scenarioFiles[folder] != nil || before.others[folder] != nil
  }

  func differs(_ id: ScenarioID) -> Bool {
    // Of a run whose files are not known nothing can be said.
    guard hadCase(of: id) else { return false }
    let folder = "\(id.suite)/\(id.testCase)"
    if before.others[folder] != after.others[folder] { return true }
    if before.scenarioFiles[folder] == after.scenarioFiles[folder] { return false }
    // A file that can't be read has no parts.
    guard let old = before.parts[id], let new = after.parts[id] else { return true }
    return old.content != new.content
  }
}
