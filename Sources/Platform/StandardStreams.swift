import Foundation

/// The three streams that every process has.
public enum StandardStreams {
  /// Why a text did not arrive.
  public enum Failure: Error, Hashable, Sendable {
    /// Nobody reads it any more.
    case closed
    /// What the system says.
    case failed(String)
  }

  /// Makes a stream that was closed at the start one that can't be used, so that no file that is opened later takes its
  /// number and gets what is printed; and a reader that went away an error of the write.
  public static func prepare() {
    BrokenPipes.becomeErrors()
    for (descriptor, mode) in [(STDIN_FILENO, O_RDONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_WRONLY)]
    where fcntl(descriptor, F_GETFD) < 0 {
      // The lowest number that is free is this one. Reading alone: writing to standard output stays an error.
      _ = open("/dev/null", mode)
    }
  }

  /// Writes all of a text.
  ///
  /// - Throws: `Failure`; what was written before it stays written.
  public static func write(_ text: String, to descriptor: Int32) throws(Failure) {
    do {
      try FileWriting.write(Array(text.utf8), to: descriptor)
    } catch {
      throw error.number == EPIPE ? .closed : .failed(error.description)
    }
  }
}
