/* The slow reference: a zero-loss minimum in a region as one linear program over all weights, n d1 constraints, solved
 * by GLPK's dual simplex where GLPK is installed (Debian: libglpk-dev). Variables are free: GLPK's default would force
 * them to be non-negative. */
#ifndef FR_TESTS_MINIMA_PROGRAM_H
#define FR_TESTS_MINIMA_PROGRAM_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct minima_program {
    int64_t n, d0, d1, words;
    int bias;
    const double *x, *y, *v; /* n x d0, n, d1 */
    const uint64_t *patterns;
} minima_program;

#ifdef FR_HAVE_GLPK
#include <glpk.h>

/* 1 feasible, 0 infeasible, -1 where the two phases disagree by more than rounding. */
static inline int minima_program_feasible(const minima_program *m) {
    const int k = (int)m->d0 + m->bias, d1 = (int)m->d1, n = (int)m->n;
    glp_prob *lp = glp_create_prob();
    glp_term_out(GLP_OFF);
    glp_add_cols(lp, d1 * k + 2 * n);
    for (int c = 1; c <= d1 * k; c++) glp_set_col_bnds(lp, c, GLP_FR, 0, 0);
    /* Least sum of |residuals|: the distance tells how sure the answer is. */
    for (int c = d1 * k + 1; c <= d1 * k + 2 * n; c++) {
        glp_set_col_bnds(lp, c, GLP_LO, 0, 0);
        glp_set_obj_coef(lp, c, 1);
    }
    glp_set_obj_dir(lp, GLP_MIN);
    glp_add_rows(lp, n + n * d1);
    int *index = malloc(sizeof(int) * (size_t)(d1 * k + 3));
    double *value = malloc(sizeof(double) * (size_t)(d1 * k + 3));
    double scale = 0;
    for (int j = 0; j < n; j++) {
        int count = 0;
        for (int i = 0; i < d1; i++) {
            const int active = m->patterns[i * m->words + j / 64] >> (j % 64) & 1;
            int cell = 0;
            double normal[65];
            int columns[65];
            for (int c = 0; c < k; c++) {
                const double x = c < m->d0 ? m->x[j * m->d0 + c] : 1;
                if (active) {
                    index[++count] = i * k + c + 1;
                    value[count] = (m->v[i] > 0 ? 1 : -1) * x;
                }
                columns[++cell] = i * k + c + 1;
                normal[cell] = x;
            }
            glp_set_mat_row(lp, n + i * n + j + 1, k, columns, normal);
            glp_set_row_bnds(lp, n + i * n + j + 1, active ? GLP_LO : GLP_UP, 0, 0);
        }
        index[++count] = d1 * k + 2 * j + 1;
        value[count] = 1;
        index[++count] = d1 * k + 2 * j + 2;
        value[count] = -1;
        glp_set_mat_row(lp, j + 1, count, index, value);
        glp_set_row_bnds(lp, j + 1, GLP_FX, m->y[j], m->y[j]);
        scale += m->y[j] < 0 ? -m->y[j] : m->y[j];
    }
    glp_smcp parameters;
    glp_init_smcp(&parameters);
    parameters.msg_lev = GLP_MSG_OFF;
    parameters.tol_bnd = parameters.tol_dj = 1e-10;
    const int failed = glp_simplex(lp, &parameters) || glp_get_status(lp) != GLP_OPT;
    const double distance = glp_get_obj_val(lp);
    glp_delete_prob(lp);
    free(index);
    free(value);
    if (failed) return -1;
    if (distance > 1e-6 * (1 + scale)) return 0;
    return distance < 1e-9 * (1 + scale) ? 1 : -1;
}
#else
static inline int minima_program_feasible(const minima_program *m) {
    static int said;
    (void)m;
    if (!said++)
        printf("SKIPPED: linear programs: built without GLPK (Debian: libglpk-dev), the verdicts are not compared\n");
    return -1;
}
#endif

#endif
