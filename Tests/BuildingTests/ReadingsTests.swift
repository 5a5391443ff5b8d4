import Foundation
import Model
import Testing

@testable import Building

@Suite("What a compile read")
struct ReadingsTests {
  @Test("the compiler's rule gives all paths, whatever characters they have")
  func rule() {
    let rule = "object.o: /a/x.c /usr/include/y.h \\\n /with\\ space/z.h /hash\\#.h \\\n  /dollar$$.h\n"
    #expect(
      Readings.prerequisites(of: rule)
        == ["/a/x.c", "/usr/include/y.h", "/with space/z.h", "/hash#.h", "/dollar$.h"])
    #expect(Readings.prerequisites(of: "object.o:\n") == [])
  }

  @Test("files that a key covers are left out, those beside it are known by content")
  func covered() throws {
    let place = try Folder()
    for path in ["case/own.h", "case/table.inc", "shared.h", "include/deep/api.h"] { try place.write(path, path) }
    let own = place.path("case/own.h")
    let paths = [own, place.path("case/table.inc"), place.path("case/../shared.h"), place.path("include/deep/api.h")]
    let keys = FileKeys()
    let readings = Readings(
      rule: "object.o: \(paths.joined(separator: " "))\n", directory: place.path("case"),
      covered: [place.path("include")], coveredFiles: [keys.place(of: own)], keys)
    #expect(
      readings.files == ["./table.inc": ContentKey(of: "case/table.inc"), "./../shared.h": ContentKey(of: "shared.h")])
    #expect(Readings(text: readings.text) == readings)
  }

  @Test("they hold while every file says the same, in the folder of the case that asks")
  func holding() throws {
    let place = try Folder()
    try place.write("a/case/x.c", "")
    try place.write("b/case/x.c", "")
    try place.write("a/shared.h", "one")
    try place.write("b/shared.h", "two")
    let readings = Readings(files: ["./../shared.h": ContentKey(of: "one")])
    #expect(readings.hold(in: place.path("a/case"), FileKeys()))
    #expect(!readings.hold(in: place.path("b/case"), FileKeys()))
    try FileManager.default.removeItem(atPath: place.path("a/shared.h"))
    #expect(!readings.hold(in: place.path("a/case"), FileKeys()))
  }

  @Test("what could not be read when it was noted never holds")
  func unread() throws {
    let place = try Folder()
    let file = place.path("x.h")
    let readings = Readings(
      rule: "object.o: \(file)\n", directory: "", covered: [], coveredFiles: [], FileKeys())
    #expect(!readings.hold(in: "", FileKeys()))
    try place.write("x.h", "")
    #expect(!readings.hold(in: "", FileKeys()))
  }

  @Test(
    "a precompiled header is for what stands first",
    arguments: [
      ("#include \"hpy.h\"\n", "hpy.h"), ("/* text\n */ // more\n\n #  include <Python.h>\n", "Python.h"),
      ("#define X\n#include <Python.h>\n", nil), ("int x;\n", nil), ("/*/ #include <a.h>", nil), ("", nil),
      ("#include NAME\n", nil), ("#include \"open\n", nil),
    ] as [(String, String?)])
  func first(source: String, name: String?) {
    #expect(FirstInclude.name(in: source) == name)
  }
}

/// A temporary folder.
final class Folder: Sendable {
  let url = FileManager.default.temporaryDirectory.appending(path: "building-\(UUID().uuidString)")

  init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }

  deinit { try? FileManager.default.removeItem(at: url) }

  func path(_ name: String) -> String { url.appending(path: name).path }

  func write(_ name: String, _ text: String) throws {
    let file = url.appending(path: name)
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
  }
}
