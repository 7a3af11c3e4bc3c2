#pragma once
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
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

// glibc's strerror_r comes in two shapes; this is the GNU one with its result copied to where the caller looks.
#include <string.h>
static inline void linux_error_text(int error_number, char *buffer, size_t size) {
    const char *text = strerror_r(error_number, buffer, size);
    if (text != buffer) { strncpy(buffer, text, size - 1); buffer[size - 1] = 0; }
}

// With _GNU_SOURCE accept4 takes a transparent union, which Swift cannot pass.
static inline int linux_accept(int listener, struct sockaddr *peer, socklen_t *length) {
    return accept4(listener, peer, length, SOCK_CLOEXEC | SOCK_NONBLOCK);
}

#include <pthread.h>
static inline void linux_name_this_thread(const char *name) { pthread_setname_np(pthread_self(), name); }
