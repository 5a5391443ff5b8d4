import Foundation

extension Problem {
  /// What an error of the system says, in the system's own words, never as a dump of the object that carries them.
  public static func words(of error: any Error) -> String {
    switch error {
    case let problem as Problem: return problem.found + (problem.remedy.isEmpty ? "" : "; \(problem.remedy)")
    case let problems as Problems: return problems.all.map(\.description).joined(separator: "; ")
    case let error as DecodingError: return words(of: error)
    case is EncodingError: return "it has a value that JSON can't have"
    case is CancellationError: return "it was interrupted"
    default: break
    }
    // What describes itself does so in words; what only bridges to the system's error objects would be dumped.
    let isObject = type(of: error) is NSError.Type || error is CocoaError || error is POSIXError || error is URLError
    if isObject { return words(of: error as NSError) }
    return (error as? any LocalizedError)?.errorDescription ?? "\(error)"
  }

  /// The path that an error of the system is about; empty where it names none.
  public static func place(of error: any Error) -> String {
    let facts = (error as NSError).userInfo
    return facts[NSFilePathErrorKey] as? String ?? (facts[NSURLErrorKey] as? URL)?.path ?? ""
  }

  /// Whether an error is the system's: of a file, of a process, of what the machine lacks.
  public static func isOfTheSystem(_ error: any Error) -> Bool {
    if error is DecodingError || error is EncodingError { return false }
    return [NSPOSIXErrorDomain, NSCocoaErrorDomain].contains((error as NSError).domain)
  }

  /// A file or folder that may be as good as any, and could not be read for what the machine lacked.
  ///
  /// - Parameter reason: what the system says, or what was told of it before.
  public init(lack reason: String, at path: String) {
    self.init(
      .environment, at: path, reason.hasPrefix("can't be read: ") ? reason : "can't be read: \(reason)",
      remedy: "free the resource, or raise the limit, and try again")
  }

  /// Whether it tells what the machine lacked, and nothing of the file that it names.
  public var isLack: Bool { kind == .environment && MachineFault.sign(in: found) != nil }

  private static func words(of error: NSError) -> String {
    let inner = (error.userInfo[NSUnderlyingErrorKey] as? any Error).map { $0 as NSError } ?? error
    return inner.domain == NSPOSIXErrorDomain
      ? String(cString: strerror(Int32(truncatingIfNeeded: inner.code))) : error.localizedDescription
  }

  private static func words(of error: DecodingError) -> String {
    let (what, context): (String, DecodingError.Context) =
      switch error {
      case .keyNotFound(let key, let context): ("has no `\(key.stringValue)`", context)
      case .typeMismatch(let type, let context): ("has a value that is not \(type)", context)
      case .valueNotFound(let type, let context): ("has null for \(type)", context)
      case .dataCorrupted(let context) where context.underlyingError == nil:
        ("has a value that can't be used: \(context.debugDescription)", context)
      case .dataCorrupted(let context): ("can't be read as such", context)
      @unknown default: ("can't be decoded", DecodingError.Context(codingPath: [], debugDescription: ""))
      }
    let path = context.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
    return "the JSON \(what)" + (path.isEmpty ? "" : " at `\(path)`")
  }
}
