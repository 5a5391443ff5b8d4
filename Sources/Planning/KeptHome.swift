import Foundation
import Model

/// Binaries for the stable ABI of a former run: all that were built with the headers of one runtime.
public struct KeptHome: Hashable, Sendable {
  public var flavour: Flavour
  /// The runtime then, under a name that no runtime of today has: `kept-cpython-3.13.0`.
  public var home: Runtime
  /// Where they lie.
  public var folder: String
  /// Of all that went into them beside the cases.
  public var surroundings: ContentKey

  public init(flavour: Flavour, home: Runtime, folder: String, surroundings: ContentKey) {
    self.flavour = flavour
    self.home = home
    self.folder = folder
    self.surroundings = surroundings
  }

  /// Whether a runtime of today makes the same.
  func isLike(_ built: (key: ContentKey, binary: PortableBinary)) -> Bool {
    built.binary.flavour == flavour && built.key == surroundings
  }
}
