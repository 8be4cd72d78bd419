/* The CPU backend as a library of its own, for programs that load backends, such as Scripts/gpu/check: the same table
 * that the executable has linked in. Built by CMake only. */
#include "fullrank_kernels.h"

const fr_backend *fullrank_backend_v1(void);
const fr_backend *fullrank_backend_v1(void) { return fullrank_cpu_backend_v1(); }
