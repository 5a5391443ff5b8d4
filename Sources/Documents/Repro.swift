import Foundation
import Model
import Planning

/// A folder that shows a cell's difference without this program: the case's files as the run used them, what the
/// scenario file imports, and one script with the commands that built the binaries.
public struct Repro: Sendable {
  /// A cell that the script builds and runs: the one at hand, or the one that it is shown beside.
  public struct Side: Sendable {
    public var cell: CellID
    /// Path that starts the runtime's interpreter.
    public var interpreter: String
    /// What its binary was built by, in order, as a run stored it.
    public var steps: [BuildStep]
    /// Name of the module that a package is imported as.
    public var module: String

    public init(cell: CellID, interpreter: String, steps: [BuildStep], module: String = "ext") {
      self.cell = cell
      self.interpreter = interpreter
      self.steps = steps
      self.module = module
    }
  }

  public var cell: Side
  /// nil where nothing is shown beside it.
  public var reference: Side?
  /// What the script begins with, for people: a line each.
  public var notes: [String]
  /// Whether the scenario is called again, to count what each call leaves behind.
  public var countsLeaks = false
  /// Whether the difference shows under `PYTHONMALLOC=debug` alone.
  public var debugsMemory = false

  public init(cell: Side, reference: Side?, notes: [String]) {
    self.cell = cell
    self.reference = reference
    self.notes = notes
  }

  public static let scriptName = "repro.sh"
  /// Folder of the headers that this program brings, beside the case's files.
  public static let support = "support"
  private static let driver = "run_scenario.py"

  /// The text of the script.
  public var script: String {
    let sides = [cell] + (reference.map { [$0] } ?? [])
    return """
      #!/bin/sh
      \(notes.map { "# \(Printable.line($0, .max))" }.joined(separator: "\n"))
      #
      #   ./\(Self.scriptName)         builds, runs the scenario and shows the differences; exit code 1 if there are any
      #   ./\(Self.scriptName) --gdb   runs it under gdb, which stops at a crash, or at a hang of ten seconds
      cd "$(dirname "$0")" || exit 70
      ulimit -c 0
      ulimit -s 8192
      export LC_ALL=C.UTF-8 PYTHONHASHSEED=0 PYTHONNOUSERSITE=1 PYTHONDONTWRITEBYTECODE=1

      run() { # FOLDER COMMAND...: what is printed stays in FOLDER/output
          output=$1/output
          shift
          "$@" > "$output"
          status=$?
          [ $status -gt 128 ] && echo "ended: killed by signal $((status - 128)) ($(kill -l $((status - 128))))" >> "$output"
          cat "$output"
          [ $status -eq 0 ]
      }

      \(sides.map { Self.build($0) }.joined(separator: "\n\n"))

      \(gdb)

      found=0
      \(sides.map { show($0) }.joined(separator: "\n"))
      \(comparison)if [ $found -eq 0 ]; then echo "== no difference, and no broken promise"; fi
      exit $found

      """
  }

  // MARK: Parts of the script

  /// What a side's products and output lie in.
  private static func folder(of side: Side) -> String {
    "build/" + side.cell.load.description.map { $0.isLetter || $0.isNumber || $0 == "." ? String($0) : "-" }.joined()
  }

  private static func build(_ side: Side) -> String {
    let folder = folder(of: side)
    let commands = RelativeCommands(side, folder: folder).lines
    return """
      # \(Printable.line(side.cell.load.description))
      mkdir -p \(folder)
      \(commands.map { "\($0) || exit 70" }.joined(separator: "\n"))
      """
  }

  /// The command that runs the scenario.
  private func command(_ side: Side) -> String {
    let lane = side.cell.lane
    let loader = lane.loader(module: side.module)
    let commands = RelativeCommands(side, folder: Self.folder(of: side))
    // What the file is called tells how a further module is loaded (`Flavour.fileName`).
    let others = commands.others.map { path in
      let isUniversal = (path as NSString).lastPathComponent.contains(".hpy")
      return "--beside=\(isUniversal ? lane.mode.hpyName : "import"):\(path)"
    }
    let words = [
      ShellCommand.quoted(side.interpreter), Self.driver, loader, commands.product, side.cell.scenario.name,
    ]
    return (words + others).joined(separator: " ") + (countsLeaks && lane.countsRepeats ? " --leaks" : "")
  }

