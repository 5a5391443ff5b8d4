import Foundation

/// What a machine can lack, in the system's own words and in those of compilers: nothing that is said of a program
/// in the same breath is known then.
public enum MachineFault {
  /// Texts of errno(3), which stand at the end of a message.
  private static let reasons = [
    "No space left on device", "Disk quota exceeded", "Read-only file system", "Input/output error",
    "Cannot allocate memory", "Too many open files", "Too many open files in system",
    "Resource temporarily unavailable",
  ]

  /// Such texts that have another reason in a cell, which has limits of its own.
  private static let reasonsOfCompilers = ["File too large", "Stale file handle", "memory exhausted"]

  /// What compilers, assemblers and linkers say in words of their own, anywhere in a message.
  private static let phrases = [
    "virtual memory exhausted", "out of memory allocating", "LLVM ERROR: out of memory",
    "Killed signal terminated program", "internal compiler error: Killed", "unable to execute command: Killed",
    "terminated with signal 9 [Killed]", "cannot execute",
  ]

  /// What else keeps a cell from being tried.
  private static let others = ["Temporary failure in name resolution", "Network is unreachable"]

  /// The sign of a lack anywhere in a text that nobody but the machine has written; nil when there is none.
  public static func sign(in text: String) -> String? {
    (reasons + phrases + others).first { text.contains($0) }
  }

  /// What an error number says of the machine; nil for one that may have another reason.
  public static func lack(errno number: Int32) -> String? {
    let lacks = [
      ENOSPC, EDQUOT, EROFS, EIO, ENOMEM, EMFILE, ENFILE, EAGAIN, EFBIG, ESTALE, ETXTBSY, EINTR, ENOBUFS,
    ]
    return lacks.contains(number) ? String(cString: strerror(number)) : nil
  }

  /// The lack that an error of the system or of Foundation says; nil where it says something else.
  public static func lack(in error: any Error) -> String? {
    let error = error as NSError
    let inner = (error.userInfo[NSUnderlyingErrorKey] as? any Error).map { $0 as NSError } ?? error
    return inner.domain == NSPOSIXErrorDomain ? lack(errno: Int32(inner.code)) : nil
  }

  /// The line in which a compiler, an assembler or a linker says of itself that the machine kept it from its work;
  /// nil when there is none.
  ///
  /// A compiler quotes the source: `#error`, a failed static assertion and a name may say anything. So a line about a
  /// place in a source counts only where it is fatal and ends with the system's words, and neither quoted source nor a
  /// warning counts.
  public static func line(inMessagesOfCompiler messages: String) -> String? {
    messages.split(whereSeparator: \.isNewline).map(String.init).first { isFault($0) }
  }

  /// What that line says is lacking, without the file or program that it names, so that the same lack is the same text.
  public static func lack(inMessagesOfCompiler messages: String) -> String? {
    line(inMessagesOfCompiler: messages).map { line in
      (reasons + reasonsOfCompilers + phrases).first { line.contains($0) } ?? line
    }
  }

  private static func isFault(_ line: String) -> Bool {
    // gcc and clang quote the source behind a margin.
    guard let first = line.first, !first.isWhitespace else { return false }
    if let place = line.firstMatch(of: #/^.*?:\d+(:\d+)?: /#) {
      let rest = line[place.range.upperBound...]
      return (rest.hasPrefix("fatal error: ") || rest.hasPrefix("Fatal error: ")) && endsWithReason(rest)
    }
    if line.contains("warning: ") || line.contains("note: ") || line.contains("undefined reference") { return false }
    return endsWithReason(line[...]) || phrases.contains { line.contains($0) }
  }

  private static func endsWithReason(_ text: Substring) -> Bool {
    let end = text.trimmingCharacters(in: CharacterSet(charactersIn: "'\"‘’“”. \r"))
    return (reasons + reasonsOfCompilers).contains { end.hasSuffix($0) }
  }
}
