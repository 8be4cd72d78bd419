/* How the process ends when Swift cannot allocate: with one line and an exit code, where the runtime would trap with a
 * backtrace. */
#ifndef FULLRANK_PROCESS_H
#define FULLRANK_PROCESS_H

#include <stdint.h>

/* From now on a failed allocation of Swift's ends the process.
 *
 * message: how the line begins, "fullrank: sweep: "; copied. May be called again.
 * code: the exit code.
 * before: called first, to leave the terminal clean; it must not wait for anything. */
void fullrank_end_without_memory(const char *message, int32_t code, void (*before)(void));

#endif
