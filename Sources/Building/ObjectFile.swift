import Foundation
import Model

/// Whether what a compiler or linker left is what it was asked for: a compiler that could not write may leave an empty
/// or a half file and still say that all went well.
enum ObjectFile {
  /// What is wrong with a product; nil for a whole object file or shared library.
  static func flaw(in content: Data, of kind: BuildStep.Kind) -> String? {
    if content.isEmpty { return "it is empty" }
    #if os(macOS)
      return flawInMachO(content, kind)
    #else
      return flawInELF(content, kind)
    #endif
  }

  /// What is said of a product that can't be used: what was expected comes first.
  static func name(of kind: BuildStep.Kind) -> String {
    switch kind {
    case .compile: "object file"
    case .link: "shared library"
    case .install: "environment"
    }
  }

  /// System V ABI, "ELF Header" and "Sections": e_type stands at 16. Behind the header's three addresses, whose width
  /// is the class's, stand e_shentsize and e_shnum, and at 32 or 40 the place of the section header table, which both
  /// gcc's assembler and linker write last.
  static func flawInELF(_ content: Data, _ kind: BuildStep.Kind) -> String? {
    let bytes = [UInt8](content.prefix(64))
    guard bytes.starts(with: [0x7F] + Array("ELF".utf8)) else { return "it is not an ELF file" }
    let isWide = bytes.count > 5 && bytes[4] == 2
    guard bytes.count >= (isWide ? 64 : 52) else { return "it ends within its header" }
    let isLittle = bytes[5] == 1
    func number(at offset: Int, _ width: Int) -> UInt64 {
      let part = bytes[offset..<offset + width]
      return (isLittle ? part.reversed() : Array(part)).reduce(0) { $0 << 8 | UInt64($1) }
    }
    let expected: UInt64 =
      switch kind {
      case .compile: 1  // ET_REL
      case .link, .install: 3  // ET_DYN
      }
    let type = number(at: 16, 2)
    guard type == expected else { return "it is an ELF file of type \(type), expected \(expected)" }
    let sections = isWide ? number(at: 40, 8) : number(at: 32, 4)
    let (size, count) = isWide ? (number(at: 58, 2), number(at: 60, 2)) : (number(at: 46, 2), number(at: 48, 2))
    // More sections than 16 bits hold are counted in the first of them, which stands in the file at least.
    let (end, isTooFar) = sections.addingReportingOverflow(size * max(count, 1))
    guard sections > 0, !isTooFar, end <= UInt64(content.count) else {
      return "it ends after \(content.count) bytes, before the end of its section headers"
    }
    return nil
  }

  /// The Mach-O header of mach-o/loader.h, and the end of each segment that its load commands name.
  static func flawInMachO(_ content: Data, _ kind: BuildStep.Kind) -> String? {
    let bytes = [UInt8](content)
    func number(at offset: Int, _ width: Int) -> UInt64? {
      guard offset + width <= bytes.count else { return nil }
      return bytes[offset..<offset + width].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
    guard number(at: 0, 4) == 0xFEED_FACF else { return "it is not a 64-bit Mach-O file" }
    let types: Set<UInt64> =
      switch kind {
      case .compile: [1]  // MH_OBJECT
      case .link, .install: [6, 8]  // MH_DYLIB, MH_BUNDLE
      }
    guard let type = number(at: 12, 4), types.contains(type) else { return "it is a Mach-O file of another type" }
    var offset = 32
    for _ in 0..<(number(at: 16, 4) ?? 0) {
      guard let command = number(at: offset, 4), let size = number(at: offset + 4, 4), size >= 8 else {
        return "it ends within its load commands"
      }
      if command == 0x19 {  // LC_SEGMENT_64
        guard let start = number(at: offset + 40, 8), let length = number(at: offset + 48, 8),
          start.addingReportingOverflow(length).partialValue <= UInt64(bytes.count)
        else { return "it ends before the end of a segment" }
      }
      offset += Int(size)
    }
    return nil
  }
}
