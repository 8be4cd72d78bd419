/* The shared argument checks, with this backend's session as the place for the words; memory by size. */
#include <stdlib.h>

#include "session/session.h"

/* Through fr_fail, which stages may call several at a time. */
static fr_status report(fr_session *session, fr_status status, const char *words) {
    return status == FR_OK ? FR_OK : fr_fail(session, status, "%s", words);
}

fr_status fr_check_problem(fr_session *session, const fr_problem *problem) {
    if (fr_is_nested(session)) return FR_OK; /* the stage that calls this one checked it */
    char words[256];
    return report(session, fr_refuse_problem((fr_words){words, sizeof words}, problem), words);
}

fr_status fr_check_deep(fr_session *session, const fr_problem *problem, const int64_t *widths, int64_t earlier) {
    char words[256];
    return report(session, fr_refuse_deep((fr_words){words, sizeof words}, problem, widths, earlier), words);
}

fr_status fr_check_precision(fr_session *session, fr_precision precision) {
    char words[256];
    return report(session, fr_refuse_precision((fr_words){words, sizeof words}, precision), words);
}

fr_status fr_check_trials(fr_session *session, uint64_t first_trial, int64_t trials) {
    char words[256];
    return report(session, fr_refuse_trials((fr_words){words, sizeof words}, first_trial, trials), words);
}

fr_status fr_check_prime(fr_session *session, uint32_t prime) {
    char words[256];
    return report(session, fr_refuse_prime((fr_words){words, sizeof words}, prime), words);
}

fr_status fr_check_cells(fr_session *session, const fr_problem *problem, const fr_cell *cells, int64_t cell_count,
                         int64_t trials, fr_cell *largest) {
    char words[256];
    return report(session,
                  fr_refuse_cells((fr_words){words, sizeof words}, problem, cells, cell_count, trials, largest), words);
}

fr_status fr_check_matrices(fr_session *session, int64_t batch, int64_t rows, int64_t columns, size_t bytes,
                            size_t result_bytes) {
    char words[256];
    const fr_words place = {words, sizeof words};
    return report(session, fr_refuse_matrices(place, batch, rows, columns, bytes, result_bytes), words);
}

void *fr_allocate(size_t bytes) {
    enum { alignment = 64 }; /* a cache line */
    if (bytes > PTRDIFF_MAX - alignment) return NULL; /* no object is larger; the sum below then does not overflow */
    const size_t lines = bytes == 0 ? 1 : (bytes + alignment - 1) / alignment;
    return aligned_alloc(alignment, lines * alignment);
}
