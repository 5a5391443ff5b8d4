extension Runtime {
  /// What is not the same in another interpreter of this name that came later, a text each.
  public func differences(to later: Runtime) -> [String] {
    var texts: [String] = []
    if product != later.product {
      texts.append("\(product) → \(later.product)")
    } else if build != later.build {
      texts.append("another build: \(build) → \(later.build)")
    } else if let content, let other = later.content, content != other {
      texts.append("other content of the interpreter or its library")
    }
    if hpyVersion != later.hpyVersion {
      texts.append("\(hpyTitle) → \(later.hpyTitle)")
    } else if installation?.content != later.installation?.content {
      texts.append("another build of \(later.hpyTitle)")
    }
    return texts
  }

  private var hpyTitle: String { hpyVersion.isEmpty ? "no HPy" : "HPy \(hpyVersion)" }
}
