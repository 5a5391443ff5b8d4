import Exploring
import Model
import Testing

@Suite("What the API allows of hierarchies, and their files")
struct RuleTests {
  @Test(
    "a combination that is forbidden is refused with its line and the way out",
    arguments: [
      ("hierarchy = \"2\"\n", 1, "version 2"),
      ("hierarchy = \"1\"\n", 1, "0 types"),
      ("hierarchy = \"1\"\n[[type]]\nname = \"A\"\nslots = [\"nb_plus\"]\n", 4, "`nb_plus` is no slot"),
      ("hierarchy = \"1\"\n[[type]]\nname = \"A\"\nbases = [\"B\"]\n", 4, "no type B stands above"),
      ("hierarchy = \"1\"\n[[type]]\nname = \"A\"\n[[type]]\nname = \"A\"\n", 5, "two types A"),
      (
        "hierarchy = \"1\"\n[[type]]\nname = \"A\"\nslots = [\"tp_hash\"]\ndeclines = [\"tp_hash\"]\n", 5,
        "NotImplemented"
      ),
      ("hierarchy = \"1\"\n[[type]]\nname = \"A\"\ngc = true\n", 2, "no struct"),
      ("hierarchy = \"1\"\n[[type]]\nname = \"A\"\nfields = true\ndictionary = \"managed\"\n", 2, "collector"),
      (
        "hierarchy = \"1\"\n[[type]]\nname = \"A\"\nfinal = true\n[[type]]\nname = \"B\"\nbases = [\"A\"]\n", 7, "final"
      ),
      (
        "hierarchy = \"1\"\n[[type]]\nname = \"A\"\nfields = true\n[[type]]\nname = \"B\"\nfields = true\n[[type]]\nname = \"C\"\n"
          + "bases = [\"A\", \"B\"]\n", 10, "structs of A and B conflict"
      ),
      (
        "hierarchy = \"1\"\n[[type]]\nname = \"A\"\n[[type]]\nname = \"B\"\nbases = [\"A\"]\n[[type]]\nname = \"C\"\n"
          + "bases = [\"A\", \"B\"]\n", 9, "no common MRO"
      ),
      (
        "hierarchy = \"1\"\n[[type]]\nname = \"A\"\n[[type]]\nname = \"B\"\nbases = [\"A\"]\nimmutable = true\n", 7,
        "not immutable"
      ),
      ("hierarchy = \"1\"\n[[type]]\nname = \"A\"\nmember = \"any\"\n", 4, "`member` is \"any\""),
      ("hierarchy = \"1\"\n[[type]]\nname = \"A\"\nbase = []\n", 4, "unknown key `base`"),
    ])
  func refused(text: String, line: Int, words: String) throws {
    let problem = try #require(throws: Problem.self) { try HierarchyFile(text, file: "one.toml") }
    #expect(problem.place.hasPrefix("one.toml:"))
    #expect(problem.description.contains(words), "\(problem)")
    if words != "0 types" { #expect(problem.place == "one.toml:\(line)", "\(problem)") }
    #expect(!problem.remedy.isEmpty)
  }

  @Test("what is written is read again as the same, for all that is drawn")
  func roundTrip() throws {
    for number in 0..<500 {
      let file = HierarchyFile(HierarchyGenerator(seed: 3)[number], shows: ["a, b | c | d \"e\" | f"])
      #expect(try HierarchyFile(file.text, file: "x") == file)
    }
  }

  @Test("a forbidden combination can be asked for, but not a slot that there isn't")
  func forbidden() throws {
    let text = "hierarchy = \"1\"\n[[type]]\nname = \"A\"\nfields = true\ndictionary = \"managed\"\n"
    #expect(try HierarchyFile(text, file: "x", forbidden: true).hierarchy.types[0].dictionary == .managed)
    #expect(throws: Problem.self) {
      try HierarchyFile(
        "hierarchy = \"1\"\n[[type]]\nname = \"A\"\nslots = [\"nb_plus\"]\n", file: "x", forbidden: true)
    }
  }
}
