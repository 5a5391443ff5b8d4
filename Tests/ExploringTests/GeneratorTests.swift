import Exploring
import Testing

@Suite("Generated hierarchies")
struct GeneratorTests {
  @Test("a seed gives the same hierarchies wherever it is used, and another seed gives others")
  func deterministic() {
    let (one, same, other) = (HierarchyGenerator(seed: 7), HierarchyGenerator(seed: 7), HierarchyGenerator(seed: 8))
    #expect((0..<50).map { one[$0] } == (0..<50).map { same[$0] })
    #expect((0..<50).map { one[$0] } != (0..<50).map { other[$0] })
    // Whoever changes the drawing gives every seed another meaning: replay files stay what they are, seeds don't.
    #expect(
      one[12].types.map { "\($0.name)\($0.bases) \($0.slots.joined(separator: ","))" } == Self.twelfth,
      "seed 7 draws other hierarchies than before: say so in CHANGELOG.md")
  }

  private static let twelfth = [
    "A[] mp_length", "B[0] mp_length,tp_iternext,mp_subscript,nb_positive", "C[1] mp_subscript",
  ]

  @Test("only what the API allows is drawn, and all that can be drawn is")
  func allowed() {
    var features: Set<String> = []
    for number in 0..<3000 {
      let hierarchy = HierarchyGenerator(seed: 1)[number]
      #expect(HierarchyRules.violations(of: hierarchy).isEmpty, "\(number): \(hierarchy)")
      features.formUnion(hierarchy.features)
      if hierarchy.types.count == Hierarchy.limit { features.insert("eight types") }
    }
    let wanted = Set(
      Slots.all + [
        "declines", "base", "bases", "fields", "gc", "member", "offset dictionary", "managed dictionary",
        "offset weak references", "managed weak references", "final", "immutable", "eight types",
      ])
    #expect(wanted.subtracting(features) == [])
  }

  @Test("the MRO is Python's, and bases without a common one have none")
  func mro() {
    let diamond = Hierarchy(types: [
      .init(name: "A"), .init(name: "B", bases: [0]), .init(name: "C", bases: [0]), .init(name: "D", bases: [1, 2]),
      .init(name: "E", bases: [0, 1]),
    ])
    #expect(diamond.resolutionOrders == [[0], [1, 0], [2, 0], [3, 1, 2, 0], nil])
  }
}
