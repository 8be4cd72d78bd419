import FullrankPlatform

extension RegionFigure {
    /// Sectors of the plane of weights, with their patterns where these fit, and the hyperplanes' lines.
    func drawSectors(_ area: Rectangle, on canvas: inout SVGCanvas) {
        let centre = FigurePoint(x: area.left + area.width / 2, y: area.top + area.height / 2)
        let radius = area.width / 2 - 26
        func at(_ direction: [Double], _ radius: Double) -> FigurePoint {
            FigurePoint(x: centre.x + radius * direction[0], y: centre.y - radius * direction[1])
        }
        for face in faces {
            let (from, to) = (at(face.corners[0], radius), at(face.corners[1], radius))
            // Counter-clockwise on paper, half a turn at most.
            let path = "M\(text(centre))L\(text(from))A\(coordinate(radius)) \(coordinate(radius)) 0 0 0 \(text(to))Z"
            canvas.element(
                "path",
                [
                    "class": "region", "d": path, "fill": colour(face.active), "stroke": canvas.theme.background,
                    "stroke-width": "0.8", "stroke-linejoin": "round",
                ], content: "<title>\(face.word)</title>")
        }
        for face in faces {
            let start = atan2(face.corners[0][1], face.corners[0][0])
            var turn = atan2(face.corners[1][1], face.corners[1][0]) - start
            if turn < 0 { turn += 2 * Double.pi }
            let width = TextMetrics.width(face.word, size: 11)
            let middle = start + turn / 2
            // As far out as the word stays inside the circle, where the sector is widest.
            let place = radius - 6 - abs(cos(middle)) * width / 2 - abs(sin(middle)) * 6
            guard 2 * place * sin(min(turn, Double.pi) / 2) > width * abs(sin(middle)) + 12 * abs(cos(middle)) + 4,
                place > 20
            else { continue }
            let spot = at([cos(middle), sin(middle)], place)
            canvas.text(face.word, x: spot.x, y: spot.y + 4, size: 11, anchor: .middle, fill: ink(face.active))
        }
        guard hyperplanes.count <= 40 else { return }
        var named = [FigurePoint]()
        for (normal, label) in hyperplanes {
            // Each name once, on the upper side, where w · x_j = 0.
            let side = normal[0] > 0 || (normal[0] == 0 && normal[1] < 0) ? 1.0 : -1.0
            let spot = at([-normal[1] * side, normal[0] * side], radius + 13)
            // A name that would lie on another is left out.
            guard !named.contains(where: { abs($0.x - spot.x) < 18 && abs($0.y - spot.y) < 11 }) else { continue }
            named.append(spot)
            canvas.text(label, x: spot.x, y: spot.y + 4, size: 10, anchor: .middle, fill: canvas.theme.muted)
        }
    }

    /// A hemisphere of weights in Lambert's equal-area projection: a face's area is its share of the directions.
    func drawDisc(_ area: Rectangle, _ faces: ArraySlice<Face>, sign: Double, on canvas: inout SVGCanvas) {
        let centre = FigurePoint(x: area.left + area.width / 2, y: area.top + area.height / 2)
        let radius = area.width / 2 - 8
        let pole = hyperplanes[hyperplanes.count - 1].normal.map { $0 * sign }
        let (across, up) = Self.frame(pole: pole)
        func project(_ w: [Double]) -> FigurePoint {
            let height = min(max(Self.dot(w, pole), -1), 1)
            // √2 sin(half the angle from the pole), over the sine of the angle.
            let scale = radius / (1 + height).squareRoot()
            return FigurePoint(x: centre.x + scale * Self.dot(w, across), y: centre.y - scale * Self.dot(w, up))
        }
        canvas.element(
            "circle",
            [
                "cx": coordinate(centre.x), "cy": coordinate(centre.y), "r": coordinate(radius),
                "fill": canvas.theme.missing,
            ])
        for face in faces {
            let outline = face.corners.indices.flatMap { index in
                Self.arc(face.corners[index], face.corners[(index + 1) % face.corners.count]).map { text(project($0)) }
            }
            canvas.element(
                "path",
                [
                    "class": "region", "d": "M" + outline.joined(separator: "L") + "Z", "fill": colour(face.active),
                    "stroke": canvas.theme.background, "stroke-width": faces.count > 400 ? "0.3" : "0.8",
                    "stroke-linejoin": "round",
                ], content: "<title>\(face.word)</title>")
        }
        for face in faces.prefix(faces.count > Self.mostNamed ? 0 : faces.count) {
            let outline = face.corners.indices.flatMap { index in
                Self.arc(face.corners[index], face.corners[(index + 1) % face.corners.count]).map { project($0) }
            }
            guard let middle = Self.roomiest(outline, half: TextMetrics.width(face.word, size: 10) / 2 + 2) else {
                continue
            }
            canvas.text(face.word, x: middle.x, y: middle.y + 3.5, size: 10, anchor: .middle, fill: ink(face.active))
        }
        canvas.element(
            "circle",
            [
                "cx": coordinate(centre.x), "cy": coordinate(centre.y), "r": coordinate(radius), "fill": "none",
                "stroke": canvas.theme.ink, "stroke-width": "1",
            ])
    }

