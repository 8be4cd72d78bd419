import FullrankMinima
import FullrankModel
import FullrankReport
import Testing

/// The heatmaps of minima.
@Suite struct MinimaFigureTests {
    /// Theorem 12 counts regions alike. Cells of drawn weights do not, and the legend says so; those of drawn regions do.
    @Test(arguments: [RegionSource.initialization, .regions])
    func theLegendSaysWhichMeasure(regions: RegionSource) throws {
        let plan = MinimaPlan(
            inputDimensions: [1], points: [4, 8], units: [10, 20], trials: 1, seed: 0, inputs: .drawn(.cube),
            initialization: .heUniform, bias: true, labels: .polynomial, outputs: .alternating, regions: regions,
            fixedData: false)
        let label = try #require(MinimaFigure.panel(MinimaTally(plan: plan, problem: 0)).overlays.first?.label)
        #expect(
            label.hasPrefix(
                "d1 = 4 n log(2 n / ε), ε = 0.1: by Theorem 12 enough for all but a share ε of the non-empty regions, each counted once"
            ))
        #expect(label.hasSuffix(regions == .regions ? "as the cells do" : "of which the theorem says nothing"))
    }
}
