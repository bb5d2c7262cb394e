/*
 * The load generator: posts one request, made from a template, over some connections. Commands come on
 * standard input, one a line; each is answered with one line of JSON.
 *
 *   run TEMPLATE PORT CONNECTIONS MS RATE COUNT
 *
 * RATE 0: closed loop, each connection sends when it has its answer; else so many requests a second, and
 * the time of a request is that at which it was due. COUNT 0: until MS are over. In the template file each
 * "@@@@@@@@@@@@@@@@@@id" becomes an id of its own, each "@@@@@@@@@@@@@@t0" the time in hexadecimal ns.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>
#include "histogram.h"

enum { MOST_CONNECTIONS = 1024, MOST_MARKS = 4096, ANSWER_BYTES = 16384, LAST_ANSWERS_MS = 20000 };

struct connection {
  int fd;
  char *out;
  size_t sent;
  int busy;
  uint64_t due;
  char in[ANSWER_BYTES];
  size_t got;
};

static struct {
  char *bytes;
  size_t length;
  size_t ids[MOST_MARKS], times[MOST_MARKS];
  int id_count, time_count;
} template;

static struct connection connections[MOST_CONNECTIONS];
static struct histogram latencies;
static uint64_t begun, accepted, refused, failed, last_id;
static int poll_fd;

static int marks(const char *mark, size_t *found) {
  int count = 0;
  size_t length = strlen(mark);
  char *at = template.bytes;
  while ((at = memmem(at, template.length - (size_t)(at - template.bytes), mark, length)) != NULL &&
         count < MOST_MARKS) {
    found[count++] = (size_t)(at - template.bytes);
    at += length;
  }
  return count;
}

static int read_template(const char *path) {
  FILE *file = fopen(path, "rb");
  if (file == NULL) return 0;
  fseek(file, 0, SEEK_END);
  template.length = (size_t)ftell(file);
  rewind(file);
  free(template.bytes);
  template.bytes = malloc(template.length);
  size_t got = fread(template.bytes, 1, template.length, file);
  fclose(file);
  template.id_count = marks("@@@@@@@@@@@@@@@@@@id", template.ids);
  template.time_count = marks("@@@@@@@@@@@@@@t0", template.times);
  return got == template.length;
}

static void write_hex(char *to, uint64_t value, int digits) {
  while (digits-- > 0) {
    to[digits] = "0123456789abcdef"[value & 15];
    value >>= 4;
  }
}

static void watch(struct connection *c, int operation, uint32_t events) {
  struct epoll_event event = {.events = events, .data.ptr = c};
  epoll_ctl(poll_fd, operation, c->fd, &event);
}

static void give_up(struct connection *c) {
  if (c->busy) failed++;
  c->busy = 0;
  close(c->fd);
  c->fd = -1;
}

static void push(struct connection *c) {
  ssize_t wrote = send(c->fd, c->out + c->sent, template.length - c->sent, MSG_NOSIGNAL | MSG_DONTWAIT);
  if (wrote < 0 && errno != EAGAIN) {
    give_up(c);
    return;
  }
  size_t before = c->sent;
  if (wrote > 0) c->sent += (size_t)wrote;
  if (c->sent < template.length) watch(c, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
  else if (before > 0) watch(c, EPOLL_CTL_MOD, EPOLLIN);
}

static void begin(struct connection *c, uint64_t due) {
  for (int n = 0; n < template.id_count; n++) write_hex(c->out + template.ids[n], ++last_id, 20);
  for (int n = 0; n < template.time_count; n++) write_hex(c->out + template.times[n], due, 16);
  c->busy = 1;
  c->sent = 0;
  c->got = 0;
  c->due = due;
  begun++;
  push(c);
}

/* The answer is whole: its head and as many bytes as its content-length says. */
static int whole_answer(struct connection *c) {
  c->in[c->got] = 0;
  char *end = strstr(c->in, "\r\n\r\n");
  if (end == NULL) return 0;
  char *length = strcasestr(c->in, "\r\ncontent-length:");
  size_t body = length != NULL && length < end ? (size_t)atol(length + 17) : 0;
  return c->got >= (size_t)(end - c->in) + 4 + body;
}

/* → 1 when the connection is free again. */
static int receive(struct connection *c) {
  ssize_t got = recv(c->fd, c->in + c->got, ANSWER_BYTES - 1 - c->got, MSG_DONTWAIT);
  if (got < 0 && errno == EAGAIN) return 0;
  if (got <= 0) {
    give_up(c);
    return 0;
  }
  c->got += (size_t)got;
  if (!c->busy || !whole_answer(c)) return 0;
  if (strncmp(c->in, "HTTP/1.1 202", 12) == 0) accepted++;
  else refused++;
  histogram_add(&latencies, now_ns() - c->due);
  c->busy = 0;
  return 1;
}

