import Foundation

extension Problem {
  /// A folder for build products and laid-out files that can't be used.
  public static func unusableCache(_ error: any Error, at place: URL) -> Problem {
    Problem(
      .environment, at: place.path, "nothing can be kept here: \(reason(error))",
      remedy: "make room, make it writable, or name another folder with --cache")
  }

  /// The system's own words, where they are behind it.
  private static func reason(_ error: any Error) -> String {
    let error = error as NSError
    let inner = (error.userInfo[NSUnderlyingErrorKey] as? any Error).map { $0 as NSError } ?? error
    return inner.domain == NSPOSIXErrorDomain
      ? String(cString: strerror(Int32(inner.code))) : error.localizedDescription
  }
}
