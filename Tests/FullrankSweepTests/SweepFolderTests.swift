import FullrankFiles
import FullrankModel
import FullrankPlatform
import FullrankRuns
import FullrankSweep
import FullrankTestSupport
import Testing

@Suite struct SweepFolderTests {
    private let plan = plans[0]

    @Test func foldersAreMadeWithTheirParents() throws {
        let folder = TemporaryFolder()
        let path = folder.path + "/a/b/c/"
        #expect(try !SweepFolder(path, plan: plan, provenance: provenance).wasBegun)
        #expect(try SweepFolder(path, plan: plan, provenance: provenance).wasBegun)
        #expect(try SweepReader(path).record.plan == plan)
    }

    @Test func anotherPlanIsRefusedWithTheDifference() throws {
        let folder = TemporaryFolder()
        _ = try SweepFolder(folder.path, plan: plan, provenance: provenance)
        let before = folder.read("plan.json")
        var other = plan
        other.trials = 8
        other.inputs = .drawn(.uniform)
        let words = try #require(folderError { _ = try SweepFolder(folder.path, plan: other, provenance: provenance) })
            .description
        #expect(words.contains("trials is 7 there and 8 here"))
        #expect(words.contains("inputs is \"normal\" there and \"uniform\" here"))
        #expect(words.contains("Choose another --output, or --replace to start over"))
        #expect(!words.contains("seed"))
        #expect(folder.read("plan.json") == before)
    }

    @Test func otherRunsAreAddedToTheRecord() throws {
        let folder = TemporaryFolder()
        let other = RunProvenance(fullrank: "0.1", backend: "cuda", device: "H100", library: "CUDA 13")
        for run in [provenance, other, provenance, other] {
            _ = try SweepFolder(folder.path, plan: plan, provenance: run)
        }
        let record = try SweepReader(folder.path).record
        #expect(record.provenance == provenance && record.resumedOn == [other])
    }

