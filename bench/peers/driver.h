/* What the drivers in C have in common: the options, the clock, and the line that says what a run has cost.
 * DRIVER is the name that the line tells. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

/* Nothing waits for ever: what is not done after so many seconds fails. */
#define ENOUGH 100

static const char *mode = "recv", *dialect = "component", *tls = "none", *kind = "small";
static const char *cafile = "", *password = "secret", *host = "127.0.0.1";
static int port = 5347, n = 1000, window = 1, conns = 1, filters = 0;

static int is_component(void) { return strcmp(dialect, "component") == 0; }

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static double cpu(int system) {
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    struct timeval t = system ? u.ru_stime : u.ru_utime;
    return t.tv_sec + t.tv_usec / 1e6;
}

static long memory(const char *name) {
    char line[256];
    long kib = 0;
    FILE *f = fopen("/proc/self/status", "r");
    while (f && fgets(line, sizeof line, f))
        if (strncmp(line, name, strlen(name)) == 0) kib = atol(line + strlen(name) + 1);
    if (f) fclose(f);
    return kib;
}

static double wall0, user0, system0;
static void begin(void) { wall0 = now(); user0 = cpu(0); system0 = cpu(1); }

static void report(const char *more) {
    double wall = now() - wall0, user = cpu(0) - user0, sys = cpu(1) - system0;
    printf("{\"driver\":\"" DRIVER "\",\"mode\":\"%s\",\"n\":%d,\"wall_s\":%.6f,\"cpu_user_s\":%.6f,"
           "\"cpu_sys_s\":%.6f%s,\"max_rss_kb\":%ld}\n", mode, n, wall, user, sys, more, memory("VmHWM"));
}

static void fail(const char *why) {
    fprintf(stderr, "%s\n", why);
    exit(1);
}

static void too_long(int signal) {
    static const char text[] = "it has not come to an end\n";
    (void)signal;
    _exit(write(2, text, sizeof text - 1) < 0 ? 2 : 1);
}

static int ascending(const void *a, const void *b) {
    double d = *(const double *)a - *(const double *)b;
    return d < 0 ? -1 : d > 0;
}

static void percentiles(double *times, int count, char *out, size_t size) {
    qsort(times, count, sizeof *times, ascending);
    snprintf(out, size, ",\"p50_us\":%.1f,\"p99_us\":%.1f", times[(count - 1) / 2] * 1e6, times[(count - 1) * 99 / 100] * 1e6);
}

/* What is sent, one after the other. */
static void write_line(char *text, size_t size, int number) {
    snprintf(text, size, "Line %06d: the quick brown fox & its friends jump over the lazy dogs that sleep in "
             "the warm sunlit", number);
}

/* And from here on the time runs. */
static void read_options(int argc, char **argv) {
    for (int i = 1; i + 1 < argc; i += 2) {
        const char *o = argv[i] + 2, *v = argv[i + 1];
        if (!strcmp(o, "mode")) mode = v;
        else if (!strcmp(o, "dialect")) dialect = v;
        else if (!strcmp(o, "tls")) tls = v;
        else if (!strcmp(o, "kind")) kind = v;
        else if (!strcmp(o, "cafile")) cafile = v;
        else if (!strcmp(o, "password")) password = v;
        else if (!strcmp(o, "n")) n = atoi(v);
        else if (!strcmp(o, "window")) window = atoi(v);
        else if (!strcmp(o, "conns")) conns = atoi(v);
        else if (!strcmp(o, "filters")) filters = atoi(v);
        else if (!strcmp(o, "addr")) port = atoi(strrchr(v, ':') + 1);
    }
    signal(SIGALRM, too_long);
    alarm(ENOUGH);
}
