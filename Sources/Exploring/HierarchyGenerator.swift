/// Draws hierarchies: the same ones for the same seed, on every machine.
public struct HierarchyGenerator: Sendable {
  /// What decides them, with this version of the drawing.
  public let seed: UInt64

  public init(seed: UInt64) { self.seed = seed }

  /// The hierarchy of a number; each is drawn by itself, so that any of them can be made again.
  public subscript(number: Int) -> Hierarchy {
    var random = Random(seed: seed, number: UInt64(number))
    return Self.draw(with: &random)
  }

  private static func draw(with random: inout Random) -> Hierarchy {
    let count = 1 + random.below(random.chance(4) ? Hierarchy.limit : 5)
    let pool = slots(with: &random)
    let hasStructs = random.chance(3)
    let isImmutable = random.chance(12)
    let dictionary: Hierarchy.Place = hasStructs && random.chance(3) ? (random.chance(2) ? .managed : .offset) : .none
    var hierarchy = Hierarchy(types: [])
    for number in 0..<count {
      var type = Hierarchy.Description(name: String(UnicodeScalar(UInt8(65 + number))))
      type.slots = pool.filter { _ in random.chance(3) }
      type.declines = type.slots.filter { Slots.mayDecline($0) && random.chance(5) }
      type.immutable = isImmutable
      if hasStructs, random.chance(2) { addStruct(to: &type, dictionary, with: &random) }
      place(type, in: &hierarchy, with: &random)
    }
    if random.chance(10) { hierarchy.types[count - 1].final = true }
    return hierarchy.sized
  }

  /// One to six slots, most of them of one or two groups.
  private static func slots(with random: inout Random) -> [String] {
    let groups = [random.pick(Slots.groups), random.pick(Slots.groups)]
    var drawn: [String] = []
    for _ in 0..<(1 + random.below(6)) {
      let slot = random.chance(6) ? random.pick(Slots.all) : random.pick(random.pick(groups))
      if !drawn.contains(slot) { drawn.append(slot) }
    }
    // Slots that share an operator meet more often than by chance.
    for (one, others) in partners where drawn.contains(one) && random.chance(2) {
      let other = random.pick(others)
      if !drawn.contains(other) { drawn.append(other) }
    }
    return drawn
  }

  private static let partners: [(String, [String])] = [
    ("nb_add", ["sq_concat", "nb_inplace_add"]), ("nb_multiply", ["sq_repeat", "nb_inplace_multiply"]),
    ("nb_inplace_add", ["nb_add", "sq_inplace_concat"]), ("nb_inplace_multiply", ["sq_inplace_repeat", "nb_multiply"]),
    ("sq_length", ["mp_length", "nb_bool"]), ("sq_item", ["mp_subscript", "tp_iter"]),
    ("sq_ass_item", ["mp_ass_subscript"]), ("tp_richcompare", ["tp_hash"]), ("tp_hash", ["tp_richcompare"]),
    ("tp_getattro", ["tp_setattro"]), ("tp_str", ["tp_repr"]), ("nb_int", ["nb_index"]), ("nb_float", ["nb_index"]),
    ("sq_contains", ["tp_iter", "sq_item"]), ("bf_getbuffer", ["bf_releasebuffer"]),
    ("tp_descr_get", ["tp_descr_set"]), ("tp_new", ["tp_init"]),
  ]

  private static func addStruct(
    to type: inout Hierarchy.Description, _ dictionary: Hierarchy.Place, with random: inout Random
  ) {
    type.fields = true
    type.gc = dictionary == .managed || random.chance(2)
    if random.chance(3) { type.member = random.chance(3) ? .readonly : .writable }
    if dictionary != .none, random.chance(2) { type.dictionary = dictionary }
    if dictionary != .none, random.chance(3) { type.weak = dictionary }
  }

  /// Gives a type bases that it may have: other ones where it may not, and none in the end.
  private static func place(
    _ type: Hierarchy.Description, in hierarchy: inout Hierarchy, with random: inout Random
  ) {
    let earlier = hierarchy.types.count
    for attempt in 0..<6 {
      var candidate = type
      let count = attempt == 5 ? 0 : min(earlier, [0, 1, 1, 2, 2, 2, 3][random.below(7)])
      var left = Array(0..<earlier)
      for _ in 0..<count { candidate.bases.append(left.remove(at: random.below(left.count))) }
      var tried = Hierarchy(types: hierarchy.types + [candidate])
      if candidate.fields, tried.resolutionOrders[earlier]?.contains(where: { tried.types[$0].gc }) ?? false {
        tried.types[earlier].gc = true
      }
      if HierarchyRules.violations(of: tried).isEmpty || attempt == 5 {
        hierarchy = tried
        return
      }
    }
  }
}

/// Numbers that a seed decides: SplitMix64 (Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators").
struct Random: Sendable {
  private var state: UInt64

  init(seed: UInt64, number: UInt64) {
    state = seed
    state = next() ^ (number &* 0x9E37_79B9_7F4A_7C15)
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// 0 up to a limit that is not reached.
  mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }

  /// True once in so many times.
  mutating func chance(_ times: Int) -> Bool { below(times) == 0 }

  mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }
}