static void open_connection(struct connection *c, int port) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  int yes = 1;
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  c->fd = socket(AF_INET, SOCK_STREAM, 0);
  c->out = malloc(template.length);
  c->busy = 0;
  memcpy(c->out, template.bytes, template.length);
  if (connect(c->fd, (struct sockaddr *)&to, sizeof to) != 0) {
    close(c->fd);
    c->fd = -1;
    return;
  }
  setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  int buffer = 512 * 1024;
  setsockopt(c->fd, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof buffer);
  watch(c, EPOLL_CTL_ADD, EPOLLIN);
}

struct schedule {
  uint64_t start, end, interval, due, count;
};

static int may_begin(const struct schedule *s, uint64_t now) {
  if (s->count > 0 && begun >= s->count) return 0;
  return s->interval > 0 ? s->due <= now && s->due < s->end : now < s->end;
}

static void begin_next(struct connection *c, struct schedule *s, uint64_t now) {
  if (c->fd < 0 || c->busy || !may_begin(s, now)) return;
  begin(c, s->interval > 0 ? s->due : now);
  s->due += s->interval;
}

static void run(int port, int count, uint64_t ms, uint64_t rate, uint64_t most) {
  begun = accepted = refused = failed = 0;
  memset(&latencies, 0, sizeof latencies);
  poll_fd = epoll_create1(0);
  for (int n = 0; n < count; n++) open_connection(&connections[n], port);
  int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
  struct epoll_event tick = {.events = EPOLLIN, .data.ptr = NULL}, events[256];
  epoll_ctl(poll_fd, EPOLL_CTL_ADD, timer, &tick);

  struct schedule s = {.start = now_ns(), .count = most};
  s.due = s.start;
  s.end = s.start + (ms > 0 ? ms * 1000000u : UINT64_MAX / 4);
  s.interval = rate > 0 ? 1000000000u / rate : 0;
  uint64_t give_up_at = s.end + LAST_ANSWERS_MS * 1000000ull;
  for (;;) {
    uint64_t now = now_ns();
    int open = 0, busy = 0;
    for (int n = 0; n < count; n++) {
      if (!connections[n].busy) begin_next(&connections[n], &s, now);
      open += connections[n].fd >= 0;
      busy += connections[n].busy;
    }
    int over = (most > 0 && begun >= most) || (s.interval > 0 ? s.due : now) >= s.end;
    if (open == 0 || (over && busy == 0) || now > give_up_at) break;
    if (s.interval > 0 && busy < open && !over) {
      struct itimerspec at = {.it_value = {.tv_sec = (time_t)(s.due / 1000000000u),
                                           .tv_nsec = (long)(s.due % 1000000000u)}};
      timerfd_settime(timer, TFD_TIMER_ABSTIME, &at, NULL);
    }
    int ready = epoll_wait(poll_fd, events, 256, 100);
    for (int n = 0; n < ready; n++) {
      struct connection *c = events[n].data.ptr;
      uint64_t expirations;
      if (c == NULL) (void)!read(timer, &expirations, sizeof expirations);
      else {
        if (events[n].events & EPOLLOUT) push(c);
        if (c->fd >= 0 && events[n].events & (EPOLLIN | EPOLLHUP | EPOLLERR) && receive(c))
          begin_next(c, &s, now_ns());
      }
    }
  }
  double took = (double)(now_ns() - s.start) / 1e6;
  for (int n = 0; n < count; n++) {
    if (connections[n].fd >= 0) give_up(&connections[n]);
    free(connections[n].out);
  }
  close(timer);
  close(poll_fd);
  printf("{\"begun\":%lu,\"accepted\":%lu,\"refused\":%lu,\"failed\":%lu,\"ms\":%.1f,", begun, accepted, refused,
         failed, took);
  histogram_print(&latencies);
  printf("}\n");
  fflush(stdout);
}

int main(void) {
  char line[4096], path[4000];
  int port, count;
  unsigned long ms, rate, most;
  last_id = now_ns();
  while (fgets(line, sizeof line, stdin) != NULL) {
    int fields = sscanf(line, "run %3999s %d %d %lu %lu %lu", path, &port, &count, &ms, &rate, &most);
    if (fields == 6 && count <= MOST_CONNECTIONS && read_template(path)) run(port, count, ms, rate, most);
    else {
      printf("{\"error\":\"not understood\"}\n");
      fflush(stdout);
    }
  }
  return 0;
}
