import FullrankFiles
import FullrankModel
import FullrankReport

/// What `fullrank network` knows of one file.
struct RankedNetwork: Hashable, Sendable {
    let file: String
    /// Of its numbers: a file that changed is ranked again.
    let fingerprint: String
    let widths: [Int]
    var rank: NetworkRank
    /// Primes that were tried, and of them those modulo which the rank is lower.
    var primes: [UInt32]
    var dissenting: [UInt32] = []
    /// With --method svd: nil elsewhere.
    var singular: SingularSummary?
    /// With --labels: mean squared error.
    var loss: Double?

    /// Every row is independent of the others.
    var isFull: Bool { rank.rank == rank.rows }
    /// Reached, a bound is the rank.
    var isProved: Bool { rank.rank >= rank.bound }
    /// The chance that the rank is too low: each prime may divide a minor, and each row that screening passes over may be
    /// one that counts (docs/networks.md, section 3).
    var errorBound: Double {
        guard !isProved else { return 0 }
        return Prime.shortfallBound(pivots: rank.bound, primes: primes)
            + primes.reduce(1) { $0 * Double(rank.rows) / (Double($1) * Double($1)) }
    }
}

extension RankedNetwork {
    /// One line for people.
    var words: String {
        let widths = widths.map(String.init).joined(separator: "-")
        let isShort = rank.end == .patience
        let rows =
            isShort
            ? "the \(counted(rank.rows, "row")) of the first \(counted(rank.points, "point"))"
            : counted(rank.rows, "row")
        var text =
            "\(file.printable()): \(widths), P = \(rank.columns), \(rows): rank \(rank.rank), bound \(rank.bound), "
        if isFull {
            text += "full rank: proved"
        } else if isProved {
            text += "reached: proved"
        } else {
            let odds = 1 / errorBound < 1e15 ? "\(Int(1 / errorBound))" : "more than 10^15"
            text += "not reached; too low\(isShort ? " for these points" : "") with a chance of about 1 in \(odds)"
        }
        if isShort { text += "; it stayed for --patience points, and the others were not taken" }
        if let singular {
            text += "; by float64 singular values \(singular.rank), the smallest \(singular.smallest)"
        }
        if let loss { text += loss.isFinite ? "; loss \(loss)" : "; the loss overflows in float64" }
        if let zero = rank.firstZero {
            text +=
                "; \(rank.zeros) pre-activations are 0, first layer \(zero.layer), unit \(zero.unit) (from 1), point "
                + "\(zero.point) (from 0)"
        }
        return text + "\n"
    }

    /// As standard output and the journal have it.
    var json: JSONValue {
        var members: [JSONValue.Member] = [
            .init("file", .string(file)), .init("fingerprint", .string(fingerprint)),
            .init("widths", .integers(widths)),
            .init("parameters", .integer(rank.columns)), .init("rows", .integer(rank.rows)),
            .init("points", .integer(rank.points)), .init("rank", .integer(rank.rank)),
            .init("bound", .integer(rank.bound)),
            .init("full_rank", .bool(isFull)), .init("proved", .bool(isProved)),
            .init("error_bound", .double(errorBound) ?? .null), .init("end", .string(rank.end.name)),
            .init("primes", .integers(primes.map(Int.init))), .init("dissenting", .integers(dissenting.map(Int.init))),
            .init("zeros", .integer(rank.zeros)),
            .init("first_zero", rank.firstZero.map { .integers([$0.layer, $0.unit, $0.point]) } ?? .null),
        ]
        if let singular {
            members += [
                .init("float_rank", .integer(singular.rank)), .init("sigma_min", .double(singular.smallest) ?? .null),
                .init("sigma_max", .double(singular.largest) ?? .null),
            ]
        }
        if let loss { members.append(.init("loss", .double(loss) ?? .null)) }
        return .object(members)
    }

    /// A line of the journal; nil where it is none.
    init?(_ value: JSONValue) {
        func integer(_ name: String) -> Int? { value[name]?.integer() }
        func integers(_ name: String) -> [Int]? {
            guard case .array(let items) = value[name] else { return nil }
            let numbers = items.compactMap { item -> Int? in item.integer() }
            return numbers.count == items.count ? numbers : nil
        }
        guard let file = value["file"]?.string, let fingerprint = value["fingerprint"]?.string,
            let widths = integers("widths"), widths.count >= 2, let columns = integer("parameters"),
            let rows = integer("rows"),
            let points = integer("points"), let rank = integer("rank"), let bound = integer("bound"),
            let end = value["end"]?.string.flatMap(NetworkRank.End.init(name:)), let zeros = integer("zeros"),
            let primes = integers("primes"), let dissenting = integers("dissenting"),
            (primes + dissenting).allSatisfy({ (3...Int(Prime.largest)).contains($0) }), (0...bound).contains(rank)
        else { return nil }
        let zero = integers("first_zero").flatMap {
            $0.count == 3 ? NetworkRank.Zero(layer: $0[0], unit: $0[1], point: $0[2]) : nil
        }
        self.init(
            file: file, fingerprint: fingerprint, widths: widths,
            rank: NetworkRank(
                rank: rank, bound: bound, columns: columns, rows: rows, points: points, end: end, zeros: zeros,
                firstZero: zero),
            primes: primes.map(UInt32.init), dissenting: dissenting.map(UInt32.init))
        if let found = integer("float_rank") {
            singular = SingularSummary(
                largest: value["sigma_max"]?.double ?? .infinity, smallest: value["sigma_min"]?.double ?? .infinity,
                rank: found)
        }
        loss = value["loss"] == .null ? .infinity : value["loss"]?.double
    }

    init(
        file: String, fingerprint: String, widths: [Int], rank: NetworkRank, primes: [UInt32], dissenting: [UInt32]
    ) {
        self.file = file
        self.fingerprint = fingerprint
        self.widths = widths
        self.rank = rank
        self.primes = primes
        self.dissenting = dissenting
    }

    static let tableHeader =
        "file,widths,parameters,rows,points,rank,bound,full_rank,proved,error_bound,zeros,float_rank,sigma_min,loss,end\n"

    /// A row of ranks.csv.
    var tableRow: String {
        let name =
            file.utf8.contains(where: { ",\"\r\n".utf8.contains($0) })
            ? "\"" + file.unicodeScalars.map { $0 == "\"" ? "\"\"" : String($0) }.joined() + "\"" : file
        let fields: [String] = [
            name, widths.map(String.init).joined(separator: "-"), "\(rank.columns)", "\(rank.rows)", "\(rank.points)",
            "\(rank.rank)", "\(rank.bound)", isFull ? "1" : "0", isProved ? "1" : "0", "\(errorBound)", "\(rank.zeros)",
            singular.map { "\($0.rank)" } ?? "", singular.map { $0.smallest.isFinite ? "\($0.smallest)" : "" } ?? "",
            loss.map { $0.isFinite ? "\($0)" : "" } ?? "", rank.end.name,
        ]
        return fields.joined(separator: ",") + "\n"
    }
}

extension NetworkRank.End {
    var name: String {
        switch self {
        case .allPoints: "all points"
        case .bound: "bound"
        case .patience: "patience"
        }
    }

    init?(name: String) {
        switch name {
        case "all points": self = .allPoints
        case "bound": self = .bound
        case "patience": self = .patience
        default: return nil
        }
    }
}
