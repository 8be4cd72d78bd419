#include "fullrank_checksum.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#if defined(__aarch64__) && defined(__APPLE__)
#include <sys/sysctl.h>
#elif defined(__aarch64__)
#include <sys/auxv.h>
#endif

static const uint32_t polynomial = 0x82f63b78;

// tables[i][b]: the register after byte b and i bytes of zero, from a register of zero.
static uint32_t tables[8][256];

static void fill_tables(void)
{
    for (uint32_t byte = 0; byte < 256; byte++) {
        uint32_t value = byte;
        for (int bit = 0; bit < 8; bit++) { value = value >> 1 ^ (value & 1 ? polynomial : 0); }
        tables[0][byte] = value;
    }
    for (int i = 1; i < 8; i++) {
        for (int byte = 0; byte < 256; byte++) {
            const uint32_t before = tables[i - 1][byte];
            tables[i][byte] = before >> 8 ^ tables[0][before & 255];
        }
    }
}

uint32_t fr_crc32c_by_tables(const void *bytes, size_t count)
{
    static pthread_once_t filled = PTHREAD_ONCE_INIT;
    pthread_once(&filled, fill_tables);
    const unsigned char *next = bytes;
    uint32_t crc = ~UINT32_C(0);
    for (; count >= 8; next += 8, count -= 8) {
        const uint32_t low = crc ^ ((uint32_t)next[0] | (uint32_t)next[1] << 8 | (uint32_t)next[2] << 16 | (uint32_t)next[3] << 24);
        crc = tables[7][low & 255] ^ tables[6][low >> 8 & 255] ^ tables[5][low >> 16 & 255] ^ tables[4][low >> 24]
            ^ tables[3][next[4]] ^ tables[2][next[5]] ^ tables[1][next[6]] ^ tables[0][next[7]];
    }
    for (; count > 0; next++, count--) { crc = crc >> 8 ^ tables[0][(crc ^ *next) & 255]; }
    return ~crc;
}

#if defined(__x86_64__)

__attribute__((target("sse4.2"))) static uint32_t by_instruction(const void *bytes, size_t count)
{
    const unsigned char *next = bytes;
    uint64_t crc = ~UINT32_C(0);
    for (; count >= 8; next += 8, count -= 8) {
        uint64_t word;
        memcpy(&word, next, 8);
        crc = __builtin_ia32_crc32di(crc, word);
    }
    uint32_t rest = (uint32_t)crc;
    for (; count > 0; next++, count--) { rest = __builtin_ia32_crc32qi(rest, *next); }
    return ~rest;
}

static int has_instruction(void)
{
    __builtin_cpu_init();
    return __builtin_cpu_supports("sse4.2");
}

#elif defined(__aarch64__) && defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__

// In assembly, since compilers differ in how a function is allowed the instruction.
static uint32_t by_instruction(const void *bytes, size_t count)
{
    const unsigned char *next = bytes;
    uint32_t crc = ~UINT32_C(0);
    for (; count >= 8; next += 8, count -= 8) {
        uint64_t word;
        memcpy(&word, next, 8);
        __asm__(".arch_extension crc\n\tcrc32cx %w0, %w0, %x1" : "+r"(crc) : "r"(word));
    }
    for (; count > 0; next++, count--) {
        __asm__(".arch_extension crc\n\tcrc32cb %w0, %w0, %w1" : "+r"(crc) : "r"((uint32_t)*next));
    }
    return ~crc;
}

#if defined(__APPLE__)
static int has_instruction(void)
{
    int32_t answer = 0;
    size_t size = sizeof answer;
    return sysctlbyname("hw.optional.armv8_crc32", &answer, &size, NULL, 0) == 0 && answer != 0;
}
#else
// HWCAP_CRC32.
static int has_instruction(void) { return (getauxval(AT_HWCAP) >> 7 & 1) != 0; }
#endif

#else

static uint32_t by_instruction(const void *bytes, size_t count) { return fr_crc32c_by_tables(bytes, count); }
static int has_instruction(void) { return 0; }

#endif

uint32_t fr_crc32c(const void *bytes, size_t count)
{
    // 0: not asked yet. Threads that ask at once all find the same.
    static atomic_int kind;
    int known = atomic_load_explicit(&kind, memory_order_relaxed);
    if (known == 0) {
        known = has_instruction() ? 1 : 2;
        atomic_store_explicit(&kind, known, memory_order_relaxed);
    }
    return known == 1 ? by_instruction(bytes, count) : fr_crc32c_by_tables(bytes, count);
}
