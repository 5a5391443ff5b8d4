/// So many compilers at a time; who waits gets a turn in the order of the plan.
actor CompilerSlots {
  private var free: Int
  private var waiting: [(position: Int, turn: CheckedContinuation<Void, Never>)] = []

  init(_ count: Int) { free = count }

  /// Waits for a turn; lower positions come first, whenever they asked.
  func take(at position: Int) async {
    if free > 0 {
      free -= 1
      return
    }
    await withCheckedContinuation { waiting.append((position, $0)) }
  }

  /// How many wait.
  var waitingCount: Int { waiting.count }

  /// Hands a turn back.
  func giveBack() {
    guard let next = waiting.indices.min(by: { waiting[$0].position < waiting[$1].position }) else {
      free += 1
      return
    }
    waiting.remove(at: next).turn.resume()
  }
}
