import FullrankTestSupport
import Testing

/// `--shard slurm` and `slurm/K` in the environments that Slurm gives the tasks of job arrays.
@Suite struct SlurmShardTests {
    private let folder = TemporaryFolder()
    private let words = ["sweep", "--backend", "cpu", "--d0", "1", "--n", "5", "--d1", "3", "--trials", "9"]

    /// What Slurm 22.05 sets for a task of an array: a list without a common step has step 1.
    private struct Task: CustomTestStringConvertible {
        var id: Int, first: Int, last: Int, step = 1, count: Int
        var environment: [String] {
            [
                "SLURM_ARRAY_TASK_ID=\(id)", "SLURM_ARRAY_TASK_MIN=\(first)", "SLURM_ARRAY_TASK_MAX=\(last)",
                "SLURM_ARRAY_TASK_STEP=\(step)", "SLURM_ARRAY_TASK_COUNT=\(count)",
            ]
        }
        var testDescription: String { "\(id) of \(first)-\(last):\(step), \(count) tasks" }
    }

    private func run(_ shard: String, _ environment: [String]) -> CommandResult {
        BuiltCommand.run(
            words + ["--shard", shard, "--output", folder.path + "/sweep"], environment: environment)
    }

    private func expectShard(_ shard: String, _ option: String, _ task: Task, _ location: SourceLocation) {
        let result = run(option, task.environment)
        #expect(result.status == 0, "\(result.messages)", sourceLocation: location)
        #expect(folder.text("sweep/plan.json").contains("\"shard\": \"\(shard)\""), sourceLocation: location)
    }

    private func expectRefusal(_ message: String, _ option: String, _ environment: [String], _ location: SourceLocation)
    {
        let result = run(option, environment)
        #expect(result.status == 64, sourceLocation: location)
        #expect(result.messages == "fullrank: sweep: \(message)\n", sourceLocation: location)
        #expect(!folder.holds("sweep"), sourceLocation: location)
    }

    @Test(
        arguments: [
            ("1/8", Task(id: 1, first: 1, last: 8, count: 8)), ("8/8", Task(id: 8, first: 1, last: 8, count: 8)),
            ("1/4", Task(id: 0, first: 0, last: 3, count: 4)), ("4/4", Task(id: 3, first: 0, last: 3, count: 4)),
            ("1/4", Task(id: 1, first: 1, last: 7, step: 2, count: 4)),
            ("3/4", Task(id: 5, first: 1, last: 7, step: 2, count: 4)),
            ("2/2", Task(id: 10, first: 0, last: 10, step: 10, count: 2)),
            ("1/1", Task(id: 1, first: 1, last: 1, count: 1)),
        ] as [(String, Task)])
    private func arraysFromZeroOrOne(shard: String, task: Task) { expectShard(shard, "slurm", task, #_sourceLocation) }

    @Test(arguments: [
        Task(id: 3, first: 1, last: 4, count: 3), Task(id: 4, first: 1, last: 8, step: 2, count: 5),
        Task(id: 1, first: 1, last: 5, count: 3), Task(id: 9, first: 1, last: 8, count: 8),
        Task(id: 1, first: 1, last: 8, step: 0, count: 8),
    ])
    private func arraysWithGaps(task: Task) {
        expectRefusal(
            "--shard slurm: the array has gaps (task \(task.id), \(task.count) tasks from \(task.first) to \(task.last)); "
                + "write --array=1-\(task.count), or --shard slurm/K for some tasks of an array of K",
            "slurm", task.environment, #_sourceLocation)
    }

    /// A task submitted again alone: --array=3 of an array of 8 would pass for an array of one, and compute everything.
    @Test func partsOfAnArray() {
        let task = Task(id: 3, first: 3, last: 3, count: 1)
        expectRefusal(
            "--shard slurm: the array starts at task 3; write --array=1-K, or --shard slurm/K for some tasks of an array "
                + "of K", "slurm", task.environment, #_sourceLocation)
        expectShard("3/8", "slurm/8", task, #_sourceLocation)
    }

    @Test(arguments: [0, 9]) func tasksThatAreNoShard(id: Int) {
        expectRefusal(
            "--shard slurm/8: task \(id) is none of 1 to 8; write --array=1-8", "slurm/8",
            Task(id: id, first: 0, last: 9, count: 10).environment, #_sourceLocation)
    }

    @Test func noArrayAtAll() {
        let words = "is not set; this is no Slurm job array (sbatch --array=1-K)"
        expectRefusal("--shard slurm: SLURM_ARRAY_TASK_ID \(words)", "slurm", [], #_sourceLocation)
        expectRefusal("--shard slurm: SLURM_ARRAY_TASK_ID \(words)", "slurm/8", [], #_sourceLocation)
        expectRefusal(
            "--shard slurm: SLURM_ARRAY_TASK_ID is 'x', no number", "slurm", ["SLURM_ARRAY_TASK_ID=x"], #_sourceLocation
        )
    }

    /// More tasks than trials: some shards are empty, and merged all the same.
    @Test func moreTasksThanTrials() {
        for id in 1...12 {
            let result = BuiltCommand.run(
                words + ["--shard", "slurm", "--output", folder.path + "/shard-\(id)"],
                environment: Task(id: id, first: 1, last: 12, count: 12).environment)
            #expect(result.status == 0, "\(result.messages)")
        }
        let one = BuiltCommand.run(words + ["--output", folder.path + "/one"])
        let merged = BuiltCommand.run(
            ["merge"] + (1...12).map { folder.path + "/shard-\($0)" } + ["--output", folder.path + "/merged"])
        #expect(one.status == 0 && merged.status == 0, "\(merged.messages)")
        expectSame(folder.contents(of: "merged"), folder.contents(of: "one"))
    }
}
