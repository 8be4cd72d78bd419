/// Runs the plan into `options.output`: widths.csv is the answer. To be wired to FullrankSweep's runner.
func runThreshold(_ options: ThresholdOptions, _ context: CommandContext) throws(CommandFailure) {
    throw CommandFailure(.internal, "not wired yet")
}
