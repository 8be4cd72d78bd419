/* Inverses mod p by both ways, against multiplication: every residue of small primes, many of large ones. */
#include "support/check.h"
#include "field.h"

static void check_one(fr_field field, double inverse, int64_t a) {
    CHECK(((int64_t)inverse * a - 1) % field.prime == 0, "%lld %g mod %d is not 1", (long long)a, inverse, field.prime);
    CHECK(fabs(inverse) < field.p / 2 + 3, "%g is not balanced mod %d", inverse, field.prime);
}

static void check_inverse(fr_field field, const double *inverses, int64_t a) {
    check_one(field, fr_inverse(field, (double)a), a);
    check_one(field, fr_inverse_by(field, inverses, (double)a), a);
}

int main(void) {
    static const uint32_t primes[] = {3, 5, 101, 1021, 1031, 65537, 4194319, 8388593};
    static double inverses[FR_INVERSES];
    for (size_t i = 0; i < sizeof primes / sizeof *primes; i++) {
        const fr_field field = fr_field_make(primes[i]);
        fr_fill_inverses(field, inverses);
        const int64_t half = field.prime / 2, step = half < 40000 ? 1 : half / 20000;
        for (int64_t a = 1; a <= half; a += step) {
            check_inverse(field, inverses, a);
            check_inverse(field, inverses, -a);
        }
        check_inverse(field, inverses, half);
    }
    return check_report();
}
