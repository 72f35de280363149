/*
 * A disk that fails where a test wants it to: a library to be preloaded (LD_PRELOAD) into the product on Linux.
 *
 *     cc -shared -fPIC -O1 -o faulty_disk.so faulty_disk.c -ldl
 *
 * FAULTY_DISK names a file that is read at each call, so that faults come and go while the process runs. Each line is a
 * rule:
 *
 *     CALL OUTCOME PERCENT TEXT
 *
 * CALL is open, read, write, truncate, sync, syncdir, list, rename, link, unlink or mkdir. OUTCOME is the name of an error, such as
 * EIO; or HALF, which writes the first half of what is to be written; or SLOW, which waits 300 ms first. It befalls
 * PERCENT of those calls whose path holds TEXT. Without the file nothing fails.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { GO_ON = 0, HALF = -1, SLOW = -2 };

static const struct {
    const char *name;
    int outcome;
} OUTCOMES[] = {
    {"EACCES", EACCES}, {"EDQUOT", EDQUOT}, {"EFBIG", EFBIG},     {"EINTR", EINTR},     {"EINVAL", EINVAL},
    {"EIO", EIO},       {"EMFILE", EMFILE}, {"EMLINK", EMLINK},   {"ENOENT", ENOENT},   {"ENOSPC", ENOSPC},
    {"ENOTSUP", ENOTSUP}, {"EPERM", EPERM}, {"EROFS", EROFS},     {"ESTALE", ESTALE},   {"EXDEV", EXDEV},
    {"HALF", HALF},     {"SLOW", SLOW},
};

static int outcome_of(const char *name) {
    for (size_t i = 0; i < sizeof OUTCOMES / sizeof *OUTCOMES; i++) {
        if (strcmp(OUTCOMES[i].name, name) == 0) {
            return OUTCOMES[i].outcome;
        }
    }
    return GO_ON;
}

static int befalls(int percent) {
    static __thread unsigned int seed;
    if (seed == 0) {
        struct timespec now;
        clock_gettime(CLOCK_MONOTONIC, &now);
        seed = (unsigned int) now.tv_nsec | 1;
    }
    return rand_r(&seed) % 100 < percent;
}

/* Read without the functions below, and without memory of the process. */
static int outcome(const char *call, const char *path) {
    const char *rules = getenv("FAULTY_DISK");
    if (rules == NULL || path == NULL || strcmp(path, rules) == 0) {
        return GO_ON;
    }
    int before = errno;
    long file = syscall(SYS_openat, AT_FDCWD, rules, O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        errno = before;
        return GO_ON;
    }
    char text[4096];
    long length = syscall(SYS_read, (int) file, text, sizeof text - 1);
    syscall(SYS_close, (int) file);
    errno = before;
    text[length < 0 ? 0 : length] = '\0';
    char *rest = NULL;
    for (char *line = strtok_r(text, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest)) {
        char its_call[16];
        char name[16];
        int percent;
        int at = 0;
        if (sscanf(line, "%15s %15s %d %n", its_call, name, &percent, &at) >= 3 && at > 0
                && strcmp(its_call, call) == 0 && strstr(path, line + at) != NULL && befalls(percent)) {
            int found = outcome_of(name);
            if (found == SLOW) {
                struct timespec pause = {0, 300 * 1000 * 1000};
                syscall(SYS_nanosleep, &pause, NULL);
                return GO_ON;
            }
            return found;
        }
    }
    return GO_ON;
}

static int outcome_at(const char *call, int fd) {
    char link[64];
    char path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    int before = errno;
    long length = syscall(SYS_readlinkat, AT_FDCWD, link, path, sizeof path - 1);
    errno = before;
    if (length <= 0 || path[0] != '/') {
        return GO_ON;
    }
    path[length] = '\0';
    return outcome(call, path);
}

