import FullrankFiles
import FullrankNumbers

extension PointCheck {
    /// certificate.json: the point, its residual and loss, and why it is or is not a local minimum; docs/landscape.md.
    /// Scripts/check/landscape checks it in plain Python.
    public var certificate: String {
        func list(_ values: [Fraction]) -> JSONValue { .array(values.map(\.json)) }
        func table(_ rows: [[Fraction]]) -> JSONValue { .array(rows.map(list)) }
        let problem = point.problem
        var members: [JSONValue.Member] = [
            .init("format", .string("fullrank-landscape-certificate")), .init("version", .integer(1)),
            .init("X", table(problem.points)), .init("y", list(problem.labels)), .init("w", table(point.weights)),
            .init("z", list(point.outputs)), .init("frozen", .bool(problem.frozen != nil)),
            .init("residual", list(residual)), .init("loss", problem.loss(residual).json),
        ]
        switch verdict {
        case .minimum:
            let units = units.map { unit -> JSONValue in
                let slopes = unit.slopes.map {
                    JSONValue.object([.init("ray", list($0.ray)), .init("slope", $0.value.json)])
                }
                return .object([.init("boundary", .integers(unit.boundary)), .init("slopes", .array(slopes))])
            }
            members += [.init("verdict", .string("local minimum")), .init("units", .array(units))]
        case .descent(let descent):
            members += [
                .init("verdict", .string("not a local minimum")), .init("unit", .integer(descent.unit)),
                .init("direction_w", list(descent.weights)), .init("direction_z", descent.output.json),
                .init("slope", descent.slope.json),
            ]
        }
        return JSONValue.object(members).document
    }
}
