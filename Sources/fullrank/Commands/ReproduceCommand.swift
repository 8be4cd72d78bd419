/// Runs each figure's plan into its folder.
func runReproduce(_ options: ReproduceOptions, _ context: CommandContext) throws(CommandFailure) {
    let jobs = options.figures.map {
        SweepJob(title: $0.name, plan: $0.plan, data: nil, output: $0.output, isReplacing: options.isReplacing)
    }
    try context.run(jobs, on: options.backend) { (job, result) throws(CommandFailure) in
        writeMessage(job.closingWords(result))
        try writeOutput("\(job.output)/diagram-all.svg\n")
    }
}
