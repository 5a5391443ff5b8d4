import Foundation

extension Case {
  /// Modules of the standard library that the scenario file imports, by its text. One that is missed, or is no module,
  /// makes a cell slower, and changes nothing.
  public func importsOfLibrary() -> Set<String> {
    guard let text = try? String(contentsOfFile: scenarioFile, encoding: .utf8) else { return [] }
    return Self.imports(in: text).filter { module in
      let top = module.prefix { $0 != "." }
      return top != "hpy_conform" && !foreignImports.contains { $0.prefix { $0 != "." } == top }
    }
  }

  /// `import a.b, c as d` and `from a.b import c`, at the beginning of a line or statement.
  static func imports(in text: String) -> Set<String> {
    var found: Set<String> = []
    for line in text.split(whereSeparator: { $0.isNewline || $0 == ";" }) {
      let words = line.split(separator: " ", omittingEmptySubsequences: true)
      guard let first = words.first, words.count > 1 else { continue }
      if first == "from" {
        found.insert(String(words[1]))
      } else if first == "import" {
        let names = line.drop { $0.isWhitespace }.dropFirst(first.count).split(separator: ",")
        found.formUnion(names.compactMap { $0.split(separator: " ").first.map(String.init) })
      }
    }
    return found.filter { name in
      !name.hasPrefix(".") && name.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." }
    }
  }
}
