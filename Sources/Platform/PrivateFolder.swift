import Foundation

/// Folders to which nobody else can write: what lies in them is run.
public enum PrivateFolder {
  /// Somebody else can write to a folder.
  public struct Stranger: Error, Hashable, CustomStringConvertible {
    public var description: String
    /// A way out beside another folder; ends with `, or `, or is empty.
    public var remedy: String
  }

  /// Makes a folder, for this user alone; one that is there already is looked at.
  ///
  /// - Throws: `Stranger` where somebody else can write to it; else what the system says.
  public static func make(_ folder: URL) throws {
    let path = folder.path
    if mkdir(path, 0o700) != 0 {
      switch errno {
      case EEXIST: break
      case ENOENT:
        try FileManager.default.createDirectory(
          at: folder.deletingLastPathComponent(), withIntermediateDirectories: true)
        if mkdir(path, 0o700) != 0, errno != EEXIST { throw Self.lastError() }
      default: throw Self.lastError()
      }
    }
    try check(path)
  }

  /// Makes a folder that must not be there yet, for this user alone.
  ///
  /// - Throws: what the system says, also where there is something of that name.
  public static func makeNew(_ folder: URL) throws {
    if mkdir(folder.path, 0o700) != 0 { throw lastError() }
  }

  /// - Throws: `Stranger` where somebody else can write to a folder; what the system says where there is none.
  static func check(_ path: String) throws {
    var status = stat()
    guard stat(path, &status) == 0 else { throw lastError() }
    guard status.st_mode & S_IFMT == S_IFDIR else { throw POSIXError(.ENOTDIR) }
    if let stranger = stranger(
      owner: status.st_uid, group: status.st_gid, mode: UInt32(status.st_mode), user: geteuid(), path: path)
    {
      throw stranger
    }
  }

  /// Who else can write to a folder of these facts; nil for nobody but root.
  static func stranger(owner: uid_t, group: gid_t, mode: UInt32, user: uid_t, path: String = "") -> Stranger? {
    if owner != user, owner != 0 {
      return Stranger(description: "belongs to \(name(of: owner)), expected \(name(of: user))", remedy: "")
    }
    let isOpen = mode & 0o002 != 0 || mode & 0o020 != 0 && !isGroup(group, of: user)
    if !isOpen { return nil }
    return Stranger(
      description: "others can write to it (mode \(String(mode & 0o7777, radix: 8)))",
      remedy: "make it private (chmod go-w \(path)) and empty it, or ")
  }

  /// Whether a group is a user's own, as systems make one for each user: of the same name, and without anyone else.
  private static func isGroup(_ group: gid_t, of user: uid_t) -> Bool {
    guard let person = getpwuid(user)?.pointee, person.pw_gid == group, let entry = getgrgid(group)?.pointee else {
      return false
    }
    let name = String(cString: person.pw_name)
    guard String(cString: entry.gr_name) == name else { return false }
    var member = entry.gr_mem
    while let one = member?.pointee {
      if String(cString: one) != name { return false }
      member = member?.successor()
    }
    return true
  }

  private static func name(of user: uid_t) -> String {
    getpwuid(user).map { "the user \(String(cString: $0.pointee.pw_name))" } ?? "the user of number \(user)"
  }

  private static func lastError() -> POSIXError { POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
}
