/* Latencies in microseconds, 32 steps in each power of two: 3 % at most between a value and its step. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { STEPS = 32, POWERS = 40 };

struct histogram {
  uint64_t count;
  uint64_t steps[STEPS * POWERS];
};

static uint64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void histogram_add(struct histogram *h, uint64_t ns) {
  uint64_t us = ns / 1000 + STEPS;
  int power = 63 - __builtin_clzll(us);
  int shift = power - 5;
  h->steps[shift * STEPS + (int)((us >> shift) & (STEPS - 1))]++;
  h->count++;
}

/* Milliseconds below which so many of a thousand are. */
static double histogram_ms(const struct histogram *h, unsigned permille) {
  uint64_t wanted = (h->count * permille + 999) / 1000, seen = 0;
  for (int at = 0; at < STEPS * POWERS; at++) {
    seen += h->steps[at];
    if (wanted > 0 && seen >= wanted)
      return (double)(((uint64_t)(STEPS + at % STEPS) << (at / STEPS)) - STEPS) / 1000.0;
  }
  return 0;
}

static void histogram_print(const struct histogram *h) {
  printf("\"p50\":%.3f,\"p99\":%.3f,\"p999\":%.3f", histogram_ms(h, 500), histogram_ms(h, 990),
         histogram_ms(h, 999));
}
