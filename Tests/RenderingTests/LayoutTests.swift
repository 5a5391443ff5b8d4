import Testing

@testable import Documents
@testable import Rendering

@Suite("Texts of a width")
struct LayoutTests {
  @Test(
    "columns are those of a terminal, whatever makes a character",
    arguments: [
      ("abc", 3), ("é", 1), ("e\u{301}", 1), ("日本", 4), ("ｆｕｌｌ", 8), ("✓", 1), ("👩‍👩‍👧", 2), ("❤️", 2), ("\u{200B}", 0),
      ("→…–“”", 5),
    ])
  func columns(_ text: String, _ columns: Int) {
    #expect(text.columns == columns)
  }

  @Test("lines are broken at spaces; a longer word is kept whole; further spaces and lines stay")
  func wrapping() {
    #expect("one two three".wrapped(7) == ["one two", "three"])
    #expect("a veryverylongword b".wrapped(6, first: "- ", rest: "  ") == ["- a", "  veryverylongword", "  b"])
    #expect("a  b\n\nc".wrapped(20) == ["a  b", "", "c"])
    #expect("日本 日本 日本".wrapped(9) == ["日本 日本", "日本"])
    #expect("".wrapped(9, first: "x ") == ["x "])
  }

  @Test("columns of a table are aligned by what a terminal shows")
  func table() {
    let lines = Table.lines([[Styled("name"), Styled("x")], [Styled("日本\n語"), Styled("y")]])
    #expect(lines == ["name     x", "日本 語  y"])
  }

  @Test("texts are cut with an ellipsis; of long ones what they share is left out")
  func cutting() {
    #expect(Printable.line("a\nb\tc") == "a b c")
    #expect(Printable.line("abcdef", 3) == "abc…")
    #expect(Printable.line("abc", 3) == "abc")
    let shared = String(repeating: "the same ", count: 10)
    #expect(
      Printable.lines([shared + "one", shared + "two"], 40) == ["… the same the same one", "… the same the same two"])
    #expect(Printable.lines(["a\nb", "a b"], 40) == ["a␊b", "a b"])
  }

  @Test(
    "a text is one word of a shell",
    arguments: [
      ("s/c/n@universal+debug@cpython-3.11", "s/c/n@universal+debug@cpython-3.11"), ("s/c/*", "'s/c/*'"),
      ("a b", "'a b'"), ("it's", "'it'\\''s'"), ("", "''"), ("é", "'é'"), ("a\nb", "'a\nb'"), ("$HOME", "'$HOME'"),
    ])
  func quoting(_ text: String, _ quoted: String) {
    #expect(ShellCommand.quoted(text) == quoted)
  }

  @Test("runtimes with the same lanes stand together")
  func whereabouts() {
    let loads = ["a@py-1", "b@py-1", "b@py-3", "b@py-2", "a@py-2", "b@py-2", "b:py-1@py-4"]
    #expect(Words.whereabouts(loads) == "a, b on py-1, py-2; b on py-3; b:py-1 on py-4")
    #expect(Words.whereabouts([]) == "")
  }
}
