import ArgumentParser
import Reporting
import Storing

struct RunsCommand: ConformCommand {
  static let configuration = CommandConfiguration(commandName: "runs", abstract: "List the runs of a database.")

  @OptionGroup var places: PlaceOptions
  @OptionGroup var database: DatabaseOptions

  func perform() async throws -> ExitStatus {
    Console.setUpColours()
    let store = try Store(path: try database.path(places), .read)
    print(try RunList(store).text)
    return .asExpected
  }
}
