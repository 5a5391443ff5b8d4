import Foundation

/// What a file is that should be a program.
enum ProgramFile {
  /// Why the system could not start it; nil when the file itself does not show that.
  static func whyNotStarted(_ path: String) -> String? {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      let target = try? FileManager.default.destinationOfSymbolicLink(atPath: path)
      return target.map { "does not start: it is a link to \($0), which does not exist" }
        ?? "does not start: the file does not exist"
    }
    if isFolder.boolValue { return "is a folder, expected a Python interpreter" }
    guard FileManager.default.isExecutableFile(atPath: path) else {
      return "is not executable, expected a Python interpreter"
    }
    guard let handle = FileHandle(forReadingAtPath: path), let head = try? handle.read(upToCount: 64) else {
      return nil
    }
    return whyForeign([UInt8](head), here: machine())
  }

  /// - Parameters:
  ///   - head: the first 64 bytes.
  ///   - here: what `uname` calls this machine.
  static func whyForeign(_ head: [UInt8], here: String) -> String? {
    guard head.starts(with: [0x7F] + Array("ELF".utf8)), head.count >= 20 else {
      if head.starts(with: Array("#!".utf8)) {
        let line = String(decoding: head.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        return "does not start: the program of its first line, `\(line)`, is missing or starts itself"
      }
      return "does not start: it is neither a program for this system nor a script with `#!` in its first line"
    }
    // ELF, "ELF Header": e_ident[EI_DATA] at 5 is the byte order, e_machine stands at 18.
    let isLittle = head[5] == 1
    let number = isLittle ? Int(head[18]) | Int(head[19]) << 8 : Int(head[18]) << 8 | Int(head[19])
    let name = elfMachines[number] ?? "machine \(number)"
    return name == here ? nil : "does not start: it is a program for \(name), and this machine is \(here)"
  }

  /// e_machine by what `uname` calls such a machine.
  private static let elfMachines = [
    3: "i686", 8: "mips", 20: "ppc", 21: "ppc64le", 22: "s390x", 40: "armv7l", 62: "x86_64", 183: "aarch64",
    243: "riscv64", 258: "loongarch64",
  ]

  static func machine() -> String {
    var system = utsname()
    guard uname(&system) == 0 else { return "" }
    return withUnsafeBytes(of: &system.machine) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
  }
}
