/// A hierarchy of types: what one extension makes at run time, in each kind of type.
public struct Hierarchy: Hashable, Sendable, Codable {
  /// Bases stand before what derives from them.
  public var types: [Description]

  public init(types: [Description]) { self.types = types }

  /// At most so many types; the extension has functions for each.
  public static let limit = 8

  /// Where a type has its dictionary or its list of weak references.
  public enum Place: String, Hashable, Sendable, Codable, CaseIterable {
    case none = ""
    /// At an offset in its struct.
    case offset
    /// Where the interpreter wants it (Py_TPFLAGS_MANAGED_DICT, Py_TPFLAGS_MANAGED_WEAKREF).
    case managed
  }

  /// An object member over the first field.
  public enum Member: String, Hashable, Sendable, Codable, CaseIterable {
    case none = ""
    case writable, readonly
  }

  /// One type.
  public struct Description: Hashable, Sendable, Codable {
    public var name: String
    /// Numbers of types that stand before; none for `object` alone.
    public var bases: [Int]
    /// Names of its slots, as the C API has them.
    public var slots: [String]
    /// Those of them that answer NotImplemented.
    public var declines: [String]
    /// Whether it has a struct of its own, with two fields for objects.
    public var fields: Bool
    /// HAVE_GC, with tp_traverse and tp_clear.
    public var gc: Bool
    public var member: Member
    public var dictionary: Place
    public var weak: Place
    /// Without BASETYPE.
    public var final: Bool
    public var immutable: Bool
    /// Parts of its struct with those of its bases: `number of the last type with fields` + 1.
    public var size: Int

    public init(
      name: String, bases: [Int] = [], slots: [String] = [], declines: [String] = [], fields: Bool = false,
      gc: Bool = false, member: Member = .none, dictionary: Place = .none, weak: Place = .none, final: Bool = false,
      immutable: Bool = false, size: Int = 0
    ) {
      self.name = name
      self.bases = bases
      self.slots = slots
      self.declines = declines
      self.fields = fields
      self.gc = gc
      self.member = member
      self.dictionary = dictionary
      self.weak = weak
      self.final = final
      self.immutable = immutable
      self.size = size
    }

    /// Its keys that hold names, flags, or a choice, in the order in which files have them, without those that say nothing.
    ///
    /// - Parameter names: of the hierarchy's types.
    func written(_ names: [String]) -> [(key: String, value: Written)] {
      let lists = [("bases", bases.map { names[$0] }), ("slots", slots), ("declines", declines)]
      let flags = [("fields", fields), ("gc", gc), ("final", final), ("immutable", immutable)]
      let choices = [("member", member.rawValue), ("dictionary", dictionary.rawValue), ("weak", weak.rawValue)]
      return lists.filter { !$0.1.isEmpty }.map { ($0, .names($1)) } + flags.filter(\.1).map { ($0.0, .flag) }
        + choices.filter { !$0.1.isEmpty }.map { ($0, .choice($1)) }
    }
  }

  /// A value of a type as files have it.
  enum Written {
    case names([String])
    /// True; what is false is left out.
    case flag
    case choice(String)
  }

  /// What its types have, by name, in order: slots, fields, flags, several bases.
  public var features: [String] {
    var found: Set<String> = []
    for type in types {
      found.formUnion(type.slots)
      if !type.declines.isEmpty { found.insert("declines") }
      if type.bases.count > 1 { found.insert("bases") } else if !type.bases.isEmpty { found.insert("base") }
      if type.fields { found.insert("fields") }
      if type.gc { found.insert("gc") }
      if type.member != .none { found.insert("member") }
      if type.dictionary != .none { found.insert("\(type.dictionary.rawValue) dictionary") }
      if type.weak != .none { found.insert("\(type.weak.rawValue) weak references") }
      if type.final { found.insert("final") }
      if type.immutable { found.insert("immutable") }
    }
    return found.sorted()
  }

  /// The MRO of each type, itself first (Python, "The Python 2.3 Method Resolution Order"); nil where there is none.
  public var resolutionOrders: [[Int]?] {
    types.indices.reduce(into: []) { orders, number in
      let bases = types[number].bases
      let inherited = bases.map { orders[$0] }
      guard Set(bases).count == bases.count, !inherited.contains(where: { $0 == nil }) else {
        return orders.append(nil)
      }
      var sequences = inherited.compactMap { $0 } + [bases]
      var order = [number]
      while sequences.contains(where: { !$0.isEmpty }) {
        sequences.removeAll(where: \.isEmpty)
        let heads = sequences.map { $0[0] }
        guard let next = heads.first(where: { head in !sequences.contains { $0.dropFirst().contains(head) } }) else {
          return orders.append(nil)
        }
        order.append(next)
        for index in sequences.indices where sequences[index].first == next { sequences[index].removeFirst() }
      }
      orders.append(order)
    }
  }

  /// The types whose structs the objects of each type have, the last one first. Where the structs of two bases conflict,
  /// that of the longer line.
  public var structs: [[Int]] {
    types.indices.reduce(into: []) { structs, number in
      let inherited = Self.longest(types[number].bases.map { structs[$0] }) ?? []
      structs.append((types[number].fields ? [number] : []) + inherited)
    }
  }

  /// The line of structs that ends last.
  static func longest(_ lines: [[Int]]) -> [Int]? { lines.max { ($0.first ?? -1) < ($1.first ?? -1) } }

  /// The same with sizes that fit its fields.
  public var sized: Hierarchy {
    var sized = self
    for (number, line) in structs.enumerated() { sized.types[number].size = line.first.map { $0 + 1 } ?? 0 }
    return sized
  }

  /// The same without one type: what derived from it derives from its bases.
  func without(_ number: Int) -> Hierarchy {
    var rest = types
    let removed = rest.remove(at: number)
    for index in rest.indices {
      var bases: [Int] = []
      for base in rest[index].bases {
        for one in base == number ? removed.bases : [base] where !bases.contains(one) { bases.append(one) }
      }
      rest[index].bases = bases.map { $0 > number ? $0 - 1 : $0 }
    }
    return Hierarchy(types: rest).sized
  }
}
