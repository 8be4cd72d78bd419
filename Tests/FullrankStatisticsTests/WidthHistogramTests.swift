import FullrankStatistics
import Testing

@Suite struct WidthHistogramTests {
    @Test func unreachedTrialsCountAsInfinite() {
        var histogram = WidthHistogram()
        for width in [7, 3, 3, 9, nil, nil, nil, nil, nil, nil] { histogram.add(width) }
        #expect(histogram.quantiles(percents: [5, 20, 21, 30, 40, 41, 95]) == [3, 3, 7, 7, 9, nil, nil])
        #expect(histogram.reached == 4 && histogram.trials == 10)
    }

    @Test func everyQuantileOfOneTrial() {
        var histogram = WidthHistogram()
        histogram.add(12)
        #expect(histogram.quantiles(percents: [1, 50, 100]) == [12, 12, 12])
    }

    @Test func noTrialsNoQuantiles() {
        #expect(WidthHistogram().quantiles(percents: [50]) == [nil])
    }

    /// 0.07 · 100 is 7.000000000000001 in floating point.
    @Test func sevenPercentOfAHundredIsSeven() {
        var histogram = WidthHistogram()
        for width in 1...100 { histogram.add(width) }
        #expect(histogram.quantiles(percents: Array(1...100)) == (1...100).map { $0 })
    }
}
