#pragma once
extern int *__error(void);
#define errno (*__error())
#define ENOENT 2
#define EINTR 4
#define ENXIO 6
#define EAGAIN 35
#define EEXIST 17
#define ENOTDIR 20
#define EISDIR 21
#define EINVAL 22
#define EROFS 30
#define EWOULDBLOCK EAGAIN
#define ELOOP 62
#define ERANGE 34
#define ENOMEM 12
