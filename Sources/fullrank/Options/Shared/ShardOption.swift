import FullrankModel
import FullrankPlatform

extension ParsedArguments {
    /// `--shard I/K`; in a Slurm job array also `slurm`, both numbers from the array, and `slurm/K`, task I being shard I.
    func shard() throws(CommandFailure) -> Shard? {
        guard let text = values["--shard"] else { return nil }
        if text == "slurm" { return try SlurmArray().shard() }
        if text.hasPrefix("slurm/"), let count = Shard("1/" + text.dropFirst("slurm/".count))?.count {
            return try SlurmArray.shard(of: count)
        }
        guard let shard = Shard(text) else {
            throw .usage("--shard: \(text.quoted) is neither I/K, I from 1 to K, such as 2/8, nor slurm or slurm/K")
        }
        return shard
    }
}

/// The job array this process is a task of, as Slurm's environment tells it.
private struct SlurmArray {
    let task: Int
    let first: Int
    let last: Int
    let step: Int
    let count: Int

    init() throws(CommandFailure) {
        task = try Self.number("SLURM_ARRAY_TASK_ID")
        first = try Self.number("SLURM_ARRAY_TASK_MIN")
        last = try Self.number("SLURM_ARRAY_TASK_MAX")
        count = try Self.number("SLURM_ARRAY_TASK_COUNT")
        step = getenv("SLURM_ARRAY_TASK_STEP") == nil ? 1 : try Self.number("SLURM_ARRAY_TASK_STEP")
    }

    /// The array's first task is shard 1, the next shard 2: arrays from 0 or 1 on, with steps or without.
    ///
    /// Other arrays are refused. Slurm does not say which tasks a list such as 1,3,4 holds, so that a task can't know
    /// its place in it; and one that begins at 3 is rather some tasks of a larger array, submitted again, whose shards
    /// would silently be others than before.
    func shard() throws(CommandFailure) -> Shard {
        guard first <= 1 else {
            throw .usage(
                "--shard slurm: the array starts at task \(first); write --array=1-K, or --shard slurm/K for some "
                    + "tasks of an array of K")
        }
        guard step > 0, last >= first, (last - first) % step == 0, (last - first) / step + 1 == count,
            (task - first) % step == 0, let shard = Shard(index: (task - first) / step + 1, count: count)
        else {
            throw .usage(
                "--shard slurm: the array has gaps (task \(task), \(count) tasks from \(first) to \(last)); write "
                    + "--array=1-\(max(count, 1)), or --shard slurm/K for some tasks of an array of K")
        }
        return shard
    }

    /// Task I of any array is shard I of K: some of them can be submitted again.
    static func shard(of count: Int) throws(CommandFailure) -> Shard {
        let task = try number("SLURM_ARRAY_TASK_ID")
        guard let shard = Shard(index: task, count: count) else {
            throw .usage("--shard slurm/\(count): task \(task) is none of 1 to \(count); write --array=1-\(count)")
        }
        return shard
    }

    private static func number(_ name: String) throws(CommandFailure) -> Int {
        guard let text = getenv(name).map({ String(cString: $0) }) else {
            throw .usage("--shard slurm: \(name) is not set; this is no Slurm job array (sbatch --array=1-K)")
        }
        // Slurm's largest array has four million tasks.
        guard let number = Int(text), (0...1_000_000_000).contains(number) else {
            throw .usage("--shard slurm: \(name) is \(text.quoted), no number")
        }
        return number
    }
}
