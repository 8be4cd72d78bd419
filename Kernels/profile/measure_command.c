/* Runs a command and writes its wall seconds, user seconds, system seconds, peak memory in KiB and exit code to FILE.
 *
 *   measure_command FILE COMMAND [ARGUMENT ...]
 *
 * This is a program of its own because Linux includes in a process's peak the memory of the process that started it,
 * and this one is small. */
#define _DEFAULT_SOURCE
#include <stdio.h>
#include <sys/resource.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static double seconds(struct timeval time) { return (double)time.tv_sec + 1e-6 * (double)time.tv_usec; }

int main(int count, char **arguments) {
    if (count < 3) {
        fprintf(stderr, "usage: measure_command FILE COMMAND [ARGUMENT ...]\n");
        return 64;
    }
    double start = now();
    pid_t child = fork();
    if (child == 0) {
        execvp(arguments[2], arguments + 2);
        perror(arguments[2]);
        _exit(127);
    }
    int status;
    struct rusage usage;
    if (child < 0 || wait4(child, &status, 0, &usage) != child) {
        perror("measure_command");
        return 1;
    }
    double wall = now() - start;
    int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    FILE *file = fopen(arguments[1], "w");
    if (file == NULL) {
        perror(arguments[1]);
        return 1;
    }
    fprintf(file, "%.9f %.6f %.6f %ld %d\n", wall, seconds(usage.ru_utime), seconds(usage.ru_stime), usage.ru_maxrss,
            code);
    fclose(file);
    return code;
}
