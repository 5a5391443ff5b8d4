import Documents
import Foundation
import Rendering

let document = try JSONDecoder().decode(ReportDocument.self, from: FileHandle.standardInput.readToEnd() ?? Data())
try FileHandle.standardOutput.write(contentsOf: Data(PageRenderer().text(of: document).utf8))
