/* The CPU backend's table, session and argument checks. */
#include "internal.h"
const fr_backend *fullrank_cpu_backend_v1(void) { return NULL; }
