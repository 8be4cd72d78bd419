/// A colour map from anchors evenly spaced on [0, 1], interpolated linearly in sRGB.
public struct ColourMap: Hashable, Sendable {
    /// Names the map inside a figure.
    public let name: String
    /// 0xRRGGBB, at least two.
    public let anchors: [UInt32]

    /// - Precondition: at least two anchors; the name is a letter, then letters or digits.
    public init(name: String, anchors: [UInt32]) {
        precondition(anchors.count >= 2, "a colour map has two ends")
        self.name = name
        self.anchors = anchors
    }

    /// Viridis (Smith, van der Walt, Firing; CC0): perceptually uniform, rising in lightness throughout, so that it
    /// survives colour blindness and grey print. Every 17th of its 256 colours; interpolation stays within 2 of 255
    /// of the rest.
    public static let viridis = ColourMap(
        name: "viridis",
        anchors: [
            0x440154, 0x481A6C, 0x472F7D, 0x414487, 0x39568C, 0x31688E, 0x2A788E, 0x23888E,
            0x1F988B, 0x22A884, 0x35B779, 0x54C568, 0x7AD151, 0xA5DB36, 0xD2E21B, 0xFDE725,
        ])

    /// From blue through white to red (ColorBrewer's RdBu, reversed; Brewer, Harrower): for differences. Told apart by
    /// colour-blind readers; in grey print it shows the size of a difference, not its sign.
    public static let blueRed = ColourMap(
        name: "bluered",
        anchors: [
            0x053061, 0x2166AC, 0x4393C3, 0x92C5DE, 0xD1E5F0, 0xF7F7F7, 0xFDDBC7, 0xF4A582, 0xD6604D, 0xB2182B,
            0x67001F,
        ])

    /// "#rrggbb" at `value`, which is held inside [0, 1].
    public func hex(_ value: Double) -> String { Self.hex(colour(value)) }

    /// 0xRRGGBB at `value`, which is held inside [0, 1].
    public func colour(_ value: Double) -> UInt32 {
        let position = min(max(value, 0), 1) * Double(anchors.count - 1)
        let index = min(Int(position), anchors.count - 2)
        let weight = position - Double(index)
        var colour: UInt32 = 0
        for shift: UInt32 in [16, 8, 0] {
            let low = Double(anchors[index] >> shift & 0xff)
            let high = Double(anchors[index + 1] >> shift & 0xff)
            colour = colour << 8 | UInt32((low + weight * (high - low)).rounded())
        }
        return colour
    }

    /// "#rrggbb" of 0xRRGGBB.
    static func hex(_ colour: UInt32) -> String {
        let digits = String(colour, radix: 16)
        return "#" + String(repeating: "0", count: 6 - digits.count) + digits
    }
}
