import FullrankModel

/// A published table of dimensions (arXiv 2605.09609, repository MFA_PNNs), and which of its numbers are others here.
public struct PublishedDimensions: Sendable {
    public let table: ArchitectureTable
    /// By row.
    public let exponents: [Int]
    /// Columns that are compared, in the table's order, and their places.
    public let compared: [(name: String, place: Int)]

    /// Names of columns that this program computes too.
    static let columns = [
        "h", "num_parameters", "dimension_computed", "ambient_dimension", "is_full_dimension", "is_unimodal",
        "expected_dimension", "defect",
    ]

    public init(parsing bytes: [UInt8]) throws(ArchitectureTable.Damage) {
        table = try ArchitectureTable(parsing: bytes)
        compared = table.header.enumerated().filter { Self.columns.contains($0.element) }.map {
            ($0.element, $0.offset)
        }
        guard table.place("dimension_computed") != nil else {
            throw .init(line: 1, words: "the header has no column 'dimension_computed'")
        }
        guard let place = table.place("exponent") else {
            throw .init(line: 1, words: "the header has no column 'exponent'")
        }
        var exponents = [Int]()
        for row in table.rows {
            guard let exponent = Int(row.fields[place]), (1...NetworkActivation.mostExponent).contains(exponent) else {
                throw .init(
                    line: row.line,
                    words:
                        "exponent is \(row.fields[place].quoted); it must be from 1 to \(NetworkActivation.mostExponent)"
                )
            }
            exponents.append(exponent)
        }
        self.exponents = exponents
    }

    /// Architectures of one exponent, each once, in the table's order.
    public func architectures(exponent: Int) -> [Architecture] {
        var seen = Set<Architecture>()
        return zip(table.rows, exponents).filter { $1 == exponent && seen.insert($0.architecture).inserted }.map(
            \.0.architecture)
    }

    /// One number that is another here.
    public struct Difference: Hashable, Sendable, CustomStringConvertible {
        public let line: Int
        public let architecture: Architecture
        public let column: String
        public let published: String
        public let computed: String
        public var description: String {
            "line \(line), \(architecture): \(column) is \(published.printable(limit: 40)) there, \(computed) here"
        }
    }

    /// What differs in a row.
    public func differences(row: Int, _ summary: DimensionSummary) -> [Difference] {
        let fields = table.rows[row].fields
        return compared.compactMap { name, place in
            let computed = Self.field(name, summary)
            guard fields[place] != computed else { return nil }
            return Difference(
                line: table.rows[row].line, architecture: summary.problem.architecture, column: name,
                published: fields[place],
                computed: computed)
        }
    }

    private static func field(_ name: String, _ summary: DimensionSummary) -> String {
        let problem = summary.problem
        switch name {
        case "h": return "\(problem.architecture.layers)"
        case "num_parameters": return "\(problem.parameters)"
        case "dimension_computed": return "\(summary.dimension)"
        case "ambient_dimension": return problem.ambient?.digits ?? ""
        case "is_full_dimension": return DimensionTable.word(summary.isFilling == true)
        case "is_unimodal": return DimensionTable.word(problem.architecture.isUnimodal)
        case "expected_dimension": return "\(problem.expected)"
        default: return "\(summary.defect)"
        }
    }
}

/// The architectures of Hidden symmetries of ReLU networks (arXiv 2306.06179), figure 6: an input and d − 1 hidden layers of
/// width w, one output, biases; points standard normal.
public enum HiddenSymmetries {
    public static let networks = 200
    public static let architectures: [[Int]] = [5, 10, 15].flatMap { width in
        [4, 5, 6].map { depth in [Int](repeating: width, count: depth) + [1] }
    }

    /// - Parameter trials: nil: as published.
    public static func plan(weights: Initialization, trials: Int?, seed: UInt64) throws(ArchitectureError)
        -> DimensionPlan
    {
        DimensionPlan(
            architectures: try architectures.map { (widths) throws(ArchitectureError) in
                try Architecture(widths, biases: true)
            },
            activation: .relu, biases: true, trials: trials ?? networks, seed: seed, primeCount: 1, weights: weights)
    }
}
