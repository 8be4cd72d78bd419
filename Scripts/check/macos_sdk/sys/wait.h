#pragma once
#include "../types.h"
#define WNOHANG 0x00000001
#define WIFEXITED(x) (((x) & 0177) == 0)
#define WEXITSTATUS(x) (((x) >> 8) & 0xff)
#define WIFSIGNALED(x) (((x) & 0177) != 0177 && ((x) & 0177) != 0)
#define WTERMSIG(x) ((x) & 0177)
pid_t waitpid(pid_t, int *, int);
