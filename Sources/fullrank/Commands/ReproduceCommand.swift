/// Runs each figure's plan into its folder. To be wired to FullrankSweep's runner.
func runReproduce(_ options: ReproduceOptions, _ context: CommandContext) throws(CommandFailure) {
    throw CommandFailure(.internal, "not wired yet")
}
