import FullrankPlatform
import FullrankReport
import FullrankTestSupport
import Testing

/// Colours as readers with dichromatic vision see them: matrices of Machado, Oliveira, Fernandes, "A
/// physiologically-based model for simulation of color vision deficiency" (2009), severity 1, on linear RGB; distances
/// in Ottosson's OKLab, where about 0.02 can just be told apart side by side.
enum Vision: CaseIterable {
    case normal, protanopia, deuteranopia, tritanopia

    private var matrix: [[Double]] {
        switch self {
        case .normal: [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
        case .protanopia:
            [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
        case .deuteranopia:
            [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
        case .tritanopia:
            [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
        }
    }

    /// Lightness and two axes of colour, of "#rrggbb".
    func seen(_ hex: String) -> [Double] {
        let number = UInt32(hex.dropFirst(), radix: 16) ?? 0
        let linear = [16, 8, 0].map { shift -> Double in
            let value = Double(number >> UInt32(shift) & 0xff) / 255
            return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
        }
        func times(_ matrix: [[Double]], _ vector: [Double]) -> [Double] {
            matrix.map { row in zip(row, vector).reduce(0) { $0 + $1.0 * $1.1 } }
        }
        let shown = times(matrix, linear).map { min(1, max(0, $0)) }
        let cones = times(
            [
                [0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
                [0.0883024619, 0.2817188376, 0.6299787005],
            ], shown)
        return times(
            [
                [0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099],
                [0.0259040371, 0.7827717662, -0.8086757660],
            ], cones.map { cbrt($0) })
    }

    func distance(_ one: String, _ other: String) -> Double {
        zip(seen(one), seen(other)).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
    }
}

@Suite struct ColourBlindTests {
    /// White is lightest, black darkest, and red and green meet for those who lack one of their cones.
    @Test func theModelIsTheOneMeant() {
        #expect(abs(Vision.normal.seen("#ffffff")[0] - 1) < 1e-4 && Vision.normal.seen("#000000")[0] < 1e-9)
        let pair = ("#b04040", "#6b7800")
        #expect(Vision.deuteranopia.distance(pair.0, pair.1) < 0.5 * Vision.normal.distance(pair.0, pair.1))
        #expect(Vision.tritanopia.distance(pair.0, pair.1) > 0.8 * Vision.normal.distance(pair.0, pair.1))
    }

    /// The fraction of full rank reads as lightness, whoever looks; sixteenths of the scale are told apart.
    @Test(arguments: Vision.allCases)
    func fractionsRiseInLightness(vision: Vision) {
        let colours = (0...16).map { ColourMap.viridis.hex(Double($0) / 16) }
        let lightness = colours.map { vision.seen($0)[0] }
        for (index, pair) in zip(lightness, lightness.dropFirst()).enumerated() {
            #expect(pair.1 - pair.0 > 0.02, "\(vision): \(index) sixteenths")
        }
        #expect(lightness[16] - lightness[0] > 0.6)
    }

    /// Of differences, both the size and the sign are seen.
    @Test(arguments: Vision.allCases)
    func differencesShowSizeAndSign(vision: Vision) {
        func hex(_ value: Double) -> String { ColourMap.blueRed.hex((value + 1) / 2) }
        for step in 1...5 {
            let value = Double(step) / 5
            #expect(vision.distance(hex(value), hex(-value)) > 0.05, "\(vision): the sign of \(value)")
            for sign in [-1.0, 1] {
                #expect(
                    vision.distance(hex(sign * value), hex(sign * (value - 0.2))) > 0.05, "\(vision): \(sign * value)")
                #expect(vision.seen(hex(sign * value))[0] < vision.seen(hex(sign * (value - 0.2)))[0], "darker is more")
            }
        }
    }

    @Test(arguments: Vision.allCases)
    func curvesAndClassesAreToldApart(vision: Vision) {
        for colours in [ThresholdCurve.colours, ObstructionShares.Class.allCases.map(\.colour)] {
            for (index, one) in colours.enumerated() {
                for other in colours[..<index] {
                    #expect(vision.distance(one, other) > 0.07, "\(vision): \(one), \(other)")
                }
                for ground in [FigureTheme.light, .dark] {
                    #expect(vision.distance(one, ground.background) > 0.2, "\(vision): \(one) on \(ground.background)")
                }
            }
        }
    }

    /// Nor does anyone need colours for curves: of six, no two have the same dashes, of four the same marker.
    @Test func curvesDifferInMoreThanColour() {
        let styles = (0..<6).map { Chart.Style($0, of: 6, dashes: Chart.Style.dashPatterns[$0], isMarked: true) }
        #expect(Set(styles.map(\.dashes)).count == 6 && Set(styles.prefix(4).map(\.marker)).count == 4)
    }
}
