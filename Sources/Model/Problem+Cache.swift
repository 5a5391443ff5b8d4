import Foundation

extension Problem {
  /// A folder for build products and laid-out files that can't be used.
  public static func unusableCache(_ error: any Error, at place: URL) -> Problem {
    Problem(
      .environment, at: place.path, "can't be written: \(words(of: error))",
      remedy: "free some space, make it writable, or name another folder with --cache")
  }
}
