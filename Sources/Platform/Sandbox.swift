import Foundation

/// Starts programs where they see nothing of the machine but what they need, with bubblewrap
/// (https://github.com/containers/bubblewrap; Debian's package of that name).
///
/// A program in it has namespaces of its own for users, processes, network, messages and mounts. It sees the system's
/// programs and libraries and the paths that are named, all read-only, and an empty folder for temporary files that is
/// limited. It can't signal, stop or trace what runs outside, and has no network.
public struct Sandbox: Sendable, Hashable {
  /// Why there can be none.
  public struct Unavailable: Error, CustomStringConvertible {
    public var description: String
  }

  private let program: String
  /// What every program sees, as options.
  private let system: [String]
  /// No path that leads to here is shown.
  private let home: String

  /// Looks for bubblewrap, and tries it.
  ///
  /// - Throws: `Unavailable` with the system's own words.
  public init(environment: [String: String] = ProcessInfo.processInfo.environment) async throws(Unavailable) {
    program = "bwrap"
    home = environment["HOME"] ?? "/root"
    system = Self.systemOptions()
    let command = command(reading: [], scratch: 1 << 20) + ["/bin/sh", "-c", "exit 0"]
    do {
      let result = try await Tool.run(command[0], Array(command.dropFirst()), limit: 20)
      if result.succeeded { return }
      let words = result.errors.split(separator: "\n").last.map(String.init)
      let why = result.trouble ?? words ?? "exit code \(result.exitCode ?? -1)"
      throw Unavailable(description: why.hasPrefix("bwrap: ") ? why : "bwrap: \(why)")
    } catch let error as Unavailable {
      throw error
    } catch {
      throw Unavailable(description: "bubblewrap's program bwrap does not start")
    }
  }

  /// Folders of the system's own programs and libraries; on many systems links into /usr.
  private static let systemFolders = ["/usr", "/bin", "/sbin", "/lib", "/lib64", "/lib32", "/libx32"]
  /// What libraries look at when they are loaded, or are asked for a user's name or the time.
  private static let systemFiles = [
    "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/alternatives", "/etc/localtime", "/etc/passwd",
    "/etc/group", "/etc/nsswitch.conf",
  ]

  private static func systemOptions() -> [String] {
    systemFolders.flatMap { folder -> [String] in
      if let target = try? FileManager.default.destinationOfSymbolicLink(atPath: folder) {
        return ["--symlink", target, folder]
      }
      return ["--ro-bind-try", folder, folder]
    } + systemFiles.flatMap { ["--ro-bind-try", $0, $0] }
  }

  /// The command that starts a program: it goes in front of the program and its arguments.
  ///
  /// - Parameters:
  ///   - reading: files and folders that it may read, at their own paths. What would show the home folder is left out.
  ///   - writing: folders that it may write to.
  ///   - scratch: bytes in the folder for temporary files, `/tmp`.
  ///   - isFirst: it is the first process of its namespace, which its children can't signal.
  ///   - hasNetwork: it may use the network; only installers do.
  public func command(
    reading: [String], writing: [String] = [], scratch: Int, isFirst: Bool = false, hasNetwork: Bool = false
  ) -> [String] {
    var options = [
      program, "--unshare-all", "--unshare-user", "--disable-userns", "--die-with-parent", "--new-session",
      "--cap-drop", "ALL", "--hostname", "sandbox",
    ]
    if isFirst { options.append("--as-pid-1") }
    if hasNetwork { options.append("--share-net") }
    options += system + ["--proc", "/proc", "--dev", "/dev"]
    for folder in ["/dev/shm", "/tmp"] { options += ["--size", "\(scratch)", "--tmpfs", folder] }
    for path in Self.outermost(reading.filter(shows)) { options += ["--ro-bind-try", path, path] }
    for path in Set(writing).sorted() { options += ["--bind", path, path] }
    // The root and /dev are in memory, and would take whatever is written there; below /proc/sys, root writes to the
    // kernel itself, also without any capability.
    options += ["--remount-ro", "/proc", "--remount-ro", "/dev", "--remount-ro", "/"]
    return options + ["--setenv", "TMPDIR", "/tmp", "--chdir", "/tmp", "--"]
  }

  /// Paths without those that lie in another.
  private static func outermost(_ paths: [String]) -> [String] {
    Set(paths.map { URL(filePath: $0).standardized.path }).sorted().reduce(into: []) { kept, path in
      if !kept.contains(where: { path.hasPrefix($0 + "/") }) { kept.append(path) }
    }
  }

  private func shows(_ path: String) -> Bool {
    guard path.hasPrefix("/"), path != "/" else { return false }
    let isAbove = (home + "/").hasPrefix(path.hasSuffix("/") ? path : path + "/")
    return !isAbove && !Self.systemFolders.contains { path == $0 || path.hasPrefix($0 + "/") }
  }
}
