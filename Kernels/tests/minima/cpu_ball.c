/* Numbers that know their sign, against integers of any size. */
#include <math.h>

#include "numbers/bigint.h"
#include "support/check.h"
#include "numbers/ball.h"

static fr_ball_context reals(int limbs) {
    return (fr_ball_context){.p = fr_word_prime_draw(check_seed), .limbs = limbs};
}

static double draw(int spread) {
    if (random_bits() % 8 == 0) return 0;
    if (random_bits() % 4 == 0) return (double)(int64_t)(random_bits() % 7) - 3;
    return ldexp(random_unit() - 0.5, (int)(random_bits() % (uint64_t)spread) - spread / 2);
}

/* Sums of products with planted cancellation: the sign is that of the integers, or in doubt. */
static void test_signs_of_sums(void) {
    int zeros = 0, doubts = 0;
    for (uint64_t turn = 0; turn < 4000; turn++) {
        check_seed = 70 + turn;
        const int count = 1 + (int)(random_bits() % 6), spread = turn % 3 == 0 ? 600 : 80;
        fr_ball_context r = reals(turn % 2 ? 4 : FR_REAL_LIMBS);
        fr_ball sum, a, b;
        fr_ball_set(&r, &sum, 0);
        mpz_t exact, x, y;
        mpz_inits(exact, x, y, NULL);
        double first[8], second[8];
        for (int i = 0; i < count; i++) {
            const bool repeats = i > 0 && random_bits() % 2; /* a term before it, taken away: exactly, or nearly */
            first[i] = repeats ? -first[i - 1] : draw(spread);
            second[i] = repeats ? second[i - 1] : draw(spread);
            if (repeats && second[i] != 0 && random_bits() % 3 == 0) second[i] = nextafter(second[i], 2);
        }
        for (int i = 0; i < count; i++) {
            fr_ball_set(&r, &a, first[i]);
            fr_ball_set(&r, &b, second[i]);
            if (i % 2) {
                fr_ball_add_product(&r, &sum, &a, &b, 1);
            } else {
                fr_ball_negate(&r, &a);
                fr_ball_add_product(&r, &sum, &b, &a, -1);
            }
            fr_bigint_set(x, first[i], -1074);
            fr_bigint_set(y, second[i], -1074);
            mpz_addmul(exact, x, y);
        }
        const int sign = fr_ball_sign(&r, &sum);
        zeros += mpz_sgn(exact) == 0;
        doubts += r.doubt;
        if (!r.doubt) CHECK(sign == mpz_sgn(exact), "limbs %d: %d, exactly %d", r.limbs, sign, mpz_sgn(exact));
        if (r.limbs == FR_REAL_LIMBS && spread == 80) CHECK(!r.doubt, "512 bits hold these sums");
        mpz_clears(exact, x, y, NULL);
    }
    CHECK(zeros > 100 && doubts < 1000, "%d zeros, %d in doubt", zeros, doubts);
}

