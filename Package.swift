// swift-tools-version: 6.0
import PackageDescription

// LAPACKE and the BLAS under it are system libraries (`Scripts/install-dependencies`), loaded at run time when
// singular values are first asked for: whatever BLAS the system prefers serves.
let package = Package(
    name: "fullrank",
    products: [
        .executable(name: "fullrank", targets: ["fullrank"]),
        .library(name: "FullrankBackends", targets: ["FullrankBackends"]),
    ],
    targets: [
        // The kernels: C, behind one header.
        .target(
            name: "FullrankKernels",
            path: "Kernels",
            exclude: ["cuda", "tests", "profile"],
            sources: ["cpu"],
            publicHeadersPath: "include",
            cSettings: [.headerSearchPath("common")],
            linkerSettings: [.linkedLibrary("m")]),

        // The layers. Imports point one way.
        .target(name: "FullrankModel"),
        .target(name: "FullrankBackends", dependencies: ["FullrankModel", "FullrankKernels"]),
        .target(name: "FullrankStatistics", dependencies: ["FullrankModel"]),
        .target(name: "FullrankSweep", dependencies: ["FullrankModel", "FullrankBackends", "FullrankStatistics"]),
        .target(name: "FullrankReport", dependencies: ["FullrankModel", "FullrankStatistics"]),
        .executableTarget(
            name: "fullrank",
            dependencies: [
                "FullrankModel", "FullrankBackends", "FullrankStatistics", "FullrankSweep", "FullrankReport",
            ]),

        // Tests: one folder a target.
        .testTarget(name: "FullrankModelTests", dependencies: ["FullrankModel"]),
        .testTarget(name: "FullrankBackendsTests", dependencies: ["FullrankBackends", "FullrankKernels"]),
        .testTarget(name: "FullrankStatisticsTests", dependencies: ["FullrankStatistics"]),
        .testTarget(name: "FullrankSweepTests", dependencies: ["FullrankSweep"]),
        .testTarget(name: "FullrankReportTests", dependencies: ["FullrankReport"]),
        .testTarget(name: "FullrankCommandTests", dependencies: ["FullrankModel"]),
    ],
    swiftLanguageModes: [.v6],
    cLanguageStandard: .c11
)
