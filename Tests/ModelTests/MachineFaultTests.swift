import Foundation
import Model
import Testing

@Suite("What a machine lacks")
struct MachineFaultTests {
  @Test(
    "what compilers say of the machine, in their own words",
    arguments: [
      "gcc: fatal error: Killed signal terminated program cc1\ncompilation terminated.",
      "gcc: internal compiler error: Killed (program cc1)",
      "collect2: fatal error: ld terminated with signal 9 [Killed]",
      "Cannot create temporary file in /tmp/: No space left on device",
      "x.c: In function ‘f’:\nx.c:3:1: fatal error: error writing to /tmp/ccx.s: No space left on device",
      "/tmp/ccx.s: Assembler messages:\n/tmp/ccx.s: Fatal error: can't close object.o: No space left on device",
      "/usr/bin/ld: final link failed: memory exhausted",
      "/usr/bin/ld: cannot open output file x.so: Read-only file system",
      "clang: error: unable to execute command: Killed", "LLVM ERROR: out of memory",
      "error: unable to open output file 'object.o': 'No space left on device'",
      "gcc: fatal error: cannot execute ‘cc1’: posix_spawn: Resource temporarily unavailable",
      "x.c:1:10: fatal error: hpy.h: Input/output error",
    ])
  func said(messages: String) {
    #expect(MachineFault.line(inMessagesOfCompiler: messages) != nil)
    // What it names differs from step to step, and the lack does not.
    let lack = MachineFault.lack(inMessagesOfCompiler: messages)
    let names = ["tmp/", "bin/", "x.c", "object.o", "cc1.s"]
    #expect(lack.map { lack in messages.contains(lack) && !names.contains { lack.contains($0) } } == true)
  }

  @Test(
    "what they quote, warn of, or say of the C",
    arguments: [
      "x.c:1:2: error: #error \"No space left on device\"\n    1 | #error \"No space left on device\"",
      "x.c:1:2: error: #error cc1: fatal error: x: No space left on device",
      "x.c:1:1: error: static assertion failed: \"Cannot allocate memory\"",
      "x.c:1:10: fatal error: No space left on device: No such file or directory",
      "x.c:5:3: warning: ‘f’ is deprecated: virtual memory exhausted",
      "/usr/bin/ld: object.o: warning: Killed signal terminated program cc1",
      "/usr/bin/ld: x.c:1: undefined reference to `out of memory allocating'",
      "/tmp/ccx.s:12: Error: No space left on device", "", "x.c:1:1: error: expected ‘;’",
    ])
  func quoted(messages: String) { #expect(MachineFault.line(inMessagesOfCompiler: messages) == nil) }

  @Test("an error of the system is the machine's where it can't have another reason")
  func errors() {
    #expect(MachineFault.lack(in: POSIXError(.ENOSPC)) == "No space left on device")
    #expect(MachineFault.lack(in: POSIXError(.ENOENT)) == nil)
    let inner = CocoaError(.fileWriteOutOfSpace, userInfo: [NSUnderlyingErrorKey: POSIXError(.ENOSPC) as NSError])
    #expect(MachineFault.lack(in: inner) != nil)
    #expect(MachineFault.sign(in: "OSError: [Errno 28] No space left on device") == "No space left on device")
    #expect(MachineFault.sign(in: "File too large") == nil, "a cell has a limit of its own")
  }

  @Test("a sealed text is its content; cut off or altered, it is nothing")
  func sealed() {
    let text = Sealed.text(Data("content\n".utf8))
    #expect(Sealed.content(of: text) == Data("content\n".utf8))
    for length in 0..<text.count { #expect(Sealed.content(of: text.prefix(length)) == nil) }
    for index in text.indices {
      var altered = text
      altered[index] ^= 1
      #expect(Sealed.content(of: altered) == nil)
    }
  }
}
