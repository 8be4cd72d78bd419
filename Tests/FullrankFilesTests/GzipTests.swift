import FullrankFiles
import FullrankModel
import FullrankTestSupport
import Testing

/// Against Python's gzip and zlib, which are the reference.
@Suite struct GzipTests {
    private let folder = TemporaryFolder()

    /// Texts and their compressed forms: every level and strategy, stored blocks, several members, names, empty.
    @Test func readsWhatPythonWrites() throws {
        let program = """
            import gzip, zlib, random, os
            random.seed(7)
            texts = [b"", b"a", b"abc" * 5000, bytes(random.randrange(256) for _ in range(70000)),
                     bytes(random.choice(b"etaoin") for _ in range(40000)), bytes(200000),
                     b"".join(bytes([i % 256]) * random.randrange(1, 400) for i in range(2000))]
            n = 0
            def put(text, packed):
                global n
                open(f"{n}.txt", "wb").write(text); open(f"{n}.gz", "wb").write(packed); n += 1
            def member(text, level, strategy):
                c = zlib.compressobj(level, zlib.DEFLATED, 31, 9, strategy)
                return c.compress(text) + c.flush()
            for text in texts:
                for level in (0, 1, 6, 9): put(text, gzip.compress(text, level))
                for strategy in (zlib.Z_FILTERED, zlib.Z_HUFFMAN_ONLY, zlib.Z_RLE, zlib.Z_FIXED):
                    put(text, member(text, 6, strategy))
            put(texts[2] + texts[4], gzip.compress(texts[2]) + gzip.compress(texts[4]))
            c = zlib.compressobj(6, zlib.DEFLATED, 31)
            parts = b"".join(c.compress(texts[4][i:i+999]) + c.flush(zlib.Z_FULL_FLUSH) for i in range(0, 40000, 999))
            put(texts[4], parts + c.flush())
            body = gzip.compress(b"named")
            put(b"named", body[:3] + bytes([0x1c]) + body[4:10] + b"\\x03\\x00xyz" + b"name\\0" + b"comment\\0" + body[10:])
            print(n, file=open("count", "w"))
            """
        #expect(folder.python(program))
        let count = try #require(Int(folder.text("count").filter(\.isNumber)))
        #expect(count > 50)
        for index in 0..<count {
            let packed = try #require(folder.read("\(index).gz"))
            let text = try #require(folder.read("\(index).txt"))
            #expect(try Gzip.unpack(packed, limit: text.count) == text, "\(index)")
            if !text.isEmpty {
                #expect(throws: GzipProblem.memory(limit: text.count - 1)) {
                    try Gzip.unpack(packed, limit: text.count - 1)
                }
            }
        }
    }

    /// Every cut, and any bit turned over, is noticed (the header's time, flags of the packer and system apart).
    @Test func damageIsNoticed() throws {
        #expect(
            folder.python(
                """
                import gzip, random
                random.seed(1)
                open("a.gz", "wb").write(gzip.compress(bytes(random.choice(b"etaoin shrdlu") for _ in range(600))))
                """))
        let packed = try #require(folder.read("a.gz"))
        let text = try Gzip.unpack(packed, limit: 1000)
        #expect(text.count == 600)
        for length in 0..<packed.count {
            #expect(throws: GzipProblem.self, "\(length)") { try Gzip.unpack(Array(packed[..<length]), limit: 1000) }
        }
        for bit in 0..<(8 * packed.count) where !(4 * 8..<10 * 8).contains(bit) {
            var bad = packed
            bad[bit / 8] ^= 1 << UInt8(bit % 8)
            // One flag says that the data are text, and means nothing.
            if bit == 24 { continue }
            #expect(throws: GzipProblem.self, "\(bit)") { try Gzip.unpack(bad, limit: 1000) }
        }
        for rest in [[1, 2, 3], [0, 0], [0x1f], [0x1f, 0x8b], [0x1f, 0x8b, 0x78, 0x78]] as [[UInt8]] {
            let problem = GzipProblem.trailing(bytes: rest.count, zeros: rest == [0, 0])
            #expect(throws: problem) { try Gzip.unpack(packed + rest, limit: 1000) }
            #expect(problem.description.contains(" bytes behind its gzip data"))
        }
        #expect(throws: GzipProblem.truncated) { try Gzip.unpack(packed + packed.dropLast(), limit: 2000) }
        #expect(throws: GzipProblem.notGzip) { try Gzip.unpack([1, 2, 3], limit: 1000) }
    }

    /// What is wrong is told apart; a header's own checksum is read too.
    @Test func wordsSayWhatIsWrong() throws {
        #expect(
            folder.python(
                """
                import gzip, zlib, struct
                body = gzip.compress(b"etaoin shrdlu" * 50, mtime=0)
                def put(name, packed): open(name, "wb").write(packed)
                put("checksum", body[:-8] + bytes([body[-8] ^ 1]) + body[-7:])
                put("length", body[:-4] + struct.pack("<I", 651))
                put("flags", body[:3] + b"\\x20" + body[4:])
                put("method", body[:2] + b"\\x07" + body[3:])
                put("block", body[:10] + b"\\x07" + body[11:])
                put("stored", body[:10] + b"\\x01\\x02\\x00\\x00\\x00" + body[10:])
                head = body[:3] + b"\\x02" + body[4:10]
                put("head", head + struct.pack("<H", zlib.crc32(head) & 0xffff) + body[10:])
                put("badhead", head + struct.pack("<H", zlib.crc32(head) + 1 & 0xffff) + body[10:])
                # Member for member, each is 1000 times what is packed.
                put("bomb", gzip.compress(bytes(50_000_000)) * 40)
                """))
        func problem(_ name: String, limit: Int = 1000) throws -> GzipProblem? {
            let packed = try #require(folder.read(name))
            do throws(GzipProblem) { _ = try Gzip.unpack(packed, limit: limit) } catch { return error }
            return nil
        }
        #expect(try problem("checksum") == .damaged("its checksum is another"))
        #expect(try problem("length") == .damaged("its length is another"))
        #expect(try problem("flags") == .damaged("its header has unknown flags"))
        #expect(try problem("method") == .notGzip)
        #expect(try problem("block") == .damaged("a block of unknown type"))
        #expect(try problem("stored") == .damaged("a stored block contradicts its length"))
        #expect(try problem("head") == nil)
        #expect(try problem("badhead") == .damaged("its header's checksum is another"))
        // 2 GB would take seconds and the memory.
        let before = ContinuousClock.now
        #expect(try problem("bomb") == .memory(limit: 1000))
        #expect(ContinuousClock.now - before < .seconds(1))
        #expect(try problem("bomb", limit: 70_000_000) == .memory(limit: 70_000_000))
    }
}
