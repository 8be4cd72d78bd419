import FullrankModel

/// `--standardise` and `--subsample`, of `--inputs FILE`.
extension ParsedArguments {
    /// First all of the file's points are standardised, then some are chosen: what is chosen does not change the numbers.
    func prepared(_ data: DataSet, path: String) throws(CommandFailure) -> DataSet {
        let data = has("--standardise") ? data.standardised() : data
        guard let count = try positive("--subsample") else { return data }
        guard count <= data.points else {
            throw .usage("--subsample: \(count) is more than the \(data.points) rows of \(path.printable())")
        }
        return data.subsample(count, seed: try natural("--seed") ?? 0)
    }

    /// The preparation of the points, of which the first `points` are used; nil for drawn points.
    func preparation(of inputs: InputSource, points: Int) throws(CommandFailure) -> DataPreparation? {
        guard let data = inputs.data else { return nil }
        return DataPreparation(
            isStandardised: has("--standardise"), subsample: try positive("--subsample"),
            duplicates: data.duplicates(among: points))
    }
}

extension InputSource {
    /// What a user should know of a file's points, for standard error.
    func notes(_ preparation: DataPreparation?, points: Int, rowsPerPoint: Int = 1) -> [String] {
        guard case .file(let path, let data) = self, let preparation else { return [] }
        var notes = [String]()
        if preparation.duplicates > 0 {
            notes.append(
                "\(path.printable()): \(preparation.duplicates) of the first \(points) points equal an earlier one: no "
                    + "rank is above \((points - preparation.duplicates) * rowsPerPoint)")
        }
        let constant = preparation.isStandardised ? data.zeroCoordinates : 0
        if constant > 0 {
            notes.append(
                "\(path.printable()): \(constant) of \(data.inputDimension) coordinates are constant, and 0 by --standardise"
            )
        }
        return notes
    }
}
