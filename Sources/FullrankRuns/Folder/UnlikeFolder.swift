import FullrankFiles

/// Which of the folders to be merged is not like the others.
package enum UnlikeFolder {
    /// The plan that most folders share counts as theirs; of several that as many share, the one that comes first.
    ///
    /// - Parameters:
    ///   - paths: of the folders.
    ///   - differences: of the first folder's plan from the second's, by their places.
    /// - Throws: `unlikeFolder`, naming the first folder of another plan, and the first one of the shared plan.
    package static func check(
        _ paths: [String], _ differences: (_ folder: Int, _ other: Int) -> [PlanDifference]
    ) throws(SweepFolderError) {
        // By plan: the places of its folders, ascending.
        var groups = [[Int]]()
        for folder in paths.indices {
            if let like = groups.firstIndex(where: { differences(folder, $0[0]).isEmpty }) {
                groups[like].append(folder)
            } else {
                groups.append([folder])
            }
        }
        guard groups.count > 1 else { return }
        let most = groups.reduce(0) { max($0, $1.count) }
        let shared = groups.first { $0.count == most } ?? groups[0]
        guard let unlike = groups.first(where: { $0 != shared }) else { return }
        throw .unlikeFolder(
            path: paths[unlike[0]], other: paths[shared[0]], differences: differences(unlike[0], shared[0]))
    }
}
