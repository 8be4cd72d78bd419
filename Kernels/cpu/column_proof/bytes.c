/* Which instruction set multiplies bytes. */
#include "column_proof/bytes.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "session/machine.h"

extern const fr_byte_isa fr_bytes_portable;
#if defined(__x86_64__)
extern const fr_byte_isa fr_bytes_avx2, fr_bytes_avx512, fr_bytes_avx512vnni;
#elif defined(__aarch64__)
extern const fr_byte_isa fr_bytes_neon, fr_bytes_neon_i8mm;
#endif

/* What column_proof/bytes_residues.inc.h takes away, and what from. */
static void set_residue_steps(fr_bytes_field *field) {
    const int h = (field->p - 1) / 2;
    const double unit = ldexp(1.0, -h), inverse = 1.0 / (double)field->p;
    int32_t power = 1; /* 2^h: 1 or p - 1 */
    for (int i = 0; i < h; i++) power = 2 * power % field->p;
    field->residue_inverse[0] = inverse / (unit * 0x1p43);
    field->residue_inverse[1] = inverse / unit;
    field->residue_multiple[0] = (double)field->p * (unit * 0x1p43);
    field->residue_multiple[1] = (double)field->p * unit;
    field->residue_sign = power == 1 ? 1.0 : -1.0;
    field->residue_shift = 0x1.8p52 * unit;
    field->residue_limit = unit * 0x1p43 * 128.0 * 0x1p45;
}

fr_bytes_field fr_bytes_field_make(int32_t prime) {
    fr_bytes_field field = {.p = prime, .reciprocal = (32768 + prime / 2) / prime, .inverse = 1.0f / (float)prime};
    /* p = q a + r, so 1/a = -q / r. */
    int32_t inverse[256] = {0, 1};
    for (int32_t a = 2; a < prime; a++) inverse[a] = (prime - prime / a) * inverse[prime % a] % prime;
    for (int32_t a = 1; a < prime; a++)
        field.inverses[a] = (int8_t)(inverse[a] > prime / 2 ? inverse[a] - prime : inverse[a]);
    set_residue_steps(&field);
    return field;
}

const fr_byte_isa *fr_bytes_named(const char *name) {
    if (strcmp(name, "portable") == 0) return &fr_bytes_portable;
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (strcmp(name, "avx2") == 0 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        return &fr_bytes_avx2;
    const bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                        __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
    if (strcmp(name, "avx512") == 0 && avx512) return &fr_bytes_avx512;
    if (strcmp(name, "avx512vnni") == 0 && avx512 && __builtin_cpu_supports("avx512vnni")) return &fr_bytes_avx512vnni;
#elif defined(__aarch64__)
    if (strcmp(name, "neon") == 0 && fr_machine_has(FR_ARM_DOT_PRODUCT)) return &fr_bytes_neon;
    if (strcmp(name, "neon_i8mm") == 0 && fr_machine_has(FR_ARM_INT8_MATRIX)) return &fr_bytes_neon_i8mm;
#endif
    return NULL;
}

const fr_byte_isa *fr_bytes_best(void) {
    const char *wish = getenv("FULLRANK_ISA");
    const bool any = wish == NULL || strcmp(wish, "avx512") == 0 || strcmp(wish, "neon") == 0;
    const char *names[] = {"avx512vnni", "avx512", "avx2", "neon_i8mm", "neon"};
    if (!any) {
        const fr_byte_isa *named = fr_bytes_named(wish);
        if (named) return named;
    }
    for (int i = 0; i < 5; i++) {
        const fr_byte_isa *named = fr_bytes_named(names[i]);
        if (named) return named;
    }
    return &fr_bytes_portable;
}
