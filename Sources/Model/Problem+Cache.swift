import Foundation

extension Problem {
  /// A folder for build products and laid-out files that can't be used.
  public static func unusableCache(_ error: any Error, at place: URL) -> Problem {
    Problem(
      .environment, at: place.path, "nothing can be kept here: \(words(of: error))",
      remedy: "make room, make it writable, or name another folder with --cache")
  }
}
