// swift-tools-version: 6.0
import Foundation
import PackageDescription

// The Swift runtime goes into the program: it then starts quicker (docs/performance.md, "Start-up") and runs where no
// Swift is installed. FULLRANK_SHARED_RUNTIME=1 takes the toolchain's shared libraries instead: some toolchains have no
// others. macOS has the runtime itself, and another linker.
let runtime: [LinkerSetting] =
    Context.environment["FULLRANK_SHARED_RUNTIME"] == nil
    ? [
        .unsafeFlags([
            "-static-stdlib",
            // Symbols stay in the object files; none is for libraries loaded later to find.
            "-Xlinker", "-s", "-Xlinker", "--no-export-dynamic",
            // At a fixed address, as no relocation (30,000 of them, 0.7 MB) then waits to be read and applied.
            "-Xclang-linker", "-no-pie",
            // Where memory runs out: one line and exit code 69, not a trap (Sources/FullrankProcess).
            "-Xlinker", "--wrap=swift_slowAlloc",
        ], .when(platforms: [.linux]))
    ] : []

// GMP and zlib go into the program from their archives where these are installed (Debian and Ubuntu: libgmp-dev and
// zlib1g-dev have them), as the program travels to other machines; else the shared libraries serve.
func archived(_ name: String) -> [LinkerSetting] {
    let archives = ["x86_64-linux-gnu", "aarch64-linux-gnu", "", "../lib64"].map { "/usr/lib/\($0)/lib\(name).a" }
    return archives.contains { FileManager.default.fileExists(atPath: $0) }
        ? [.unsafeFlags(["-Xlinker", "-l:lib\(name).a"])] : [.linkedLibrary(name)]
}

// On macOS, GMP is Homebrew's, whose gmp.pc says where: Swift's package manager asks `brew` for it. On Linux that file
// would ask for the shared library. zlib is in macOS's SDK.
#if os(macOS)
let gmpSettings: String? = "gmp"
let kernelLibraries: [Target.Dependency] = ["CGMP"]
#else
let gmpSettings: String? = nil
let kernelLibraries: [Target.Dependency] = []
#endif

