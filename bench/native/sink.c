/*
 * The sink: an HTTP server that answers by the first letter of the path: /ok… 202, /fail… 503, /reply… 200
 * with an event of 1 KB. It says {"port":N} first; then commands come on standard input, one a line, each
 * answered with one line of JSON:
 *
 *   count          what was answered since the last reset, and the latencies from the time in each event
 *   reset          starts anew
 *   gate closed    takes requests and answers none
 *   gate open      answers all that wait, and at once again
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include "histogram.h"

enum { MOST_FILES = 65536, FIRST_BYTES = 4096 };

struct connection {
  char *in;
  size_t got, room;
  char held; /* a request waits for the gate: the letter of its path */
};

static struct connection *connections[MOST_FILES];
static struct histogram latencies;
static uint64_t ok, replied, failed_count, arrived;
static int poll_fd, highest, is_closed;

static const char ok_answer[] = "HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n";
static const char fail_answer[] = "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n";
static char reply_answer[4096];

static void make_reply(void) {
  char data[1025];
  memset(data, 'x', 1024);
  memcpy(data, "{\"text\":\"", 9);
  memcpy(data + 1022, "\"}", 2);
  data[1024] = 0;
  snprintf(reply_answer, sizeof reply_answer,
           "HTTP/1.1 200 OK\r\nce-specversion: 1.0\r\nce-id: reply-0001\r\nce-source: /bench/sink\r\n"
           "ce-type: com.example.reply\r\nce-subject: customers/4711\r\nce-partitionkey: 4711\r\n"
           "ce-time: 2026-11-22T18:09:12.123456789Z\r\ncontent-type: application/json\r\n"
           "content-length: 1024\r\n\r\n%s",
           data);
}

static void answer(int fd, char letter) {
  const char *text = letter == 'f' ? fail_answer : letter == 'r' ? reply_answer : ok_answer;
  if (send(fd, text, strlen(text), MSG_NOSIGNAL) < 0) return;
  if (letter == 'f') failed_count++;
  else if (letter == 'r') replied++;
  else ok++;
}

static void note_latency(const char *from, size_t length) {
  const char *at = memmem(from, length, "ce-t0: ", 7);
  if (at != NULL) at += 7;
  else if ((at = memmem(from, length, "\"t0\":\"", 6)) != NULL) at += 6;
  if (at == NULL || at + 16 > from + length) return;
  char digits[17] = {0};
  memcpy(digits, at, 16);
  histogram_add(&latencies, now_ns() - strtoull(digits, NULL, 16));
}

/* → the bytes of the whole request at the front, 0 while it is not whole. */
static size_t whole_request(struct connection *c) {
  c->in[c->got] = 0;
  char *end = strstr(c->in, "\r\n\r\n");
  if (end == NULL) return 0;
  char *length = strcasestr(c->in, "\r\ncontent-length:");
  size_t body = length != NULL && length < end ? (size_t)atol(length + 17) : 0;
  size_t whole = (size_t)(end - c->in) + 4 + body;
  return c->got >= whole ? whole : 0;
}

static void end_connection(int fd) {
  free(connections[fd]->in);
  free(connections[fd]);
  connections[fd] = NULL;
  close(fd);
}

static void receive(int fd) {
  struct connection *c = connections[fd];
  if (c->room - c->got < 2) c->in = realloc(c->in, c->room *= 2);
  ssize_t got = recv(fd, c->in + c->got, c->room - c->got - 1, MSG_DONTWAIT);
  if (got < 0 && errno == EAGAIN) return;
  if (got <= 0) {
    end_connection(fd);
    return;
  }
  c->got += (size_t)got;
  size_t whole;
  while ((whole = whole_request(c)) > 0) {
    char *path = strchr(c->in, '/');
    char letter = path == NULL ? 'o' : path[1];
    arrived++;
    note_latency(c->in, whole);
    if (is_closed) c->held = letter;
    else answer(fd, letter);
    c->got -= whole;
    memmove(c->in, c->in + whole, c->got);
  }
}

static void gate(int closed) {
  is_closed = closed;
  for (int fd = 0; fd <= highest && !closed; fd++) {
    struct connection *c = connections[fd];
    if (c == NULL || c->held == 0) continue;
    answer(fd, c->held);
    c->held = 0;
  }
}

static void take(int listener) {
  int yes = 1, fd = accept(listener, NULL, NULL);
  if (fd < 0 || fd >= MOST_FILES) return;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  connections[fd] = calloc(1, sizeof(struct connection));
  connections[fd]->room = FIRST_BYTES;
  connections[fd]->in = malloc(FIRST_BYTES);
  if (fd > highest) highest = fd;
  struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
  epoll_ctl(poll_fd, EPOLL_CTL_ADD, fd, &event);
}

static void command(const char *line) {
  if (strncmp(line, "gate closed", 11) == 0) gate(1);
  else if (strncmp(line, "gate open", 9) == 0) gate(0);
  else if (strncmp(line, "reset", 5) == 0) {
    ok = replied = failed_count = arrived = 0;
    memset(&latencies, 0, sizeof latencies);
  }
  printf("{\"arrived\":%lu,\"ok\":%lu,\"replied\":%lu,\"failed\":%lu,", arrived, ok, replied, failed_count);
  histogram_print(&latencies);
  printf("}\n");
  fflush(stdout);
}

int main(void) {
  struct sockaddr_in at = {.sin_family = AF_INET};
  socklen_t size = sizeof at;
  struct epoll_event event = {.events = EPOLLIN}, events[256];
  char line[256];
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(listener, (struct sockaddr *)&at, sizeof at) != 0 || listen(listener, 4096) != 0) return 1;
  getsockname(listener, (struct sockaddr *)&at, &size);
  make_reply();
  poll_fd = epoll_create1(0);
  event.data.fd = listener;
  epoll_ctl(poll_fd, EPOLL_CTL_ADD, listener, &event);
  event.data.fd = STDIN_FILENO;
  epoll_ctl(poll_fd, EPOLL_CTL_ADD, STDIN_FILENO, &event);
  printf("{\"port\":%d}\n", ntohs(at.sin_port));
  fflush(stdout);
  for (;;) {
    int ready = epoll_wait(poll_fd, events, 256, -1);
    for (int n = 0; n < ready; n++) {
      int fd = events[n].data.fd;
      if (fd == listener) take(listener);
      else if (fd == STDIN_FILENO) {
        /* one command at a time: the next is sent when this one is answered */
        ssize_t got = read(STDIN_FILENO, line, sizeof line - 1);
        if (got <= 0) return 0;
        line[got] = 0;
        command(line);
      } else if (connections[fd] != NULL) receive(fd);
    }
  }
}
