/// An image of a heatmap with too many cells for a rectangle each: one pixel per cell, at most 400 per side; beyond
/// that a pixel shows the mean of its cells.
struct Raster {
    static let longestSide = 400

    /// What the caption says about it, by panels' numbers of cells across and up.
    static func note(_ sizes: [(across: Int, up: Int)]) -> String {
        let isReduced = sizes.contains { max($0.across, $0.up) > longestSide }
        return isReduced
            ? " Drawn at no more than \(longestSide) by \(longestSide) pixels a panel; a pixel is the mean of its cells."
            : " Drawn as an image."
    }

    let width: Int
    let height: Int
    /// Row by row from the top; 0 is not a cell, 1...255 the colour map.
    var pixels: [UInt8]

    /// - Parameter value: of cell (across, up), 0 to 1 as a place in the colour map; nil for no cell.
    init(across: CellAxis, up: CellAxis, value: (Int, Int) -> Double?) {
        let columns = Self.bins(across), rows = Self.bins(up)
        (width, height) = (columns.count, rows.count)
        pixels = []
        pixels.reserveCapacity(width * height)
        for row in rows.reversed() {
            for column in columns {
                var sum = 0.0, count = 0
                for x in column {
                    for y in row {
                        if let value = value(x, y) { (sum, count) = (sum + value, count + 1) }
                    }
                }
                pixels.append(count == 0 ? 0 : UInt8(1 + min(max(sum / Double(count), 0), 1) * 254 + 0.5))
            }
        }
    }

    /// Which cells each pixel of an axis shows. If all cells are equally large and few enough, there is one pixel per
    /// cell. Otherwise pixels are equal intervals of the axis: a pixel shows the cells whose middle is in its interval,
    /// or, if there is none, the cell that contains the interval.
    private static func bins(_ axis: CellAxis) -> [Range<Int>] {
        let count = axis.values.count
        let sizes = zip(axis.edges, axis.edges.dropFirst()).map { $1 - $0 }
        let isEven = sizes.allSatisfy { abs($0 - sizes[0]) < 1e-9 * sizes[0] }
        if isEven, count <= longestSide { return (0..<count).map { $0..<($0 + 1) } }
        let middles = zip(axis.edges, axis.edges.dropFirst()).map { axis.position(($0 + $1) / 2) }
        var first = 0, containing = 0
        return (0..<longestSide).map { pixel in
            let low = Double(pixel) / Double(longestSide), high = Double(pixel + 1) / Double(longestSide)
            while first < count, middles[first] < low { first += 1 }
            var end = first
            while end < count, middles[end] < high { end += 1 }
            if end > first { return first..<end }
            while containing + 1 < count, axis.position(axis.edges[containing + 1]) <= (low + high) / 2 {
                containing += 1
            }
            return containing..<(containing + 1)
        }
    }

    /// A PNG file (ISO/IEC 15948): palette colours, stored without compression (RFC 1951), which keeps the encoder a
    /// page long and the bytes the same everywhere.
    func png(_ map: ColourMap) -> [UInt8] {
        var file: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
        // 8 bits a pixel, colour type 3: palette.
        chunk("IHDR", bytes(UInt32(width)) + bytes(UInt32(height)) + [8, 3, 0, 0, 0], to: &file)
        var palette: [UInt8] = [0, 0, 0]
        for index in 0...254 {
            let colour = map.colour(Double(index) / 254)
            palette += [UInt8(colour >> 16 & 0xff), UInt8(colour >> 8 & 0xff), UInt8(colour & 0xff)]
        }
        chunk("PLTE", palette, to: &file)
        chunk("tRNS", [0], to: &file)
        var rows = [UInt8]()
        rows.reserveCapacity((width + 1) * height)
        for row in 0..<height {
            rows.append(0)  // no filter
            rows += pixels[(row * width)..<((row + 1) * width)]
        }
        chunk("IDAT", Self.stored(rows), to: &file)
        chunk("IEND", [], to: &file)
        return file
    }

    private func bytes(_ word: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: word >> (24 - 8 * $0)) } }

    private func chunk(_ name: String, _ data: [UInt8], to file: inout [UInt8]) {
        let body = Array(name.utf8) + data
        file += bytes(UInt32(data.count)) + body + bytes(Self.crc(body))
    }

    /// A zlib stream (RFC 1950) of stored blocks.
    static func stored(_ data: [UInt8]) -> [UInt8] {
        var stream: [UInt8] = [0x78, 0x01]
        var start = 0
        repeat {
            let end = min(start + 0xffff, data.count)
            let length = UInt16(end - start)
            stream.append(end == data.count ? 1 : 0)
            for word in [length, ~length] { stream += [UInt8(word & 0xff), UInt8(word >> 8)] }
            stream += data[start..<end]
            start = end
        } while start < data.count
        var (a, b): (UInt32, UInt32) = (1, 0)
        for byte in data {
            a = (a + UInt32(byte)) % 65521
            b = (b + a) % 65521
        }
        return stream + [UInt8(b >> 8), UInt8(b & 0xff), UInt8(a >> 8), UInt8(a & 0xff)]
    }

    static func crc(_ data: [UInt8]) -> UInt32 {
        ~data.reduce(~0) { (crc: UInt32, byte: UInt8) -> UInt32 in
            (0..<8).reduce(crc ^ UInt32(byte)) { (word: UInt32, _) -> UInt32 in
                word >> 1 ^ (word & 1 == 1 ? 0xedb8_8320 : 0)
            }
        }
    }

    /// RFC 4648.
    static func base64(_ data: [UInt8]) -> String {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var text = [UInt8]()
        text.reserveCapacity((data.count + 2) / 3 * 4)
        for start in stride(from: 0, to: data.count, by: 3) {
            let group = data[start..<min(start + 3, data.count)]
            let word = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for place in 0..<4 {
                text.append(place <= group.count ? digits[word >> (18 - 6 * place) & 63] : UInt8(ascii: "="))
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}

extension PhaseDiagram.Grid {
    func drawRaster(in area: Rectangle, scale: ColourScale, on canvas: inout SVGCanvas) {
        let raster = Raster(across: points, up: units) { point, unit in
            cells[point * units.values.count + unit].map { scale.position($0.value) }
        }
        canvas.element(
            "image",
            [
                "x": coordinate(area.left), "y": coordinate(area.top), "width": coordinate(area.width),
                "height": coordinate(area.height), "preserveAspectRatio": "none", "style": "image-rendering:pixelated",
                // xlink: programs that know SVG 1.1 only, and browsers, take it.
                "xmlns:xlink": "http://www.w3.org/1999/xlink",
                "xlink:href": "data:image/png;base64," + Raster.base64(raster.png(scale.map)),
            ])
    }
}
