/// What a C source includes before anything else is said in it: gcc takes a precompiled header only there.
enum FirstInclude {
  /// The name between quotes or angle brackets; nil when something else comes first.
  static func name(in source: String) -> String? {
    var rest = source[...]
    while true {
      rest = rest.drop(while: \.isWhitespace)
      if rest.hasPrefix("/*") {
        guard let end = rest.dropFirst(2).firstRange(of: "*/") else { return nil }
        rest = rest[end.upperBound...]
      } else if rest.hasPrefix("//") {
        rest = rest.drop { !$0.isNewline }
      } else {
        return directive(rest.prefix { !$0.isNewline })
      }
    }
  }

  private static func directive(_ line: Substring) -> String? {
    guard line.first == "#" else { return nil }
    let word = line.dropFirst().drop { $0 == " " || $0 == "\t" }
    guard word.hasPrefix("include") else { return nil }
    let argument = word.dropFirst("include".count).drop { $0 == " " || $0 == "\t" }
    let ends: [Character: Character] = ["\"": "\"", "<": ">"]
    guard let end = argument.first.flatMap({ ends[$0] }) else { return nil }
    let name = argument.dropFirst().prefix { $0 != end }
    return argument.dropFirst(name.count + 1).first == end && !name.isEmpty ? String(name) : nil
  }
}
