import Dispatch

/// Runs tasks that block: on locks, on files that are hashed, on SQLite. Swift's own pool has a thread for each core, and
/// a blocked one would keep the work of others waiting; this one gets further threads while some are blocked.
///
/// `Task(executorPreference: .blocking)`, `withTaskExecutorPreference(.blocking)`. The whole command runs in it; tasks
/// that are not children of another task have to ask for it.
public final class BlockingPool: TaskExecutor {
  fileprivate static let shared = BlockingPool()
  private let queue = DispatchQueue(label: "blocking", attributes: .concurrent)

  private init() {}

  public func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}

extension TaskExecutor where Self == BlockingPool {
  /// The pool for tasks that block.
  public static var blocking: BlockingPool { BlockingPool.shared }
}
