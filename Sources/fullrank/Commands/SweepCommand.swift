/// Runs a plan into `options.output`. To be wired to FullrankSweep's runner.
func runSweep(_ options: SweepOptions, _ context: CommandContext) throws(CommandFailure) {
    throw CommandFailure(.internal, "not wired yet")
}
