import FullrankFiles
import FullrankNumbers

extension LandscapeCensus {
    public var genuine: Int { differentiable.values.reduce(0, +) }
    public var boundaryPieces: Int { boundary.values.reduce(0, +) }
    public var singlePieces: Int { single.values.reduce(0, +) }

    /// All counts, one member for each; docs/landscape.md names them.
    private var json: JSONValue {
        let isTrained = problem.frozen == nil
        var members: [JSONValue.Member] = [
            .init("X", .array(problem.points.map { .array($0.map(\.json)) })),
            .init("y", .array(problem.labels.map(\.json))),
            .init("K", .integer(problem.units)),
        ]
        if let frozen = problem.frozen { members.append(.init("frozen", .array(frozen.map(\.json)))) }
        members += [
            .init("cells_per_unit", .integer(cellsPerUnit)), .init("faces_per_unit", .integer(facesPerUnit)),
            .init("rays", .integer(rays)), .init("cells", .integer(cells)), .init("genuine_cells", .integer(genuine)),
            .init("genuine_unique", .integer(unique)), .init("genuine_continuous", .integer(genuine - unique)),
            .init("diff_losses", Self.byLoss(differentiable)), .init("bad_cells", .integer(bad)),
        ]
        if isTrained {
            func bySize(_ value: ([Fraction: Int]) -> JSONValue) -> JSONValue {
                .object(saddles.enumerated().map { .init("\($0.offset)", value($0.element)) })
            }
            members += [
                .init("saddles", bySize { .integer($0.values.reduce(0, +)) }),
                .init("saddle_losses", bySize { Self.byLoss($0) }),
            ]
        }
        members += [
            .init("nondiff_face_options", .integer(boundaryPieces)), .init("nondiff_single", .integer(singlePieces)),
            .init("nondiff_losses", Self.byLoss(boundary)), .init("nondiff_single_losses", Self.byLoss(single)),
            .init("global_min", .string(globalMinimum.description)), .init("valleys", valleyCounts),
        ]
        if isTrained { members.append(.init("frozen_pairs", .integer(signedCells))) }
        members.append(.init("lower_bound_cells", .string(cellBound.description)))
        if isTrained { members.append(.init("genuine_paper_pm", .integer(movingCells))) }
        members.append(.init("nondiff_theorem3", .integer(singleMoving)))
        return .object(members)
    }

    /// One JSON object with a member on each line.
    public var document: String { json.document }

    private static func byLoss(_ counts: [Fraction: Int]) -> JSONValue {
        .object(counts.keys.sorted().map { .init($0.description, .integer(counts[$0] ?? 0)) })
    }

    public var badValleys: Int { valleys.count { $0.loss > globalMinimum } }
    public var trappedValleys: Int { valleys.count(where: \.isTrapped) }
    public var trappedBadValleys: Int { valleys.count { $0.isTrapped && $0.loss > globalMinimum } }

    private var valleyCounts: JSONValue {
        let losses = Set(valleys.map(\.loss)).sorted()
        let byLoss = losses.map { loss -> JSONValue.Member in
            let own = valleys.filter { $0.loss == loss }
            return .init(
                loss.description,
                .integers([own.count, own.count(where: \.isTrapped), own.map(\.boundaries).min() ?? 0]))
        }
        return .object([
            .init("components", .integer(valleys.count)),
            .init("with_diff", .integer(valleys.count { $0.boundaries == 0 })),
            .init("only_nb1", .integer(valleys.count { $0.boundaries == 1 })),
            .init("only_nb2plus", .integer(valleys.count { $0.boundaries > 1 })),
            .init("trapped", .integer(trappedValleys)), .init("bad", .integer(badValleys)),
            .init("bad_trapped", .integer(trappedBadValleys)), .init("by_loss", .object(byLoss)),
        ])
    }

    public static let minimaHeader = "loss,bad,valley,trapped,boundaries,patterns,signs,w,z"

    /// minima.csv: one row for each piece of local minima, with one of its points; rows are separate strings.
    public var minimaRows: [String] {
        minima.map { piece in
            let weights = piece.weights.map { $0.map(\.description).joined(separator: " ") }.joined(separator: ";")
            let isBad = piece.loss > globalMinimum
            return [
                piece.loss.description, isBad ? "1" : "0", "\(piece.valley)",
                valleys[piece.valley].isTrapped ? "1" : "0",
                "\(piece.boundaries)", piece.patterns.joined(separator: ";"), piece.signs.joined(separator: ";"),
                weights,
                piece.outputs.map(\.description).joined(separator: ";"),
            ].joined(separator: ",")
        }
    }
}
