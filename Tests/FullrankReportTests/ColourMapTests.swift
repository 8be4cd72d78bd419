import FullrankReport
import Testing

@Suite struct ColourMapTests {
    @Test func endsAndBeyond() {
        let map = ColourMap.viridis
        #expect(map.hex(0) == "#440154" && map.hex(-1) == "#440154")
        #expect(map.hex(1) == "#fde725" && map.hex(2) == "#fde725")
    }

    @Test func interpolates() {
        let map = ColourMap(name: "grey", anchors: [0x000000, 0x6464c8])
        #expect(map.hex(0.5) == "#323264" && map.hex(0.25) == "#191932")
    }

    /// Grey print and colour-blind readers go by lightness.
    @Test func viridisRisesInLightness() {
        let luminances = (0...1000).map { step -> Double in
            let digits = UInt32(ColourMap.viridis.hex(Double(step) / 1000).dropFirst(), radix: 16) ?? 0
            return 0.2126 * Double(digits >> 16) + 0.7152 * Double(digits >> 8 & 0xff) + 0.0722 * Double(digits & 0xff)
        }
        // Rounding to 255 steps makes small dips.
        #expect(zip(luminances, luminances.dropFirst()).allSatisfy { $1 > $0 - 1.1 })
        #expect(zip(luminances, luminances.dropFirst(50)).allSatisfy { $1 > $0 })
    }
}
