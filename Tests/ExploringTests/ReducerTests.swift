import Exploring
import Model
import TestBuilders
import Testing

@Suite("Making hierarchies smaller, and what is known of kinds")
struct ReducerTests {
  @Test("all that is not needed goes, and what stays is allowed")
  func reduced() async {
    // Whatever has a type with two bases, one of which is below a type with nb_add.
    func shows(_ hierarchy: Hierarchy) -> Bool {
      hierarchy.types.contains { type in
        type.bases.count == 2
          && type.bases.contains { base in
            hierarchy.resolutionOrders[base]?.contains { hierarchy.types[$0].slots.contains("nb_add") } ?? false
          }
      }
    }
    let generator = HierarchyGenerator(seed: 5)
    var found = 0
    for number in 0..<3000 where shows(generator[number]) {
      found += 1
      let smallest = await Reducer.reduced(generator[number]) { $0.firstIndex(where: shows) }
      #expect(smallest.types.count == 3)
      #expect(smallest.types.flatMap(\.slots) == ["nb_add"])
      #expect(smallest.types.allSatisfy { !$0.fields && !$0.gc && !$0.final && !$0.immutable && $0.declines.isEmpty })
      #expect(smallest.types.map(\.name) == ["A", "B", "C"])
      #expect(HierarchyRules.violations(of: smallest).isEmpty)
    }
    #expect(found > 5)
  }

  @Test("each step is another hierarchy, so that making it smaller ends")
  func ends() {
    for number in 0..<300 {
      let hierarchy = HierarchyGenerator(seed: 2)[number]
      #expect(!Reducer.steps(from: hierarchy).contains(hierarchy))
    }
  }

  private static let cause = LedgerCause(
    name: "tables", reason: "r", link: "l", lanes: [],
    runtimes: [LedgerEntry.Runtimes(implementation: "cpython", version: VersionRange(">=3.8")!)])

  @Test("a kind has the cause whose patterns cover all of it, on the runtimes of the cause")
  func known() throws {
    let known = try KnownKinds(
      """
      [[kinds]]
      cause = "tables"
      sides = "heap, static"
      operation = ["binary", "unary"]
      left = ["*side", "*base"]
      """, file: "kinds.toml", causes: [Self.cause])
    let runtime = Runtime.sample()
    func cause(_ text: String) throws -> String? {
      known.cause(of: try #require(DisagreementKind(text)), on: runtime)?.name
    }
    #expect(try cause("heap, static | binary | slot:first side | TypeError") == "tables")
    #expect(try cause("heap, static | binary | slot:first ancestor | TypeError") == nil)
    #expect(try cause("heap, static | length | slot:first side | TypeError") == nil)
    #expect(try cause("python, heap | binary | slot:first side | TypeError") == nil)
    #expect(DisagreementKind("heap, static | binary") == nil)
  }

  @Test("an entry that names no cause is refused with its line")
  func unknownCause() throws {
    let problem = try #require(throws: Problem.self) {
      try KnownKinds("[[kinds]]\ncause = \"table\"\n", file: "kinds.toml", causes: [Self.cause])
    }
    #expect(problem.place == "kinds.toml:2")
    #expect(problem.remedy.contains("tables"))
  }

  @Test("what is accepted is a scenario of Python's, with what the data model says as its expectation")
  func accepted() throws {
    let hierarchy = Hierarchy(types: [.init(name: "A", slots: ["sq_item"]), .init(name: "B", bases: [0], final: true)])
    let kind = try #require(DisagreementKind("python, heap | item by key | TypeError | mp_subscript:own"))
    let scenario = try AcceptedScenario(
      name: "items", kind, hierarchy,
      ToldDisagreement(type: "B", operation: "x['k']", left: "TypeError", right: "A.mp_subscript"))
    #expect(scenario.text.contains("def items(ext):"))
    #expect(scenario.text.contains("A={\"slots\": [\"sq_item\"]},"))
    #expect(scenario.text.contains("B={\"bases\": [\"A\"], \"final\": True},"))
    #expect(scenario.text.contains("made.does(\"B\", \"x['k']\"), \"TypeError\","))
    #expect(scenario.ledgerEntry.contains("scenario = \"hierarchies/items\""))
    let rule = try #require(DisagreementKind("rules, heap | destruction | once | never"))
    #expect(throws: Problem.self) { try AcceptedScenario(name: "x", rule, hierarchy, ToldDisagreement()) }
    #expect(throws: Problem.self) {
      try AcceptedScenario(name: "no name", kind, hierarchy, ToldDisagreement(operation: "x"))
    }
  }
}
