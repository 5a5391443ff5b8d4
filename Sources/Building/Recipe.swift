import Model

/// One compile or link before it is done.
struct Order: Sendable {
  /// Of all that is known to go in: the place of its product in the cache.
  var key: ContentKey
  var kind: BuildStep.Kind
  /// File name.
  var product: String
  /// Without the product's path.
  var arguments: [String]
  /// Folder of the case; empty for HPy's helper sources.
  var directory = ""
  /// Folders whose whole content is in the key.
  var covered: [String] = []
  /// Files beside these whose content is in the key, without links in their paths.
  var coveredFiles: Set<String> = []
  /// The header that would save time when it is compiled beforehand.
  var header: HeaderOrder?
}

/// A header that many sources include first, to be compiled once for all of them.
struct HeaderOrder: Hashable, Sendable {
  /// Of all that goes in, and of the options that a precompiled header must share with its users.
  var key: ContentKey
  /// As sources include it: `hpy.h`.
  var name: String
  /// Folders whose whole content is in the key.
  var covered: [String]
  var arguments: [String]
}

/// All that a binary is made with.
struct Recipe: Sendable {
  var compiles: [Order]
  /// HPy's static libraries.
  var archives: [String]
  /// What the linker gets behind the objects and archives.
  var libraries: [String] = []
  /// Without the objects and archives, whose paths say nothing about what is in them.
  var link: Order
}
