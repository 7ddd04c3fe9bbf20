/*
 * A file system with less in it, for tests: LD_PRELOAD=shim.so SHIM=link:1,fsync-folder:22 makes these calls fail with
 * these numbers of errno. `write` and `fsync` fail only for files below the folder SHIM_FOLDER.
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
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static int failure(const char *call) {
  const char *list = getenv("SHIM");
  size_t length = strlen(call);
  for (const char *entry = list; entry && *entry;) {
    if (!strncmp(entry, call, length) && entry[length] == ':') return atoi(entry + length + 1);
    entry = strchr(entry, ',');
    if (entry) ++entry;
  }
  return 0;
}

static int is_below(int fd) {
  const char *folder = getenv("SHIM_FOLDER");
  char link[64], path[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (!folder || length < 0) return 0;
  path[length] = 0;
  return !strncmp(path, folder, strlen(folder));
}

static int is_folder(int fd) {
  struct stat found;
  return !fstat(fd, &found) && S_ISDIR(found.st_mode);
}

#define FAIL_WITH(number) \
  do {                    \
    errno = (number);     \
    return -1;            \
  } while (0)

int link(const char *from, const char *to) {
  int number = failure("link");
  if (number) FAIL_WITH(number);
  return ((int (*)(const char *, const char *))dlsym(RTLD_NEXT, "link"))(from, to);
}

int fchmod(int fd, mode_t mode) {
  int number = failure("fchmod");
  if (number) FAIL_WITH(number);
  return ((int (*)(int, mode_t))dlsym(RTLD_NEXT, "fchmod"))(fd, mode);
}

int futimens(int fd, const struct timespec *times) {
  int number = failure("futimens");
  if (number) FAIL_WITH(number);
  return ((int (*)(int, const struct timespec *))dlsym(RTLD_NEXT, "futimens"))(fd, times);
}

int fsync(int fd) {
  int number = failure(is_folder(fd) ? "fsync-folder" : "fsync");
  if (number && is_below(fd)) FAIL_WITH(number);
  return ((int (*)(int))dlsym(RTLD_NEXT, "fsync"))(fd);
}

static int refused(const char *path, int flags) {
  struct stat found;
  int number = failure("open-folder");
  const char *folder = getenv("SHIM_FOLDER");
  if (!number || (flags & O_ACCMODE) != O_RDONLY || (flags & O_DIRECTORY)) return 0;
  if (!folder || strncmp(path, folder, strlen(folder))) return 0;
  return !stat(path, &found) && S_ISDIR(found.st_mode) ? number : 0;
}

#define OPEN(name)                                                          \
  int name(const char *path, int flags, ...) {                              \
    va_list rest;                                                           \
    va_start(rest, flags);                                                  \
    int mode = va_arg(rest, int);                                           \
    va_end(rest);                                                           \
    int number = refused(path, flags);                                      \
    if (number) FAIL_WITH(number);                                          \
    return ((int (*)(const char *, int, ...))dlsym(RTLD_NEXT, #name))(path, flags, mode); \
  }
OPEN(open)
OPEN(open64)

#define WRITE(name, parameters, arguments)                                        \
  ssize_t name parameters {                                                       \
    int number = failure("write");                                                \
    if (number && is_below(fd)) FAIL_WITH(number);                                \
    return ((ssize_t(*) parameters)dlsym(RTLD_NEXT, #name))arguments;             \
  }
WRITE(write, (int fd, const void *data, size_t size), (fd, data, size))
WRITE(pwrite, (int fd, const void *data, size_t size, off_t place), (fd, data, size, place))
WRITE(pwrite64, (int fd, const void *data, size_t size, off64_t place), (fd, data, size, place))
WRITE(writev, (int fd, const struct iovec *parts, int count), (fd, parts, count))
WRITE(pwritev, (int fd, const struct iovec *parts, int count, off_t place), (fd, parts, count, place))
WRITE(pwritev64, (int fd, const struct iovec *parts, int count, off64_t place), (fd, parts, count, place))
