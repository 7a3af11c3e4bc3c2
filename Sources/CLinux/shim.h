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
