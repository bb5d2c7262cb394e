/*
 * Preloaded into a process (LD_PRELOAD), makes the disk below MILLRACE_FAULT_PATH fail as the first word of
 * the file MILLRACE_FAULT_MODE says at the time of each call: none, sync-fails, sync-blocks, disk-full or
 * read-only. The first call that a mode strikes makes the file MILLRACE_FAULT_MODE.hit, so that a test can
 * wait for it.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

static int below(const char *path) {
  const char *root = getenv("MILLRACE_FAULT_PATH");
  return root && strncmp(path, root, strlen(root)) == 0;
}

static int concerns(int fd) {
  char link[64], path[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return below(path);
}

/* Raw system calls, because our own open and write are replaced too. */
static int mode_is(const char *wanted) {
  char mode[32] = {0};
  const char *file = getenv("MILLRACE_FAULT_MODE");
  int fd = file ? (int)syscall(SYS_openat, AT_FDCWD, file, O_RDONLY) : -1;
  if (fd < 0) return 0;
  syscall(SYS_read, fd, mode, sizeof mode - 1);
  syscall(SYS_close, fd);
  return strncmp(mode, wanted, strlen(wanted)) == 0;
}

static void hit(void) {
  char path[PATH_MAX];
  snprintf(path, sizeof path, "%s.hit", getenv("MILLRACE_FAULT_MODE"));
  int fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_CREAT | O_WRONLY, 0644);
  if (fd >= 0) syscall(SYS_close, fd);
}

static int fail(int error) {
  hit();
  errno = error;
  return -1;
}

static int sync_with(int fd, const char *name) {
  if (concerns(fd)) {
    if (mode_is("sync-fails")) return fail(EIO);
    while (mode_is("sync-blocks")) {
      hit();
      usleep(5000);
    }
  }
  int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
  return real(fd);
}

int fsync(int fd) { return sync_with(fd, "fsync"); }
int fdatasync(int fd) { return sync_with(fd, "fdatasync"); }

/* What a write to the file must fail with; 0: nothing. */
static int refused(int fd) {
  if (!concerns(fd)) return 0;
  return mode_is("disk-full") ? ENOSPC : mode_is("read-only") ? EROFS : 0;
}

#define WRITES(name, arguments, names)                                      \
  ssize_t name arguments {                                                  \
    int error = refused(fd);                                                \
    if (error) return fail(error);                                          \
    ssize_t(*real) arguments = (ssize_t(*) arguments)dlsym(RTLD_NEXT, #name); \
    return real names;                                                      \
  }

WRITES(write, (int fd, const void *bytes, size_t count), (fd, bytes, count))
WRITES(pwrite, (int fd, const void *bytes, size_t count, off_t at), (fd, bytes, count, at))
WRITES(pwrite64, (int fd, const void *bytes, size_t count, off64_t at), (fd, bytes, count, at))

#define TRUNCATES(name, offset)                                             \
  int name(int fd, offset length) {                                         \
    if (concerns(fd) && mode_is("read-only")) return fail(EROFS);           \
    int (*real)(int, offset) = (int (*)(int, offset))dlsym(RTLD_NEXT, #name); \
    return real(fd, length);                                                \
  }

TRUNCATES(ftruncate, off_t)
TRUNCATES(ftruncate64, off64_t)

#define OPENS(name)                                                         \
  int name(const char *path, int flags, ...) {                              \
    va_list more;                                                           \
    va_start(more, flags);                                                  \
    mode_t mode = (mode_t)va_arg(more, int);                                \
    va_end(more);                                                           \
    int writes = (flags & O_ACCMODE) != O_RDONLY || (flags & O_CREAT);      \
    if (writes && below(path) && mode_is("read-only")) return fail(EROFS);  \
    int (*real)(const char *, int, ...) = (int (*)(const char *, int, ...))dlsym(RTLD_NEXT, #name); \
    return real(path, flags, mode);                                         \
  }

OPENS(open)
OPENS(open64)