#define REAL(function) \
    static __typeof__(&function) real; \
    if (real == NULL) { \
        real = (__typeof__(&function)) dlsym(RTLD_NEXT, #function); \
    }

#define FAIL_AS(expression) \
    do { \
        int failure = (expression); \
        if (failure > 0) { \
            errno = failure; \
            return -1; \
        } \
    } while (0)

static mode_t mode_of(int flags, va_list arguments) {
    return (flags & (O_CREAT | O_TMPFILE)) != 0 ? (mode_t) va_arg(arguments, int) : 0;
}

#define OPEN(function) \
    int function(const char *path, int flags, ...) { \
        REAL(function) \
        va_list arguments; \
        va_start(arguments, flags); \
        mode_t mode = mode_of(flags, arguments); \
        va_end(arguments); \
        FAIL_AS(outcome("open", path)); \
        return real(path, flags, mode); \
    }

#define OPENAT(function) \
    int function(int folder, const char *path, int flags, ...) { \
        REAL(function) \
        va_list arguments; \
        va_start(arguments, flags); \
        mode_t mode = mode_of(flags, arguments); \
        va_end(arguments); \
        FAIL_AS(outcome("open", path)); \
        return real(folder, path, flags, mode); \
    }

OPEN(open)
OPEN(open64)
OPENAT(openat)
OPENAT(openat64)

DIR *opendir(const char *path) {
    REAL(opendir)
    int failure = outcome("list", path);
    if (failure > 0) {
        errno = failure;
        return NULL;
    }
    return real(path);
}

DIR *fdopendir(int fd) {
    REAL(fdopendir)
    int failure = outcome_at("list", fd);
    if (failure > 0) {
        errno = failure;
        return NULL;
    }
    return real(fd);
}

ssize_t read(int fd, void *bytes, size_t length) {
    REAL(read)
    FAIL_AS(outcome_at("read", fd));
    return real(fd, bytes, length);
}

ssize_t pread64(int fd, void *bytes, size_t length, off64_t at) {
    REAL(pread64)
    FAIL_AS(outcome_at("read", fd));
    return real(fd, bytes, length, at);
}

ssize_t write(int fd, const void *bytes, size_t length) {
    REAL(write)
    int found = outcome_at("write", fd);
    FAIL_AS(found);
    return real(fd, bytes, found == HALF && length > 1 ? length / 2 : length);
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t at) {
    REAL(pwrite64)
    int found = outcome_at("write", fd);
    FAIL_AS(found);
    return real(fd, bytes, found == HALF && length > 1 ? length / 2 : length, at);
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
    REAL(writev)
    FAIL_AS(outcome_at("write", fd));
    return real(fd, parts, count);
}

int ftruncate64(int fd, off64_t length) {
    REAL(ftruncate64)
    FAIL_AS(outcome_at("truncate", fd));
    return real(fd, length);
}

static int sync_outcome(int fd) {
    struct stat what;
    int before = errno;
    int is_folder = fstat(fd, &what) == 0 && S_ISDIR(what.st_mode);
    errno = before;
    return outcome_at(is_folder ? "syncdir" : "sync", fd);
}

int fsync(int fd) {
    REAL(fsync)
    FAIL_AS(sync_outcome(fd));
    return real(fd);
}

int fdatasync(int fd) {
    REAL(fdatasync)
    FAIL_AS(sync_outcome(fd));
    return real(fd);
}

int rename(const char *from, const char *to) {
    REAL(rename)
    FAIL_AS(outcome("rename", to));
    return real(from, to);
}

int link(const char *existing, const char *name) {
    REAL(link)
    FAIL_AS(outcome("link", name));
    return real(existing, name);
}

int unlink(const char *path) {
    REAL(unlink)
    FAIL_AS(outcome("unlink", path));
    return real(path);
}

int unlinkat(int folder, const char *path, int flags) {
    REAL(unlinkat)
    FAIL_AS(outcome("unlink", path));
    return real(folder, path, flags);
}

int remove(const char *path) {
    REAL(remove)
    FAIL_AS(outcome("unlink", path));
    return real(path);
}

int mkdir(const char *path, mode_t mode) {
    REAL(mkdir)
    FAIL_AS(outcome("mkdir", path));
    return real(path, mode);
}
