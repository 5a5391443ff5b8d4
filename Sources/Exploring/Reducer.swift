/// Makes a hierarchy smaller as long as it shows what it is to show.
public enum Reducer {
  /// Smaller hierarchies that are one step away, the largest steps first; each is one that the API allows, if the
  /// hierarchy is.
  public static func steps(from hierarchy: Hierarchy) -> [Hierarchy] {
    let types = hierarchy.types
    var steps: [Hierarchy] = []
    if types.count > 1 { steps += types.indices.reversed().map { hierarchy.without($0) } }
    func changing(_ number: Int, _ change: (inout Hierarchy.Description) -> Void) {
      var smaller = hierarchy
      change(&smaller.types[number])
      smaller = smaller.sized
      if smaller != hierarchy { steps.append(smaller) }
    }
    for (number, type) in types.enumerated().reversed() {
      changing(number) {
        $0 = Hierarchy.Description(name: $0.name, bases: $0.bases)
      }
      for base in type.bases { changing(number) { $0.bases.removeAll { $0 == base } } }
      changing(number) {
        ($0.fields, $0.gc, $0.member, $0.dictionary, $0.weak) = (false, false, .none, .none, .none)
      }
      for slot in type.slots {
        changing(number) {
          $0.slots.removeAll { $0 == slot }
          $0.declines.removeAll { $0 == slot }
        }
      }
      for slot in type.declines { changing(number) { $0.declines.removeAll { $0 == slot } } }
      changing(number) { $0.member = .none }
      changing(number) { $0.dictionary = .none }
      changing(number) { $0.weak = .none }
      changing(number) { $0.gc = false }
      changing(number) { $0.final = false }
    }
    if types.contains(where: \.immutable) {
      var mutable = hierarchy
      for number in types.indices { mutable.types[number].immutable = false }
      steps.append(mutable)
    }
    if HierarchyRules.violations(of: hierarchy).isEmpty {
      steps.removeAll { !HierarchyRules.violations(of: $0).isEmpty }
    }
    return steps
  }

  /// The smallest hierarchy that single steps lead to.
  ///
  /// - Parameter first: the number of the first of several hierarchies that still shows it; nil where none does.
  public static func reduced(_ hierarchy: Hierarchy, first: ([Hierarchy]) async -> Int?) async -> Hierarchy {
    var smallest = hierarchy
    while true {
      let steps = steps(from: smallest)
      guard !steps.isEmpty, let number = await first(steps) else { return renamed(smallest) }
      smallest = steps[number]
    }
  }

  /// With the names A, B, … in order.
  static func renamed(_ hierarchy: Hierarchy) -> Hierarchy {
    var renamed = hierarchy
    for number in renamed.types.indices { renamed.types[number].name = String(UnicodeScalar(UInt8(65 + number))) }
    return renamed
  }
}
