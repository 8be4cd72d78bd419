/// Runs each figure's plan into its folder.
func runReproduce(_ options: ReproduceOptions, _ context: CommandContext) throws(CommandFailure) {
    try context.run(options.jobs, on: options.backend) { (job, result) throws(CommandFailure) in
        writeMessage(job.closingWords(result))
        try writeOutput("\(job.output)/diagram-all.svg\n")
    }
}