  private var environment: String { debugsMemory ? "PYTHONMALLOC=debug " : "" }

  private var gdb: String {
    """
    if [ "$1" = --gdb ]; then
        command -v gdb > /dev/null || { echo "gdb is not installed: apt-get install gdb" >&2; exit 69; }
        [ -t 0 ] || batch=-batch
        # An interpreter may be a script or a link: gdb follows what env starts.
        exec env SHELL=/bin/sh gdb -q $batch -nx -iex "set debuginfod enabled off" \\
            -ex "handle SIGALRM stop print nopass" -ex run -ex bt --args \\
            env \(environment)\(command(cell)) --here
    fi
    """
  }

  private func show(_ side: Side) -> String {
    let isReference = side.cell != cell.cell
    let run = "run \(Self.folder(of: side)) env \(environment)\(command(side))"
    return """
      echo "== \(Printable.line(side.cell.load.description))\(isReference ? ", the reference" : "")"
      \(run)\(isReference ? "" : " || found=1")
      """
  }

  private var comparison: String {
    guard let reference else { return "" }
    let outputs = "\(Self.folder(of: reference))/output \(Self.folder(of: cell))/output"
    let labels = [reference, cell].map { "-L \(ShellCommand.quoted($0.cell.load.description))" }.joined(separator: " ")
    return """
      echo "== differences, from the reference (-) to the cell (+)"
      diff -U 1 \(labels) \(outputs) || found=1

      """
  }
}

/// Stored build steps as commands that can be called in a folder with the case's files.
private struct RelativeCommands {
  private(set) var lines: [String] = []
  /// Path of the binary.
  private(set) var product = ""
  /// Of those of the case's further modules.
  private(set) var others: [String] = []

  init(_ side: Repro.Side, folder: String) {
    var objects: [String] = []
    var compiled = 0
    for step in side.steps {
      var words = step.command.joined(separator: " ").split(separator: " ").map(String.init)
      if step.kind == .install {
        product = "\(folder)/site"
        let packages = words.drop { $0 != "--target" }.dropFirst(2)
        lines.append(
          Self.line(
            [side.interpreter, "-m", "pip", "install", "--quiet", "--no-deps", "--target", product] + packages))
        continue
      }
      let output = words.last ?? ""
      words.removeLast(min(2, words.count))
      switch step.kind {
      case .compile:
        compiled += 1
        let object = "\(folder)/\(compiled)-\((words.last as NSString?)?.lastPathComponent ?? "").o"
        objects.append(object)
        lines.append(Self.line(Self.compile(words) + ["-o", object]))
      case .link:
        let linked = "\(folder)/\(output)"
        if product.isEmpty { product = linked } else { others.append(linked) }
        var rest = objects[...]
        let inputs = words.map { $0.hasSuffix("/object.o") ? rest.popFirst() ?? $0 : $0 }
        objects = []
        lines.append(Self.line(inputs + ["-o", linked]))
      case .install: break
      }
    }
  }

  /// The same with the case's folder as `.`, and the headers of this program beside it.
  private static func compile(_ words: [String]) -> [String] {
    // The case's folder is the one that debug information is told without; HPy's own sources have none.
    let mapping = words.first { $0.hasPrefix("-ffile-prefix-map=") }
    let own = mapping.flatMap { $0.split(separator: "=").dropFirst().first }.map(String.init)
    return words.filter { $0 != mapping }.map { word in
      if let own, word == "-I\(own)" { return "-I." }
      if let own, word.hasPrefix(own + "/") { return String(word.dropFirst(own.count + 1)) }
      return word.replacing(#/^(-I|)\/.*\/support\/[0-9a-f]{12}(\/|$)/#) { match in
        "\(match.1)\(Repro.support)\(match.2)"
      }
    }
  }

  private static func line(_ words: [String]) -> String { words.map { ShellCommand.quoted($0) }.joined(separator: " ") }
}
