/* How many processors this process may use. */
#include "session/cgroup.h"
#include "session/machine.h"
#include "session/session.h"

/* A quota of processor time counts as processors: more threads than it feeds would only wait for each other. */
int fr_available_cpus(void) {
    const int permitted = fr_machine_processors(), quota = fr_cgroup_processors("");
    return quota > 0 && quota < permitted ? quota : permitted;
}
