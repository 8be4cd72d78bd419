import FullrankDimension
import FullrankModel
import FullrankReport

extension DimensionSummary {
    /// One line for people.
    var words: String { problem.isPolynomial ? polynomialWords : functionalWords }

    private var name: String {
        "\(problem.architecture), \(problem.activation)\(problem.biases ? " with biases" : ""), P = \(problem.parameters)"
    }

    /// "2-3-4-1, power:2, P = 22: dimension 9, expected 9, ambient 9, defect 0, filling: proved"
    private var polynomialWords: String {
        if !isProved, errorBound == 1 {
            return
                "\(name): dimension from \(dimension) to \(bound): proved; that is as much as --points \(points) can show: "
                + "leave it out, or give at least \(bound)"
        }
        let text =
            "\(name): dimension \(dimension), expected \(problem.expected), "
            + "ambient \(problem.ambient?.digits ?? ""), defect \(defect), \(isFilling == true ? "" : "not ")filling"
        if isProved { return text + ": proved" }
        return text
            + "; proved: from \(dimension) to \(bound); above \(dimension) with a chance of about 1 in \(Self.odds(errorBound))"
    }

    /// "5-5-5-5-1, relu, P = 96, 810 points: functional dimension from 50 to 81, mean 71.2, standard error 0.5, bound 81,
    /// reached by 0.07 of 200 networks"
    private var functionalWords: String {
        let ranks = histogram.map(\.rank)
        let range = ranks.first == ranks.last ? "\(ranks.first ?? 0)" : "from \(ranks.first ?? 0) to \(ranks.last ?? 0)"
        let error = standardError.map { ", standard error \(fixed($0, 3))" } ?? ""
        return
            "\(name), \(counted(points, "point")): functional dimension \(range), mean \(fixed(mean, 2))\(error); bound \(bound), "
            + "reached by \(atBound) of \(counted(trials, "network"))"
    }

    /// "72057594037", or "more than 10^15".
    static func odds(_ chance: Double) -> String { 1 / chance < 1e15 ? "\(Int(1 / chance))" : "more than 10^15" }
}

extension DimensionSummary {
    /// As --json prints it. Numbers beyond 2^63 are text.
    var json: JSONText {
        var members: [(String, JSONText)] = [
            ("architecture", .array(problem.architecture.widths.map { .integer($0) })),
            ("activation", .string(problem.activation.description)), ("biases", .boolean(problem.biases)),
            ("num_parameters", .integer(problem.parameters)), ("points", .integer(points)),
            ("trials", .integer(trials)),
            ("bound", .integer(bound)),
        ]
        if let ambient = problem.ambient {
            members += [
                ("dimension_computed", .integer(dimension)), ("expected_dimension", .integer(problem.expected)),
                ("ambient_dimension", ambient.int.map { .integer($0) } ?? .string(ambient.digits)),
                ("defect", .integer(defect)),
                ("is_full_dimension", .boolean(isFilling == true)),
                ("is_unimodal", .boolean(problem.architecture.isUnimodal)),
                ("proved", .boolean(isProved)), ("error_bound", .number(errorBound)),
            ]
        } else {
            members += [
                ("mean", .number(mean)), ("standard_error", standardError.map { .number($0) } ?? .null),
                ("at_bound", .integer(atBound)), ("ranks", .array(histogram.map { .integer($0.rank) })),
                ("counts", .array(histogram.map { .integer($0.trials) })),
            ]
        }
        return .object(members)
    }
}
