// Stands in for the stages that other files bring: weak, so that a real definition replaces it. Goes away with them.
#include "session.h"

#define FR_STUB __attribute__((weak))

static fr_status missing(fr_session *session, const char *stage) {
    return fr_cuda_fail(session, FR_UNSUPPORTED, "%s is not part of this library yet", stage);
}

FR_STUB fr_status fr_cuda_eliminate_small(fr_session *session, const fr_problem *, uint32_t, uint64_t, int64_t,
                                          int64_t *, fr_outcome *) {
    return missing(session, "elimination");
}
FR_STUB fr_status fr_cuda_eliminate_large(fr_session *session, const fr_problem *, uint32_t, uint64_t, int64_t *,
                                          fr_outcome *) {
    return missing(session, "elimination");
}
FR_STUB fr_status fr_cuda_eliminate_dense(fr_session *session, const double *, int64_t, int64_t, int64_t, uint32_t,
                                          int64_t *, fr_outcome *) {
    return missing(session, "elimination of dense matrices");
}
FR_STUB int64_t fr_cuda_small_rows(const fr_session *) { return 0; }
template <>
FR_STUB fr_status fr_cuda_svd<double>(fr_session *session, double *, int64_t, int64_t, int64_t, fr_singular *,
                                      fr_outcome *) {
    return missing(session, "singular values");
}
template <>
FR_STUB fr_status fr_cuda_svd<float>(fr_session *session, float *, int64_t, int64_t, int64_t, fr_singular *,
                                     fr_outcome *) {
    return missing(session, "singular values");
}