/* Rational identities are 0, and a little more is not. */
static void test_identities(void) {
    for (uint64_t turn = 0; turn < 2000; turn++) {
        check_seed = 9000 + turn;
        fr_ball_context r = reals(turn % 2 ? 4 : FR_REAL_LIMBS);
        fr_ball a, b, c, left, right, one;
        const double x = draw(80), y = draw(80) + (turn % 5 ? 0 : 1), z = draw(80);
        fr_ball_set(&r, &a, x);
        fr_ball_set(&r, &b, y);
        fr_ball_set(&r, &c, z);
        fr_ball_set(&r, &one, 1);
        if (y == 0) continue;
        fr_ball_divide(&r, &left, &a, &b); /* a/b + c */
        CHECK(fabs(fr_ball_double(&r, &left, 0) - x / y) <= 0x1p-50 * fabs(x / y), "%g / %g", x, y);
        fr_ball_add(&r, &left, &left, &c, 1);
        fr_ball_multiply(&r, &right, &b, &c); /* (a + b c)/b */
        fr_ball_add(&r, &right, &right, &a, 1);
        fr_ball_divide(&r, &right, &right, &b);
        fr_ball difference;
        fr_ball_add(&r, &difference, &left, &right, -1);
        CHECK(fr_ball_sign(&r, &difference) == 0 && !r.doubt, "%g / %g + %g", x, y, z);
        fr_ball_set(&r, &c, ldexp(turn % 3 ? 1 : -1, -170));
        fr_ball_add(&r, &difference, &difference, &c, 1);
        CHECK(fr_ball_sign(&r, &difference) == (turn % 3 ? 1 : -1) && !r.doubt, "2^-170 is seen");
        fr_ball_set(&r, &c, ldexp(1, -900));
        fr_ball_divide(&r, &left, &one, &b);
        fr_ball_multiply(&r, &left, &left, &b);
        fr_ball_add(&r, &left, &left, &c, 1);
        fr_ball_add(&r, &left, &left, &one, -1);
        fr_ball_sign(&r, &left);
        CHECK(r.doubt || left.radius == 0, "2^-900 is not, and that is said");
    }
}

/* A 0 known only to within its radius must not cost bits of a number to which it is added: once it cost 64 each
 * time. */
static void test_zeros_with_a_radius(void) {
    fr_ball_context r = reals(4);
    fr_ball third, zero, sum, one, three;
    fr_ball_set(&r, &one, 1);
    fr_ball_set(&r, &three, 3);
    fr_ball_divide(&r, &third, &one, &three);
    fr_ball_add(&r, &zero, &third, &third, -1);
    for (int i = 0; i < 20; i++) {
        fr_ball_add(&r, &zero, &zero, &zero, 1);
        fr_ball_multiply(&r, &zero, &zero, &third);
    }
    CHECK(fr_ball_sign(&r, &zero) == 0 && !r.doubt, "still 0");
    for (int s = -1; s <= 1; s += 2) {
        fr_ball_add(&r, &sum, &zero, &third, s);
        CHECK(sum.radius < 64 && fr_ball_sign(&r, &sum) == s, "radius %g", sum.radius);
        fr_ball_add(&r, &sum, &third, &zero, s);
        CHECK(sum.radius < 64 && fr_ball_sign(&r, &sum) == 1, "radius %g", sum.radius);
    }
}

static void test_words(void) {
    for (uint64_t turn = 0; turn < 500; turn++) {
        check_seed = 20000 + turn;
        fr_ball_context r = reals(FR_REAL_LIMBS);
        uint64_t words[7] = {0};
        for (int i = 0; i < 7; i++) words[i] = turn % 3 == 0 && i > 2 ? -(uint64_t)(turn % 2) : random_bits();
        mpz_t exact;
        mpz_init(exact);
        fr_bigint_set_words(exact, words, 7);
        fr_ball a, b, part;
        fr_ball_set_words(&r, &a, words, 7, -320);
        CHECK(fr_ball_sign(&r, &a) == mpz_sgn(exact), "sign of words");
        fr_ball_set(&r, &b, 0); /* limb by limb, in halves that a float holds */
        for (int i = 0; i < 14; i++) {
            const double half = (double)(uint32_t)(words[i / 2] >> (32 * (i % 2)));
            fr_ball_set(&r, &part, ldexp(i == 13 && half >= 0x1p31 ? half - 0x1p32 : half, 32 * i - 320));
            fr_ball_add(&r, &b, &b, &part, 1);
        }
        fr_ball_add(&r, &a, &a, &b, -1);
        CHECK(fr_ball_sign(&r, &a) == 0 && !r.doubt, "words are their halves' sum");
        mpz_clear(exact);
    }
}

int main(void) {
    test_signs_of_sums();
    test_identities();
    test_words();
    test_zeros_with_a_radius();
    return check_report();
}
