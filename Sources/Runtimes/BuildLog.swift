/// What the log of a failed installation says about its cause.
public enum BuildLog {
  /// The line that names the cause, and what stands behind it; at most four lines of at most 200 characters.
  ///
  /// The first error of a compiler comes before what installers say on top of it; without one, the last error; without
  /// any, the last line.
  public static func cause(_ text: String) -> String {
    let lines = text.split(separator: "\n").map { line in
      String(line.drop { $0 == " " || $0 == "\t" || $0 == "│" || $0 == "╰" || $0 == "├" || $0 == "─" || $0 == "▶" })
    }.filter { !$0.isEmpty && !$0.contains(#/^(note|hint|Hint): /#) && !$0.contains(consequence) }
    let compiler = lines.firstIndex { $0.contains(#/^\S+:\d+(:\d+)?: (fatal )?error: /#) }
    let exception = lines.lastIndex { $0.contains(#/^[A-Za-z_.]*(Error|Exception|NotFound)\b.*: /#) }
    let anything = lines.lastIndex { $0.contains(#/(?i)^(error|fatal)\b/#) }
    guard let start = compiler ?? exception ?? anything ?? lines.indices.last else { return "it printed nothing" }
    return lines[start...].prefix(compiler == start ? 3 : exception == start ? 1 : 2).map { String($0.prefix(200)) }
      .joined(separator: "\n  ")
  }

  /// What pip says about any failed build, whatever its cause.
  nonisolated(unsafe) private static let consequence =
    #/subprocess-exited-with-error|failed-wheel-build|metadata-generation-failed|Failed (to )?build/#
}
