/* Hashes that the Python package takes of arrays and journals (Scripts/python), as the program does in Swift: in plain
 * Python they would take longer than the ranks. They are beside the table, in the library that the package brings. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* The seed that primes are drawn by, of a seed and a file's content: Prime.seed in Sources/FullrankModel/Prime.swift.
 * A content may come in pieces, every piece but the last of a multiple of 8 bytes. */
uint64_t fr_content_seed_begin(uint64_t seed, uint64_t bytes);
uint64_t fr_content_seed(uint64_t state, const unsigned char *content, size_t bytes);

/* SplitMix64's last step (Steele, Lea, Flood, OOPSLA 2014). */
static uint64_t mixed(uint64_t z) {
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

uint64_t fr_content_seed_begin(uint64_t seed, uint64_t bytes) { return mixed(seed ^ bytes); }

uint64_t fr_content_seed(uint64_t state, const unsigned char *content, size_t bytes) {
    size_t place = 0;
    for (; place + 8 <= bytes; place += 8) {
        uint64_t word;
        memcpy(&word, content + place, 8);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
        word = __builtin_bswap64(word);
#endif
        state = mixed(state ^ word);
    }
    for (; place < bytes; place++) state = mixed(state ^ content[place]);
    return state;
}

/* FNV-1a of 64 bits, as DataSet.fingerprint in Sources/FullrankModel takes it; begins with 0xcbf29ce484222325. */
uint64_t fr_fingerprint(uint64_t state, const unsigned char *content, size_t bytes);
uint64_t fr_fingerprint(uint64_t state, const unsigned char *content, size_t bytes) {
    for (size_t place = 0; place < bytes; place++) state = (state ^ content[place]) * UINT64_C(0x100000001b3);
    return state;
}

/* CRC-32C of a line, as trials.jsonl has it (docs/file-formats.md). */
uint32_t fr_crc32c(const unsigned char *content, size_t bytes);
uint32_t fr_crc32c(const unsigned char *content, size_t bytes) {
    uint32_t nibbles[16], state = UINT32_MAX;
    for (uint32_t i = 0; i < 16; i++) {
        nibbles[i] = i;
        for (int bit = 0; bit < 4; bit++) nibbles[i] = nibbles[i] >> 1 ^ (nibbles[i] & 1) * UINT32_C(0x82f63b78);
    }
    for (size_t place = 0; place < bytes; place++) {
        state ^= content[place];
        state = state >> 4 ^ nibbles[state & 15];
        state = state >> 4 ^ nibbles[state & 15];
    }
    return ~state;
}