// LAPACKE and the BLAS under it are system libraries (`Scripts/install-dependencies`), loaded at run time when
// singular values are first asked for: whatever BLAS the system prefers serves.
let package = Package(
    name: "fullrank",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "fullrank", targets: ["fullrank"]),
        .library(name: "FullrankBackends", targets: ["FullrankBackends"]),
    ],
    targets: [
        // The kernels: C, behind one header.
        .target(
            name: "FullrankKernels",
            dependencies: kernelLibraries,
            path: "Kernels",
            exclude: ["cuda", "profile", "shared", "tests"],
            sources: ["cpu"],
            publicHeadersPath: "include",
            cSettings: [.headerSearchPath("cpu"), .headerSearchPath("common")],
            linkerSettings: [.linkedLibrary("m")] + archived("gmp")),
        .systemLibrary(
            name: "CGMP", pkgConfig: gmpSettings, providers: [.apt(["libgmp-dev"]), .brew(["gmp"])]),
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),

        // The C library, and what systems differ in: nothing else in Sources imports it.
        .target(name: "FullrankPlatform"),

        // Checksums: C, for the processor's instruction.
        .target(name: "FullrankChecksum"),

        // The layers. Imports point one way.
        .target(name: "FullrankNumbers", dependencies: ["FullrankKernels", "CGMP"]),
        .target(name: "FullrankModel", dependencies: ["FullrankPlatform", "FullrankKernels"]),
        .target(
            name: "FullrankFiles", dependencies: ["FullrankPlatform", "FullrankModel", "CZlib"],
            linkerSettings: archived("z")),
        .target(name: "FullrankBackends", dependencies: ["FullrankPlatform", "FullrankModel", "FullrankKernels"]),
        .target(name: "FullrankRegions", dependencies: ["FullrankPlatform", "FullrankNumbers", "FullrankModel"]),
        .target(name: "FullrankTraining", dependencies: ["FullrankModel", "FullrankBackends", "FullrankChecksum"]),
        .target(name: "FullrankStatistics", dependencies: ["FullrankPlatform", "FullrankModel"]),
        .target(
            name: "FullrankRuns",
            dependencies: ["FullrankPlatform", "FullrankFiles", "FullrankModel", "FullrankBackends", "FullrankChecksum"],
            // Its generics are compiled for each kind of run: merging takes an eighth fewer instructions.
            swiftSettings: [.unsafeFlags(["-cross-module-optimization"], .when(configuration: .release))]),
        .target(
            name: "FullrankSweep",
            dependencies: [
                "FullrankPlatform", "FullrankRuns", "FullrankFiles", "FullrankModel", "FullrankBackends",
                "FullrankRegions", "FullrankStatistics",
            ]),
        .target(
            name: "FullrankProof",
            dependencies: [
                "FullrankPlatform", "FullrankFiles", "FullrankNumbers", "FullrankModel", "FullrankBackends",
                "FullrankStatistics", "FullrankSweep",
            ]),
        .target(name: "FullrankReport", dependencies: ["FullrankPlatform", "FullrankModel", "FullrankStatistics"]),
        .target(
            name: "FullrankMinima",
            dependencies: [
                "FullrankPlatform", "FullrankRuns", "FullrankFiles", "FullrankModel", "FullrankBackends",
                "FullrankStatistics", "FullrankSweep", "FullrankReport",
            ]),
        .target(
            name: "FullrankNetworks",
            dependencies: [
                "FullrankPlatform", "FullrankRuns", "FullrankFiles", "FullrankModel", "FullrankBackends",
                "FullrankStatistics", "FullrankSweep", "FullrankReport",
            ]),
        .target(
            name: "FullrankLandscape",
            dependencies: [
                "FullrankPlatform", "FullrankRuns", "FullrankFiles", "FullrankNumbers", "FullrankModel",
                "FullrankBackends", "FullrankRegions", "FullrankStatistics", "FullrankSweep", "FullrankReport",
                "FullrankKernels",
            ]),
        .target(
            name: "FullrankDimension",
            dependencies: [
                "FullrankPlatform", "FullrankRuns", "FullrankFiles", "FullrankNumbers", "FullrankModel",
                "FullrankBackends", "FullrankStatistics", "FullrankSweep", "FullrankProof", "FullrankReport",
            ]),
        .target(name: "FullrankProcess", dependencies: ["FullrankKernels"]),
        .executableTarget(
            name: "fullrank",
            dependencies: [
                "FullrankPlatform", "FullrankFiles", "FullrankProcess", "FullrankKernels", "FullrankNumbers",
                "FullrankModel", "FullrankBackends", "FullrankRegions", "FullrankTraining", "FullrankStatistics",
                "FullrankRuns", "FullrankSweep", "FullrankProof", "FullrankReport", "FullrankMinima",
                "FullrankNetworks", "FullrankLandscape", "FullrankDimension",
            ],
            linkerSettings: runtime),

        // Tests: one folder a target, and what they share.
        .target(
            name: "FullrankTestSupport", dependencies: ["FullrankPlatform"], path: "Tests/FullrankTestSupport"),
        .testTarget(name: "FullrankPlatformTests", dependencies: ["FullrankPlatform", "FullrankTestSupport"]),
        .testTarget(name: "FullrankNumbersTests", dependencies: ["FullrankNumbers", "FullrankTestSupport"]),
        .testTarget(name: "FullrankModelTests", dependencies: ["FullrankModel", "FullrankTestSupport"]),
        .testTarget(
            name: "FullrankFilesTests",
            dependencies: ["FullrankPlatform", "FullrankFiles", "FullrankModel", "FullrankTestSupport"]),
        .testTarget(
            name: "FullrankBackendsTests",
            dependencies: ["FullrankPlatform", "FullrankBackends", "FullrankKernels", "FullrankTestSupport"]),
        .testTarget(
            name: "FullrankRegionsTests",
            dependencies: ["FullrankNumbers", "FullrankRegions", "FullrankTestSupport"]),
        .testTarget(
            name: "FullrankTrainingTests",
            dependencies: ["FullrankTraining", "FullrankBackends", "FullrankTestSupport"]),
        .testTarget(name: "FullrankStatisticsTests", dependencies: ["FullrankStatistics", "FullrankTestSupport"]),
        .testTarget(
            name: "FullrankSweepTests",
            dependencies: [
                "FullrankPlatform", "FullrankFiles", "FullrankRuns", "FullrankSweep", "FullrankChecksum",
                "FullrankTestSupport",
            ]),
        .testTarget(
            name: "FullrankProofTests",
            dependencies: [
                "FullrankPlatform", "FullrankFiles", "FullrankNumbers", "FullrankProof", "FullrankBackends",
                "FullrankSweep", "FullrankStatistics", "FullrankTestSupport",
            ]),
        // Everything that reads what others wrote, on the files of its Corpus, which Scripts/fuzz starts from and adds to.
        .testTarget(
            name: "FullrankReaderTests",
            dependencies: [
                "FullrankPlatform", "FullrankRuns", "FullrankFiles", "FullrankModel", "FullrankSweep",
                "FullrankProof", "FullrankTraining", "FullrankMinima", "FullrankReport", "FullrankTestSupport",
            ], exclude: ["Corpus"]),
        .testTarget(
            name: "FullrankReportTests",
            dependencies: ["FullrankPlatform", "FullrankReport", "FullrankTestSupport"]),
        .testTarget(
            name: "FullrankMinimaTests",
            dependencies: [
                "FullrankPlatform", "FullrankRuns", "FullrankFiles", "FullrankMinima", "FullrankBackends",
                "FullrankTestSupport",
            ]),
        .testTarget(
            name: "FullrankNetworksTests",
            dependencies: [
                "FullrankPlatform", "FullrankRuns", "FullrankFiles", "FullrankNumbers", "FullrankNetworks",
                "FullrankBackends", "FullrankTestSupport",
            ]),
        .testTarget(
            name: "FullrankLandscapeTests",
            dependencies: [
                "FullrankPlatform", "FullrankFiles", "FullrankModel", "FullrankNumbers", "FullrankLandscape",
                "FullrankTestSupport",
            ],
            exclude: ["census.json"]),
        .testTarget(
            name: "FullrankDimensionTests",
            dependencies: [
                "FullrankNumbers", "FullrankModel", "FullrankBackends", "FullrankDimension", "FullrankTestSupport",
            ]),
        // FullrankFiles for its JSON parser, FullrankSweep so that the command is tried against the layers it is made of.
        .testTarget(
            name: "FullrankCommandTests",
            dependencies: [
                "FullrankPlatform", "FullrankFiles", "FullrankModel", "FullrankRuns", "FullrankSweep",
                "FullrankTestSupport",
            ],
            exclude: ["Attacks", "Networks"]),
    ],
    swiftLanguageModes: [.v6],
    cLanguageStandard: .c11
)
