/*
 * A disk under observation, for tests (LD_PRELOAD): records what a process writes to the files below
 * DISK_ROOT and in which order it syncs them, and fails the n-th call where a test asks for it.
 *
 * DISK_TRACE names the file that takes the record; DISK_CONTROL a file of five 32-bit integers that
 * stays mapped: errno to fail with (0: none), calls until the first failure, calls so far (written
 * here), whether it goes on failing, whether a failing write takes its first half.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define FDS 4096
#define PATHS 1024

struct control { int32_t error, until, calls, sticky, half; };

static char *paths[FDS];
static const char *root;
static int trace = -1;
static volatile struct control *control;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static int (*real_open)(const char *, int, ...);
static int (*real_close)(int);
static ssize_t (*real_write)(int, const void *, size_t);
static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static int (*real_fsync)(int);
static int (*real_fdatasync)(int);
static int (*real_ftruncate)(int, off_t);
static int (*real_unlink)(const char *);
static int (*real_rename)(const char *, const char *);

static void load(void) {
  if (real_open) return;
  real_close = dlsym(RTLD_NEXT, "close");
  real_write = dlsym(RTLD_NEXT, "write");
  real_pwrite = dlsym(RTLD_NEXT, "pwrite64");
  real_fsync = dlsym(RTLD_NEXT, "fsync");
  real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
  real_ftruncate = dlsym(RTLD_NEXT, "ftruncate64");
  real_unlink = dlsym(RTLD_NEXT, "unlink");
  real_rename = dlsym(RTLD_NEXT, "rename");
  real_open = dlsym(RTLD_NEXT, "open64");
}

__attribute__((constructor)) static void start(void) {
  load();
  root = getenv("DISK_ROOT");
  const char *to = getenv("DISK_TRACE");
  if (to) trace = real_open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  const char *by = getenv("DISK_CONTROL");
  if (by) {
    int fd = real_open(by, O_RDWR | O_CLOEXEC);
    void *at = mmap(0, sizeof(struct control), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (at == MAP_FAILED) abort();
    control = at;
  }
}

static int watched(const char *path) { return root && strncmp(path, root, strlen(root)) == 0; }
static const char *path_of(int fd) { return fd >= 0 && fd < FDS ? paths[fd] : 0; }

static void put(const void *data, size_t size) {
  const char *at = data;
  while (size > 0) {
    ssize_t done = real_write(trace, at, size);
    if (done <= 0) abort();
    at += done;
    size -= done;
  }
}

/* op, length of path, length of data, offset or size, path, data */
static void record(char op, const char *path, int64_t at, const void *data, uint32_t size) {
  if (trace < 0) return;
  int saved = errno;
  uint32_t head[3] = {(uint32_t)op, (uint32_t)strlen(path), size};
  pthread_mutex_lock(&lock);
  put(head, sizeof head);
  put(&at, sizeof at);
  put(path, head[1]);
  if (size > 0) put(data, size);
  pthread_mutex_unlock(&lock);
  errno = saved;
}

/* 0: go on; else the errno of the failure, and whether it comes with half the data */
static int fault(void) {
  if (!control) return 0;
  control->calls += 1;
  if (control->error == 0) return 0;
  if (control->until > 1) {
    control->until -= 1;
    return 0;
  }
  int error = control->error;
  if (!control->sticky) control->error = 0;
  return error;
}

static int opened(const char *path, int flags, mode_t mode) {
  load();
  if (!watched(path)) return real_open(path, flags, mode);
  struct stat known;
  int created = (flags & O_CREAT) && stat(path, &known) != 0;
  int error = created || (flags & O_ACCMODE) != O_RDONLY ? fault() : 0;
  if (error) {
    errno = error;
    return -1;
  }
  int fd = real_open(path, flags, mode);
  if (fd < 0 || fd >= FDS) return fd;
  free(paths[fd]);
  paths[fd] = strdup(path);
  if (created) record('C', path, 0, 0, 0);
  if (flags & O_TRUNC) record('T', path, 0, 0, 0);
  return fd;
}

#define MODE(flags, mode)                                                                          \
  mode_t mode = 0;                                                                                 \
  if ((flags) & (O_CREAT | O_TMPFILE)) {                                                           \
    va_list rest;                                                                                  \
    va_start(rest, flags);                                                                         \
    mode = va_arg(rest, mode_t);                                                                   \
    va_end(rest);                                                                                  \
  }

int open(const char *path, int flags, ...) {
  MODE(flags, mode)
  return opened(path, flags, mode);
}
int open64(const char *path, int flags, ...) {
  MODE(flags, mode)
  return opened(path, flags, mode);
}

int close(int fd) {
  load();
  if (path_of(fd)) {
    free(paths[fd]);
    paths[fd] = 0;
  }
  return real_close(fd);
}

static ssize_t written(int fd, const void *data, size_t size, off_t at, int here) {
  load();
  const char *path = path_of(fd);
  if (!path) return here ? real_write(fd, data, size) : real_pwrite(fd, data, size, at);
  if (here) {
    at = lseek(fd, 0, SEEK_CUR);
    if (at < 0) at = 0;
  }
  int error = fault();
  if (error) {
    if (!control->half || size < 2) {
      errno = error;
      return -1;
    }
    size /= 2;
  }
  ssize_t done = here ? real_write(fd, data, size) : real_pwrite(fd, data, size, at);
  if (done > 0) record('W', path, at, data, (uint32_t)done);
  return done;
}

ssize_t write(int fd, const void *data, size_t size) { return written(fd, data, size, 0, 1); }
ssize_t pwrite(int fd, const void *data, size_t size, off_t at) {
  return written(fd, data, size, at, 0);
}
ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at) {
  return written(fd, data, size, at, 0);
}

static int synced(int fd, int (*sync)(int)) {
  const char *path = path_of(fd);
  if (!path) return sync(fd);
  int error = fault();
  if (error) {
    errno = error == ENOSPC ? EIO : error;
    return -1;
  }
  int done = sync(fd);
  if (done == 0) record('S', path, 0, 0, 0);
  return done;
}

int fsync(int fd) {
  load();
  return synced(fd, real_fsync);
}
int fdatasync(int fd) {
  load();
  return synced(fd, real_fdatasync);
}

static int truncated(int fd, off_t size) {
  load();
  const char *path = path_of(fd);
  if (!path) return real_ftruncate(fd, size);
  int error = fault();
  if (error) {
    errno = error;
    return -1;
  }
  int done = real_ftruncate(fd, size);
  if (done == 0) record('T', path, size, 0, 0);
  return done;
}

int ftruncate(int fd, off_t size) { return truncated(fd, size); }
int ftruncate64(int fd, off64_t size) { return truncated(fd, size); }

int unlink(const char *path) {
  load();
  if (!watched(path)) return real_unlink(path);
  int error = fault();
  if (error) {
    errno = error;
    return -1;
  }
  int done = real_unlink(path);
  if (done == 0) record('U', path, 0, 0, 0);
  return done;
}

int rename(const char *from, const char *to) {
  load();
  if (!watched(from)) return real_rename(from, to);
  int error = fault();
  if (error) {
    errno = error;
    return -1;
  }
  int done = real_rename(from, to);
  if (done == 0) record('R', from, 0, to, (uint32_t)strlen(to));
  return done;
}
