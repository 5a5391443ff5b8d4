import Foundation
import Model

/// Takes out of a text what differs from process to process and means nothing. The whole list:
///
/// - an address, `0x` and at least six hexadecimal digits, becomes `0x…`;
/// - the path of the extension's binary becomes `<binary>`, that of the case's module NAME `<binary of NAME>`;
/// - the path of the case's folder becomes `<case>`.
///
/// Nothing else is touched: a rule that hides an inconvenient difference has no place here.
public struct Normaliser: Sendable {
  private let paths: [(path: String, name: String)]

  /// - Parameters:
  ///   - binary: path of the extension.
  ///   - modules: the case's further modules.
  ///   - directory: folder of the case.
  public init(binary: String, modules: [BuiltModule] = [], directory: String) {
    let others = modules.map { ($0.path, "<binary of \($0.name)>") }
    paths = ([(binary, "<binary>")] + others + [(directory, "<case>")]).filter { !$0.0.isEmpty }
  }

  public func callAsFunction(_ text: String) -> String {
    var text = text
    // Nearly every text has neither, and is told apart faster than searched.
    if text.utf8.contains(UInt8(ascii: "/")) {
      for (path, name) in paths { text = text.replacingOccurrences(of: path, with: name) }
    }
    guard text.utf8.contains(UInt8(ascii: "x")), text.contains("0x") else { return text }
    return text.replacing(#/0x[0-9a-fA-F]{6,}/#, with: "0x…")
  }

  public func callAsFunction(_ observation: Observation) -> Observation {
    var observation = observation
    observation.value = self(observation.value)
    observation.message = observation.message.map { self($0) }
    return observation
  }
}
