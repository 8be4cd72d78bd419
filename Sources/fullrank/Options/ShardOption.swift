import FullrankModel
import Glibc

extension ParsedArguments {
    /// `--shard I/K`, or `--shard slurm` in a job array.
    func shard() throws(CommandFailure) -> Shard? {
        guard let text = values["--shard"] else { return nil }
        if text == "slurm" { return try slurmShard() }
        guard let shard = Shard(text) else {
            throw .usage("--shard: \(text.quoted) is neither I/K, I from 1 to K, such as 2/8, nor slurm")
        }
        return shard
    }

    /// The array's first task is shard 1, whatever number the array starts with; its numbers must be without gaps.
    private func slurmShard() throws(CommandFailure) -> Shard {
        func number(_ name: String) throws(CommandFailure) -> Int {
            guard let value = getenv(name).map({ String(cString: $0) }) else {
                throw .usage("--shard slurm: \(name) is not set; this is no Slurm job array (sbatch --array=1-K)")
            }
            guard let number = Int(value) else { throw .usage("--shard slurm: \(name) is \(value.quoted), no number") }
            return number
        }
        let task = try number("SLURM_ARRAY_TASK_ID"), count = try number("SLURM_ARRAY_TASK_COUNT")
        let first = getenv("SLURM_ARRAY_TASK_MIN") == nil ? 1 : try number("SLURM_ARRAY_TASK_MIN")
        guard let shard = Shard(index: task - first + 1, count: count) else {
            throw .usage(
                "--shard slurm: task \(task) of \(count) from \(first) on; write the array without gaps, such as 1-\(count)")
        }
        return shard
    }
}
