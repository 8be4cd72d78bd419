extension LandscapeFigure {
    private static let steps = 64
    /// Colours that are told apart.
    private static let levels = 64

    /// Half the side of the square of R that is drawn: around the marked minima and the origin.
    private var reach: Double {
        let largest = panels.flatMap(\.minima).flatMap(\.place).map { $0.magnitude }.max() ?? 0
        return largest > 0 ? 1.5 * largest : 1
    }

    /// The mean square of one unit's residual at z w = `place`.
    private func loss(_ place: [Double], sign: Double) -> Double {
        var sum = 0.0
        for (point, label) in zip(points, labels) {
            // relu(w x) z, by the sign of z.
            let value = max(0, sign * (place[0] * point[0] + place[1] * point[1])) * sign - label
            sum += value * value
        }
        return sum / Double(max(points.count, 1))
    }

    private func place(_ column: Int, _ row: Int) -> [Double] {
        let reach = reach, step = 2 * reach / Double(Self.steps)
        return [-reach + step * (Double(column) + 0.5), reach - step * (Double(row) + 0.5)]
    }

    /// The least and the largest loss of all panels: one scale of colours.
    var lossScale: (low: Double, high: Double) {
        var low = Double.infinity, high = 0.0
        for panel in panels {
            for row in 0..<Self.steps {
                for column in 0..<Self.steps {
                    let value = loss(place(column, row), sign: panel.sign)
                    (low, high) = (min(low, value), max(high, value))
                }
            }
        }
        return (low, high)
    }

    func draw(
        _ panel: LossPanel, _ area: Rectangle, _ scale: (low: Double, high: Double), on canvas: inout SVGCanvas
    ) {
        let side = area.width / Double(Self.steps), range = max(scale.high - scale.low, 1e-300)
        for row in 0..<Self.steps {
            // Neighbours of one colour are one rectangle; edges are not smoothed, which would leave seams.
            var run: (start: Int, level: Int)?
            func draw(to end: Int) {
                guard let (start, level) = run else { return }
                canvas.rect(
                    Rectangle(
                        left: area.left + Double(start) * side, top: area.top + Double(row) * side,
                        width: Double(end - start) * side, height: side),
                    [
                        "fill": ColourMap.viridis.hex(1 - Double(level) / Double(Self.levels)),
                        "shape-rendering": "crispEdges",
                    ])
            }
            for column in 0..<Self.steps {
                // The square root spreads the colours near the minima.
                let value = ((loss(place(column, row), sign: panel.sign) - scale.low) / range).squareRoot()
                let level = Int((value * Double(Self.levels)).rounded())
                if level == run?.level { continue }
                draw(to: column)
                run = (column, level)
            }
            draw(to: Self.steps)
        }
        func at(_ place: [Double]) -> FigurePoint {
            FigurePoint(
                x: area.left + (place[0] / reach + 1) / 2 * area.width,
                y: area.top + (1 - place[1] / reach) / 2 * area.height)
        }
        for minimum in panel.minima {
            let spot = at(minimum.place), holding = minimum.isGlobal ? Holding.global : .bad
            canvas.element(
                "circle",
                [
                    "class": "minimum", "cx": coordinate(spot.x), "cy": coordinate(spot.y), "r": "5",
                    "fill": holding.colour,
                    "stroke": "#1a1a1a", "stroke-width": "1.2",
                ])
        }
        if panel.hasSaddle { Self.drawCross(at([0, 0]), on: &canvas) }
    }

    static func drawCross(_ spot: FigurePoint, on canvas: inout SVGCanvas) {
        for (width, colour) in [(4.0, "#ffffff"), (1.8, "#1a1a1a")] {
            for turn in [1.0, -1.0] {
                canvas.line(
                    FigurePoint(x: spot.x - 5, y: spot.y - 5 * turn), FigurePoint(x: spot.x + 5, y: spot.y + 5 * turn),
                    stroke: colour, width: width)
            }
        }
    }
}
