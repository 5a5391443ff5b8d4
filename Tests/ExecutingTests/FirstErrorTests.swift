import Foundation
import Platform
import Testing

@Suite("What goes wrong beside the work")
struct FirstErrorTests {
  private enum Odd: Error { case first, second }

  private static func told(_ trouble: FirstError) -> Odd? { trouble.error as? Odd }

  /// Work that goes on until it is cancelled.
  private static func work() -> Task<Void, Never> {
    Task { while !Task.isCancelled { try? await Task.sleep(for: .milliseconds(5)) } }
  }

  @Test("the first error is told, whatever comes after it")
  func first() {
    let trouble = FirstError()
    #expect(trouble.error == nil)
    trouble.note(Odd.first)
    trouble.note(Odd.second)
    trouble.end(Odd.second)
    #expect(Self.told(trouble) == .first)
  }

  @Test("an error that is noted lets the work go on; one that ends it cancels it, the first or a later one")
  func ending() async {
    for earlier in [false, true] {
      let trouble = FirstError()
      let work = Self.work()
      trouble.endsWork(work)
      if earlier {
        trouble.note(Odd.first)
        #expect(!work.isCancelled)
      }
      trouble.end(Odd.second)
      #expect(work.isCancelled)
      await work.value
      #expect(Self.told(trouble) == (earlier ? .first : .second))
    }
  }

  @Test("work that is named behind an error that ends it is ended at once")
  func late() async {
    let trouble = FirstError()
    trouble.end(Odd.first)
    let work = Self.work()
    trouble.endsWork(work)
    #expect(work.isCancelled)
    await work.value
  }
}

@Suite("Tasks that block")
struct BlockingPoolTests {
  @Test("more tasks may block at a time than there are cores, and others go on meanwhile")
  func many() async {
    let count = 2 * ProcessInfo.processInfo.activeProcessorCount + 2
    let started = DispatchSemaphore(value: 0)
    let gate = DispatchSemaphore(value: 0)
    let deadline = DispatchTime.now() + 30
    let tasks = (0..<count).map { _ in
      Task(executorPreference: .blocking) { Self.passes(gate, behind: started, until: deadline) }
    }
    let opener = Task(executorPreference: .blocking) {
      Self.opens(gate, behind: started, for: count, until: deadline)
    }
    #expect(await opener.value, "all of them stand at the gate; none would if they shared a thread")
    for task in tasks { #expect(await task.value) }
  }

  private static func passes(
    _ gate: DispatchSemaphore, behind started: DispatchSemaphore, until deadline: DispatchTime
  ) -> Bool {
    started.signal()
    return gate.wait(timeout: deadline) == .success
  }

  private static func opens(
    _ gate: DispatchSemaphore, behind started: DispatchSemaphore, for count: Int, until deadline: DispatchTime
  ) -> Bool {
    guard (0..<count).allSatisfy({ _ in started.wait(timeout: deadline) == .success }) else { return false }
    for _ in 0..<count { gate.signal() }
    return true
  }
}
