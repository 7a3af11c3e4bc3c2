// Many listeners of one event stream, at little cost: one process, one epoll set, no buffer for a listener.
//
//   listeners PORT TARGET TOKEN COUNT [SLOW]
//
// Opens COUNT event streams, and SLOW more that never read what comes after the answer's head. Prints "ready" when each
// has been told where it begins. For each position that arrives it keeps how many have got it, and when the first and
// the last did. A line on standard input asks for what is known so far: a line "position count first_us last_us" for
// each (microseconds since 1970), then "done". At the end of standard input it ends.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { IN_FLIGHT_MAX = 200, EVENT_COUNT = 512, INPUT = -1 };

typedef struct {
    int descriptor;
    int64_t last;      // the last position, -1 before the first
    int64_t number;    // of the line under way
    uint8_t place;     // in "id: 1.", behind it while digits come, OTHER in any other line
    uint8_t is_slow;
} Listener;

enum { OTHER = 255 };
static const char prefix[] = "id: 1.";
enum { PREFIX_COUNT = sizeof prefix - 1 };

typedef struct { int64_t first, last; int count; } Arrival;

static Listener *listeners;
static Arrival *arrivals;
static int64_t arrival_capacity, lowest = INT64_MAX, highest = -1;
static int ready_count, open_count, total;
static const char *request;
static size_t request_count;
static struct sockaddr_in server;

static void fail(const char *what) { perror(what); exit(1); }

static int64_t now_us(void) {
    struct timespec time;
    clock_gettime(CLOCK_REALTIME, &time);
    return (int64_t)time.tv_sec * 1000000 + time.tv_nsec / 1000;
}

static void note(Listener *listener, int64_t position, int64_t now) {
    if (listener->last < 0) ready_count++;      // where it begins
    else if (position > listener->last) {       // heartbeats say the last one again
        if (position >= arrival_capacity) {
            int64_t capacity = position * 2 + 1024;
            arrivals = realloc(arrivals, capacity * sizeof *arrivals);
            if (!arrivals) fail("realloc");
            memset(arrivals + arrival_capacity, 0, (capacity - arrival_capacity) * sizeof *arrivals);
            arrival_capacity = capacity;
        }
        Arrival *arrival = &arrivals[position];
        if (!arrival->count++) arrival->first = now;
        arrival->last = now;
        if (position < lowest) lowest = position;
        if (position > highest) highest = position;
    }
    listener->last = position;
}

static void take(Listener *listener, const char *bytes, ssize_t count, int64_t now) {
    for (ssize_t index = 0; index < count; index++) {
        char byte = bytes[index];
        if (byte == '\n') {
            if (listener->place == PREFIX_COUNT) note(listener, listener->number, now);
            listener->place = 0;
            listener->number = 0;
        } else if (listener->place == PREFIX_COUNT) {
            if (byte >= '0' && byte <= '9') listener->number = listener->number * 10 + (byte - '0');
        } else if (listener->place != OTHER) {
            listener->place = byte == prefix[listener->place] ? listener->place + 1 : OTHER;
        }
        if (listener->place == OTHER) {         // on to the line's end
            const char *end = memchr(bytes + index, '\n', count - index);
            if (!end) return;
            index = end - bytes - 1;
        }
    }
}

static void open_next(int poll) {
    Listener *listener = &listeners[open_count];
    listener->descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (listener->descriptor < 0) fail("socket");
    int bytes = 4096;
    if (listener->is_slow) setsockopt(listener->descriptor, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
    if (connect(listener->descriptor, (struct sockaddr *)&server, sizeof server)) fail("connect");
    if (send(listener->descriptor, request, request_count, MSG_NOSIGNAL) != (ssize_t)request_count) fail("send");
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = open_count++};
    if (epoll_ctl(poll, EPOLL_CTL_ADD, listener->descriptor, &event)) fail("epoll_ctl");
}

static void report(void) {
    for (int64_t position = lowest; position <= highest; position++)
        if (arrivals[position].count)
            printf("%lld %d %lld %lld\n", (long long)position, arrivals[position].count,
                (long long)arrivals[position].first, (long long)arrivals[position].last);
    puts("done");
    fflush(stdout);
    lowest = INT64_MAX;
    highest = -1;
}

int main(int argument_count, char **arguments) {
    if (argument_count < 5) return 64;
    int slow = argument_count > 5 ? atoi(arguments[5]) : 0;
    total = atoi(arguments[4]) + slow;
    server = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(atoi(arguments[1])),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    char *text;
    request_count = asprintf(&text, "GET %s HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer %s\r\n\r\n",
        arguments[2], arguments[3]);
    request = text;
    listeners = calloc(total, sizeof *listeners);
    int poll = epoll_create1(EPOLL_CLOEXEC);
    if (!listeners || poll < 0) fail("epoll_create1");
    for (int index = 0; index < total; index++) {
        listeners[index].last = -1;
        listeners[index].is_slow = index >= total - slow;
    }
    struct epoll_event input = {.events = EPOLLIN, .data.u32 = (uint32_t)INPUT};
    if (epoll_ctl(poll, EPOLL_CTL_ADD, 0, &input)) fail("epoll_ctl");

    static char buffer[1 << 16];
    int is_told = 0;
    for (;;) {
        while (open_count < total && open_count - ready_count < IN_FLIGHT_MAX) open_next(poll);
        if (!is_told && ready_count == total) is_told = puts("ready"), fflush(stdout);
        struct epoll_event events[EVENT_COUNT];
        int count = epoll_wait(poll, events, EVENT_COUNT, -1);
        if (count < 0 && errno != EINTR) fail("epoll_wait");
        for (int index = 0; index < count; index++) {
            if (events[index].data.u32 == (uint32_t)INPUT) {
                if (read(0, buffer, sizeof buffer) <= 0) return 0;
                report();
                continue;
            }
            Listener *listener = &listeners[events[index].data.u32];
            ssize_t got = recv(listener->descriptor, buffer, sizeof buffer, MSG_DONTWAIT);
            if (got < 0 && (errno == EAGAIN || errno == EINTR)) continue;
            if (got <= 0 || (listener->last < 0 && strncmp(buffer, "HTTP/1.1 200", 12) && !memcmp(buffer, "HTTP/", 5))) {
                fprintf(stderr, "a listener was let go: %.*s\n", got > 0 ? (int)got : 0, buffer);
                return 1;
            }
            take(listener, buffer, got, now_us());
            if (listener->is_slow && listener->last >= 0) epoll_ctl(poll, EPOLL_CTL_DEL, listener->descriptor, NULL);
        }
    }
}