    @Test(arguments: ["cells.csv", "widths.csv", "trials.jsonl", "diagram-d0-1.svg"])
    func foreignFilesAreNotOverwritten(name: String) throws {
        let folder = TemporaryFolder()
        folder.file(name, "precious")
        #expect(
            folderError { _ = try SweepFolder(folder.path, plan: plan, provenance: provenance) }
                == .wouldOverwrite(path: folder.path, file: name))
        #expect(folder.read(name) == Array("precious".utf8) && folder.read("plan.json") == nil)
    }

    @Test func otherFilesAreNoHindrance() throws {
        let folder = TemporaryFolder()
        folder.file("notes.txt", "mine")
        _ = try SweepFolder(folder.path, plan: plan, provenance: provenance)
        #expect(folder.read("notes.txt") == Array("mine".utf8))
        #expect(folderError { _ = try SweepReader(folder.path + "/none") } == .notASweep(path: folder.path + "/none"))
    }

    @Test func aFolderIsLockedWhileItIsInUse() throws {
        let folder = TemporaryFolder()
        do {
            let first = try SweepFolder(folder.path, plan: plan, provenance: provenance)
            let error = folderError { _ = try SweepFolder(folder.path, plan: plan, provenance: provenance) }
            guard case .busy(folder.path, let holder)? = error else {
                return #expect(Bool(false), "\(String(describing: error))")
            }
            #expect(holder.hasPrefix("process \(getpid()) on "))
            #expect(first.path == folder.path)
            #expect(try SweepReader(folder.path).record.plan == plan, "reading needs no lock")
        }
        // The lock's file is still there; the lock is not.
        #expect(folder.read(".fullrank.lock") != nil)
        _ = try SweepFolder(folder.path, plan: plan, provenance: provenance)
    }

    /// `status` takes the lock for a moment to see whether it is free: no sweep may be refused for that.
    @Test func aLookAtTheLockIsWaitedFor() throws {
        let folder = TemporaryFolder()
        _ = try SweepFolder(folder.path, plan: plan, provenance: provenance)
        let descriptor = open(folder.path + "/.fullrank.lock", O_RDONLY | O_CLOEXEC)
        #expect(FileLock.takeShared(descriptor) == 0)
        let thread = startThread {
            usleep(15_000)
            close(descriptor)
        }
        _ = try SweepFolder(folder.path, plan: plan, provenance: provenance)
        thread.join()
    }

    @Test func aLinkToNothingIsNamed() {
        let folder = TemporaryFolder()
        symlink("nowhere", folder.path + "/link")
        let error = folderError { _ = try SweepFolder(folder.path + "/link", plan: plan, provenance: provenance) }
        #expect(error == .inputOutput(path: folder.path + "/link", reason: "a link to what is not there"))
    }

    /// A child forked while the lock was held keeps a copy of its descriptor until it execs.
    @Test func aCopiedDescriptorDoesNotKeepTheLock() throws {
        let folder = TemporaryFolder()
        var copies = [Int32]()
        defer { for copy in copies { close(copy) } }
        do {
            let sweep = try SweepFolder(folder.path, plan: plan, provenance: provenance)
            let lock = try #require(FileStatus(at: sweep.path + "/.fullrank.lock")).identity
            for descriptor in 0..<Int32(256) where copies.isEmpty && FileStatus(descriptor)?.identity == lock {
                copies.append(dup(descriptor))
            }
            #expect(copies.count == 1)
        }
        _ = try SweepFolder(folder.path, plan: plan, provenance: provenance)
    }

    @Test func tablesAreReplacedWhole() throws {
        let folder = TemporaryFolder()
        let sweep = try SweepFolder(folder.path, plan: plan, provenance: provenance)
        try sweep.writeTable(name: "cells.csv", contents: "first\n")
        try sweep.writeTable(name: "cells.csv", contents: "second\n")
        #expect(folder.read("cells.csv") == Array("second\n".utf8))
        // A table that cannot be written leaves the old one, and nothing beside it.
        shell("mkdir '\(folder.path)/.cells.csv.partial'")
        #expect(folderError { try sweep.writeTable(name: "cells.csv", contents: "third\n") } != nil)
        #expect(folder.read("cells.csv") == Array("second\n".utf8))
    }

    @Test func systemErrorsComeInTheSystemsWords() throws {
        // macOS has no /proc, where nothing can be made.
        if Platform.isLinux {
            let error = folderError { _ = try SweepFolder("/proc/none/x", plan: plan, provenance: provenance) }
            #expect(error == .inputOutput(path: "/proc/none", reason: "No such file or directory"))
        }
        let folder = TemporaryFolder()
        folder.file("file", "")
        let path = folder.path + "/file"
        #expect(
            folderError { _ = try SweepFolder(path, plan: plan, provenance: provenance) }
                == .inputOutput(path: path, reason: "Not a directory"))
    }

    private func run(_ folder: String) throws {
        let sweep = try SweepFolder(folder, plan: plan, provenance: provenance)
        _ = try SweepRunner(plan: plan, backend: FakeRankBackend()).run(in: sweep) { _ in }
        try sweep.writeTable(name: "cells.csv", contents: "d0\n")
    }

    /// Another user's link in the folder leads no write to a file elsewhere, which another name in the folder is, too.
    @Test(arguments: [".fullrank.lock", "trials.jsonl", ".plan.json.partial", ".cells.csv.partial"])
    func linksAreNotWrittenThrough(name: String) throws {
        for isSymbolic in [true, false] {
            let folder = TemporaryFolder()
            let victim = folder.file("victim", "precious")
            mkdir(folder.path + "/sweep", 0o777)
            let file = folder.path + "/sweep/" + name
            // A sweep's folder, or the journal would be a foreign file.
            if name == "trials.jsonl" {
                folder.file("sweep/plan.json", SweepRecord(plan: plan, provenance: provenance).bytes)
            }
            if name == "trials.jsonl" { folder.file("victim", "{\"format\":\"fullrank-trials\",\"version\":2}\n") }
            let before = folder.read("victim")
            #expect((isSymbolic ? symlink("../victim", file) : link(victim, file)) == 0)
            guard case .inputOutput(file, let reason)? = folderError({ try run(folder.path + "/sweep") }) else {
                Issue.record("\(name) was written to")
                continue
            }
            #expect(reason.hasPrefix(isSymbolic ? "a symbolic link, which is not" : "a hard link: "))
            #expect(folder.read("victim") == before)
        }
    }

    /// The file that a link in the place of a table or plan leads to stays as it is; the link goes.
    @Test(arguments: ["plan.json", "cells.csv"]) func linksAreReplaced(name: String) throws {
        let folder = TemporaryFolder()
        try run(folder.path + "/sweep")
        let content = try #require(folder.read("sweep/" + name))
        folder.file("victim", content)
        unlink(folder.path + "/sweep/" + name)
        symlink("../victim", folder.path + "/sweep/" + name)
        let other = RunProvenance(fullrank: "9", backend: "fake", device: "other", library: "none")
        let sweep = try SweepFolder(folder.path + "/sweep", plan: plan, provenance: other)
        try sweep.writeTable(name: "cells.csv", contents: "other\n")
        #expect(folder.read("victim") == content && folder.read("sweep/" + name) != content)
    }

    /// Nothing waits for a FIFO's other end, or reads a device for ever.
    @Test(.timeLimit(.minutes(1)), arguments: ["plan.json", "trials.jsonl", ".fullrank.lock"])
    func whatIsNoFileIsRefused(name: String) throws {
        let folder = TemporaryFolder()
        try run(folder.path)
        let file = folder.path + "/" + name
        for make in [{ mkfifo(file, 0o600) }, { symlink("/dev/zero", file) }, { mkdir(file, 0o700) }] {
            remove(file)
            #expect(make() == 0)
            #expect(folderError { try run(folder.path) } != nil)
            #expect(throws: SweepFolderError.self) { try SweepStatus(folder.path) }
            if name != ".fullrank.lock" { #expect(throws: SweepFolderError.self) { try SweepMerge([folder.path]) } }
        }
    }
}
