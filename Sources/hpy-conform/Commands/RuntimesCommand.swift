import ArgumentParser
import Model
import Reporting
import Runtimes
import Session
import Worker

struct RuntimesCommand: ConformCommand {
  static let configuration = CommandConfiguration(
    commandName: "runtimes", abstract: "Show the runtimes of a run, what each is, and the lanes that it takes.")

  @Argument(help: "Names from hpy-conform.toml, or paths of interpreters. Default: those of hpy-conform.toml.")
  var wanted: [String] = []

  @OptionGroup var places: PlaceOptions

  func perform() async throws -> ExitStatus {
    Console.setUpColours()
    let files: WorkerFiles
    do {
      files = try WorkerFiles(below: places.cacheFolder())
    } catch {
      throw Problem.unusableCache(error, at: places.cacheFolder())
    }
    let selection = try await RuntimeSelection.make(
      wanted, configuration: Configuration(project: try places.project()), files: files)
    print(RuntimeList.text(selection.runtimes))
    for problem in selection.missing { print("not here: \(problem)") }
    return .asExpected
  }
}
