#pragma once
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

// Swift imports neither the cast inside SIG_IGN nor variadic fcntl; each gets a plain function.
static inline int linux_ignore_signal(int signal_number) {
    struct sigaction action = {0};
    action.sa_handler = SIG_IGN;
    return sigaction(signal_number, &action, 0);
}

#include <string.h>
#include <sys/prctl.h>

// Without _GNU_SOURCE, which would give other modules' headers a second shape, the two GNU calls below are not declared
// or have another form; accept4's prototype is glibc's.
extern int accept4(int listener, struct sockaddr *peer, socklen_t *length, int flags);

static inline int linux_accept(int listener, struct sockaddr *peer, socklen_t *length) {
    return accept4(listener, peer, length, SOCK_CLOEXEC | SOCK_NONBLOCK);
}

static inline void linux_error_text(int error_number, char *buffer, size_t size) {
    if (strerror_r(error_number, buffer, size) != 0) { buffer[0] = 0; }
}

static inline void linux_name_this_thread(const char *name) { prctl(PR_SET_NAME, name, 0, 0, 0); }

// A second number for a descriptor, at least `lowest`, that a program started later does not get.
static inline int linux_duplicate(int descriptor, int lowest) { return fcntl(descriptor, F_DUPFD_CLOEXEC, lowest); }

// Makes a descriptor that was handed over by whoever started this process like one of our own.
static inline int linux_adopt(int descriptor) {
    int flags = fcntl(descriptor, F_GETFL);
    if (flags < 0 || fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) < 0) { return -1; }
    return fcntl(descriptor, F_SETFD, FD_CLOEXEC);
}