    func text(_ point: FigurePoint) -> String { "\(coordinate(point.x)) \(coordinate(point.y))" }

    /// Points of the great circle from a, included, to b, not included, three degrees apart at most.
    private static func arc(_ a: [Double], _ b: [Double]) -> [[Double]] {
        let angle = acos(min(max(dot(a, b), -1), 1))
        let steps = max(1, Int((angle / 0.053).rounded(.up)))
        return (0..<steps).map { step in
            guard step > 0 else { return a }
            let share = Double(step) / Double(steps)
            let (first, second) = (sin((1 - share) * angle), sin(share * angle))
            return unit(zip(a, b).map { first * $0 + second * $1 })
        }
    }

    /// Faces of a disc beyond which none is named.
    private static let mostNamed = 100

    /// The place in a polygon farthest from its outline at which a word of that half width fits; nil if none does.
    private static func roomiest(_ outline: [FigurePoint], half: Double) -> FigurePoint? {
        let (xs, ys) = (outline.map(\.x), outline.map(\.y))
        let (left, top) = (xs.min() ?? 0, ys.min() ?? 0), steps = 24
        let (across, down) = ((xs.max() ?? 0) - left, (ys.max() ?? 0) - top)
        var best: (distance: Double, place: FigurePoint)?
        for row in 1..<steps {
            for column in 1..<steps {
                let place = FigurePoint(
                    x: left + across * Double(column) / Double(steps), y: top + down * Double(row) / Double(steps))
                let box = [(-half, -6.0), (half, -6.0), (-half, 6.0), (half, 6.0)]
                guard box.allSatisfy({ contains(outline, FigurePoint(x: place.x + $0.0, y: place.y + $0.1)) }) else {
                    continue
                }
                // Nearest point of the outline, in a metric in which the word is about round.
                let distance = outline.reduce(Double.infinity) {
                    let (dx, dy) = (($1.x - place.x) * 12 / (2 * half), $1.y - place.y)
                    return min($0, dx * dx + dy * dy)
                }
                if distance > best?.distance ?? 0 { best = (distance, place) }
            }
        }
        return best?.place
    }

    /// Even-odd rule.
    private static func contains(_ polygon: [FigurePoint], _ point: FigurePoint) -> Bool {
        var inside = false
        for (index, corner) in polygon.enumerated() {
            let next = polygon[(index + 1) % polygon.count]
            if (corner.y > point.y) != (next.y > point.y),
                point.x < (next.x - corner.x) * (point.y - corner.y) / (next.y - corner.y) + corner.x
            {
                inside.toggle()
            }
        }
        return inside
    }

    /// The coordinate that grows upwards on the disc: the last, the bias, unless the pole is near it.
    static func upward(pole: [Double]) -> Int { abs(pole[2]) < 0.9 ? 2 : 1 }

    /// To the right and upwards for who looks at the pole from outside; upwards is the same for the opposite pole.
    static func frame(pole: [Double]) -> (across: [Double], up: [Double]) {
        let place = upward(pole: pole)
        let up = unit((0..<3).map { ($0 == place ? 1 : 0) - pole[place] * pole[$0] })
        return (cross(up, pole), up)
    }

    static func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
    static func cross(_ a: [Double], _ b: [Double]) -> [Double] {
        [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
    }
    /// Σ weight · vector, from left to right.
    static func sum(_ terms: [(weight: Double, vector: [Double])]) -> [Double] {
        (0..<3).map { (place: Int) -> Double in
            terms.dropFirst().reduce(terms[0].weight * terms[0].vector[place]) { $0 + $1.weight * $1.vector[place] }
        }
    }
    static func unit(_ vector: [Double]) -> [Double] {
        let length = dot(vector, vector).squareRoot()
        return length > 0 ? vector.map { $0 / length } : vector
    }
}
