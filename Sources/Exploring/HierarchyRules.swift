/// What the API allows of a hierarchy. Each rule has the document that it comes from.
public enum HierarchyRules {
  /// What is not allowed, or can't be, and in which type.
  public struct Violation: Hashable, Sendable {
    /// Number of the type; nil for the hierarchy.
    public var type: Int?
    /// Which key of its file says so.
    public var key: String?
    public var what: String
    public var remedy: String

    init(_ type: Int?, _ key: String?, _ what: String, _ remedy: String) {
      self.type = type
      self.key = key
      self.what = what
      self.remedy = remedy
    }
  }

  /// All violations, in the order of the types.
  ///
  /// - Parameter slots: names that there are.
  public static func violations(of hierarchy: Hierarchy, slots: [String] = Slots.all) -> [Violation] {
    let types = hierarchy.types
    guard (1...Hierarchy.limit).contains(types.count) else {
      return [Violation(nil, nil, "it has \(types.count) types", "write 1 to \(Hierarchy.limit) `[[type]]` tables")]
    }
    var found: [Violation] = []
    let orders = hierarchy.resolutionOrders
    let structs = hierarchy.structs
    for (number, type) in types.enumerated() {
      func note(_ key: String?, _ what: String, _ remedy: String) {
        found.append(Violation(number, key, what, remedy))
      }
      for slot in type.slots where !slots.contains(slot) {
        note("slots", "`\(slot)` is no slot", "use one of the C API's names")
      }
      for slot in type.declines where !type.slots.contains(slot) {
        note("declines", "`\(slot)` is none of its slots", "add it to `slots`")
      }
      for slot in type.declines where !Slots.mayDecline(slot) {
        note("declines", "\(slot) has no way to answer NotImplemented", "remove it (Python/C API, 'Type Objects')")
      }
      // PyType_FromSpec and class statements refuse it; PyType_Ready has no rule for it.
      if orders[number] == nil {
        note("bases", "its bases have no common MRO", "order them as the types above do (PEP 253; C3)")
      }
      for base in type.bases where types[base].final {
        note("bases", "\(types[base].name) is final", "remove `final` there (Python/C API, Py_TPFLAGS_BASETYPE)")
      }
      conflict(of: structs, type).map {
        note(
          "bases", "the structs of \($0.map { types[$0].name }.joined(separator: " and ")) conflict",
          "one has to extend the other (Python/C API, 'Type Objects', tp_base)")
      }
      if !type.gc, type.dictionary == .managed || type.weak == .managed {
        note("gc", "a managed field needs the collector", "add `gc = true` (Python/C API, Py_TPFLAGS_MANAGED_DICT)")
      }
      if !type.fields, type.member != .none || type.dictionary == .offset || type.weak == .offset || type.gc {
        note("fields", "it has no struct", "add `fields = true`")
      }
      // A base's functions don't know what a type adds, so it has its own wherever a base has them.
      if type.fields, !type.gc, orders[number].map({ $0.contains { types[$0].gc } }) ?? false {
        note(
          "gc", "a base is of the collector, and its functions don't visit these fields",
          "add `gc = true` (Python/C API, tp_traverse)")
      }
      // PEP 697 and the reference of IMMUTABLETYPE: all bases are to be immutable.
      if type.immutable, type.bases.contains(where: { !types[$0].immutable }) {
        note("immutable", "a base is not immutable", "make it so (Python/C API, Py_TPFLAGS_IMMUTABLETYPE)")
      }
      let places = orders[number] ?? []
      for (key, of) in [("dictionary", \Hierarchy.Description.dictionary), ("weak", \Hierarchy.Description.weak)] {
        let those = Set(places.map { types[$0][keyPath: of] }.filter { $0 != .none })
        if those.count > 1 {
          note(key, "a base has it elsewhere", "a type has one place for it (Python/C API, Py_TPFLAGS_MANAGED_DICT)")
        }
      }
    }
    return found
  }

  /// Two bases whose structs don't extend each other.
  private static func conflict(of structs: [[Int]], _ type: Hierarchy.Description) -> [Int]? {
    let lines = type.bases.map { structs[$0] }
    guard let longest = Hierarchy.longest(lines), let other = lines.first(where: { !longest.ends(with: $0) }) else {
      return nil
    }
    return [other[0], longest[0]]
  }
}

extension Array where Element: Equatable {
  fileprivate func ends(with other: [Element]) -> Bool { suffix(other.count).elementsEqual(other) }
}
