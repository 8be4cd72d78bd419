import FullrankBackends
import FullrankKernels
import FullrankModel
import FullrankPlatform
import FullrankTestSupport
import Testing

extension TemporaryFolder {
    /// Compiles C text into a shared library and returns its path.
    fileprivate func library(
        _ text: String, name: String = LibrarySearch.cudaLibraryName, in folder: String = "."
    ) throws -> String {
        let header = String(#filePath.prefix(upTo: #filePath.range("/Tests/"))) + "/Kernels/include"
        let source = file("source.c", text), output = "\(path)/\(folder)/\(name)"
        let status = shell(
            "mkdir -p '\(path)/\(folder)' && cc -shared -fPIC -I'\(header)' -o '\(output)' '\(source)'")
        try #require(status == 0)
        return output
    }
}

extension String {
    /// Where the last occurrence of `part` begins.
    fileprivate func range(_ part: String) -> Index {
        var place = endIndex
        while !self[place...].hasPrefix(part) { place = index(before: place) }
        return place
    }
}

/// A library with one device and nothing else.
private let working = """
    #include "fullrank_kernels.h"
    #include <string.h>
    static const char *version(void) { return "loaded 1.0"; }
    static fr_status devices(fr_device_info *infos, int32_t capacity, int32_t *count, char *reason, size_t size) {
        (void)reason; (void)size;
        *count = 1;
        if (capacity < 1) return FR_OK;
        memset(infos, 0, sizeof *infos);
        strcpy(infos->name, "Planted GPU");
        infos->architecture = 90;
        return FR_OK;
    }
    static fr_status open_(const fr_session_options *o, fr_session **s, char *reason, size_t size) {
        (void)o; (void)reason; (void)size; *s = (fr_session *)1; return FR_OK;
    }
    static void close_(fr_session *s) { (void)s; }
    static const fr_backend table = {.abi_version = VERSION, .struct_size = sizeof(fr_backend), .name = "cuda",
        .library_version = version, .devices = devices, .open = open_, .close = close_};
    const fr_backend *fullrank_backend_v1(void) { return &table; }
    """

private func words(_ search: LibrarySearch) -> String {
    do throws(BackendError) { _ = try BackendLibrary.load(search) } catch {
        if case .unavailable(let words) = error { return words }
        return "not unavailable: \(error)"
    }
    return "it loaded"
}

@Suite struct BackendLibraryTests {
    @Test func missingLibrariesSayWhereWeLooked() {
        let text = words(LibrarySearch(folders: ["/nonexistent/bin"], systemName: "libfullrank_none.so"))
        #expect(Platform.isMissing("libfullrank_none.so", text))
        #expect(text.contains("/nonexistent/bin") && text.contains("FULLRANK_CUDA_LIBRARY"))
        let exact = words(LibrarySearch(exactPath: "/nonexistent/x.so", systemName: "libc.so.6"))
        #expect(Platform.isMissing("/nonexistent/x.so", exact) && exact.contains("FULLRANK_CUDA_LIBRARY"))
    }

    @Test func otherLibrariesAreRefused() throws {
        let folder = TemporaryFolder()
        let empty = try folder.library("int nothing;")
        let text = words(LibrarySearch(exactPath: empty))
        #expect(text.contains("is no Fullrank backend") && text.contains("fullrank_backend_v1"))
        let old = try folder.library("#define VERSION 7\n" + working, name: "old.so")
        #expect(words(LibrarySearch(exactPath: old)).contains("speaks version 7"))
        let null = try folder.library("void *fullrank_backend_v1(void) { return 0; }", name: "null.so")
        #expect(words(LibrarySearch(exactPath: null)).contains("table of functions is missing"))
        let text2 = try folder.library("int nothing;", name: "text.so")
        shell("echo not a library > '\(text2)'")
        #expect(words(LibrarySearch(exactPath: text2)).contains("text.so"))
    }

    @Test func aFoundFileThatDoesNotLoadEndsTheSearch() throws {
        let folder = TemporaryFolder()
        _ = try folder.library("int nothing;", in: "bin")
        _ = try folder.library("#define VERSION FR_ABI_VERSION\n" + working, in: "lib")
        let search = LibrarySearch(folders: [folder.path + "/bin", folder.path + "/bin/../lib"])
        #expect(words(search).contains("is no Fullrank backend"))
    }

    @Test func rivalsAreReportedAndLinksAreNot() throws {
        let folder = TemporaryFolder()
        let first = try folder.library("#define VERSION FR_ABI_VERSION\n" + working, in: "bin")
        shell("mkdir -p '\(folder.path)/lib' && ln -s '\(first)' '\(folder.path)/lib/'")
        let search = LibrarySearch(folders: [folder.path + "/bin", folder.path + "/bin/../lib"])
        #expect(try BackendLibrary.load(search).rivals.isEmpty)

        shell("rm '\(folder.path)/lib/\(LibrarySearch.cudaLibraryName)' && cp '\(first)' '\(folder.path)/lib/'")
        let library = try BackendLibrary.load(search)
        #expect(library.path == first)
        #expect(library.rivals == [folder.path + "/bin/../lib/\(LibrarySearch.cudaLibraryName)"])
        let chosen = try BackendChoice.auto.open(search: search)
        #expect(chosen.notes.count == 1 && chosen.backend.device == "Planted GPU")
    }

    @Test func autoTakesCUDAWhenADeviceAnswers() throws {
        let folder = TemporaryFolder()
        let path = try folder.library("#define VERSION FR_ABI_VERSION\n" + working)
        for choice in [BackendChoice.auto, .cuda] {
            let chosen = try choice.open(search: LibrarySearch(exactPath: path))
            #expect(chosen.backend.name == "cuda" && chosen.backend.libraryVersion == "loaded 1.0")
            #expect(chosen.reason.contains(path))
        }
        let list = BackendDescription.all(search: LibrarySearch(exactPath: path))
        #expect(list.map(\.name) == ["cpu", "cuda"])
        #expect(list[1].available && list[1].path == path && list[1].devices.map(\.name) == ["Planted GPU"])
    }

    @Test func cudaNeverFallsBack() {
        let nowhere = LibrarySearch(exactPath: "/nonexistent/x.so")
        #expect { try BackendChoice.cuda.open(search: nowhere) } throws: {
            Platform.isMissing("/nonexistent/x.so", "\($0)")
        }
        let list = BackendDescription.all(search: nowhere)
        #expect(!list[1].available && list[1].reason.contains("/nonexistent/x.so"))
        // A device asked for by number is not silently another one.
        #expect { try BackendChoice.auto.open(options: BackendOptions(device: 1), search: nowhere) } throws: {
            Platform.isMissing("/nonexistent/x.so", "\($0)")
        }
    }

    /// Holds while the CPU table is missing too: the error or the reason then says so.
    @Test func autoFallsBackToTheCPUWithAReason() {
        do throws(BackendError) {
            let chosen = try BackendChoice.auto.open(search: LibrarySearch(exactPath: "/nonexistent/x.so"))
            #expect(chosen.backend.name == "cpu")
            #expect(chosen.reason.contains("no CUDA: ") && Platform.isMissing("/nonexistent/x.so", chosen.reason))
        } catch {
            #expect(error.words.contains("the CPU backend"), "\(error)")
        }
    }
}
