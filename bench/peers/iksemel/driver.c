/* The same work as bench-driver, by iksemel 1.4: blocking, one connection, its own stream parser, its own
 * filter. It knows no namespaces and checks hardly anything; TLS it has none here. Nothing waits for ever:
 * what is not done after ENOUGH seconds fails. */
#include <iksemel.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define ENOUGH 100

static const char *mode = "recv", *dialect = "component", *tls = "none", *kind = "small";
static const char *password = "secret", *host = "127.0.0.1";
static int port = 5347, n = 1000, window = 1, conns = 1, filters = 0;

static int taken, finished, answered, asked;
static long check;
static iksfilter *filter;

struct stream {
    iksparser *parser;
    int ready, ended, opened;
};

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
    printf("{\"driver\":\"iksemel\",\"mode\":\"%s\",\"n\":%d,\"wall_s\":%.6f,\"cpu_user_s\":%.6f,"
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

static int take(void *data, ikspak *packet) {
    (void)data;
    char *from = iks_find_attrib(packet->x, "from"), *body = iks_find_cdata(packet->x, "body");
    if (from) check += strlen(from);
    if (body) {
        check += strlen(body);
        if (strcmp(body, "done") == 0) finished = 1;
    }
    taken++;
    return IKS_FILTER_EAT;
}

static int answer(void *data, ikspak *packet) {
    (void)data; (void)packet;
    answered++;
    return IKS_FILTER_EAT;
}

static int other(void *data, ikspak *packet) {
    (void)data; (void)packet;
    return IKS_FILTER_PASS;
}

/* Of a client, or of a component, until it is ready. */
static void login(struct stream *stream, int type, iks *node) {
    if (type == IKS_NODE_START && is_component()) {
        char text[256], hash[41] = "";
        char *id = iks_find_attrib(node, "id");
        snprintf(text, sizeof text, "%s%s", id ? id : "", password);
        iks_sha(text, hash);
        iks *handshake = iks_new("handshake");
        iks_insert_cdata(handshake, hash, 40);
        iks_send(stream->parser, handshake);
        iks_delete(handshake);
    } else if (type != IKS_NODE_NORMAL) {
        return;
    } else if (strcmp(iks_name(node), "handshake") == 0) {
        stream->ready = 1;
    } else if (strcmp(iks_name(node), "stream:features") == 0) {
        if (!stream->opened) {
            iks_start_sasl(stream->parser, IKS_SASL_PLAIN, "bench", (char *)password);
        } else {
            iksid *id = iks_id_new(iks_parser_stack(stream->parser), "bench@localhost/bench");
            iks *bind = iks_make_resource_bind(id);
            iks_send(stream->parser, bind);
            iks_delete(bind);
        }
    } else if (strcmp(iks_name(node), "success") == 0) {
        stream->opened = 1;
        iks_send_header(stream->parser, "localhost");
    } else if (strcmp(iks_name(node), "iq") == 0) {
        stream->ready = 1;
    }
}

static int came(void *data, int type, iks *node) {
    struct stream *stream = data;
    if (type == IKS_NODE_STOP || type == IKS_NODE_ERROR) stream->ended = 1;
    else if (!stream->ready) login(stream, type, node);
    else if (type == IKS_NODE_NORMAL) iks_filter_packet(filter, iks_packet(node));
    if (node) iks_delete(node);
    return IKS_OK;
}

static void until(struct stream *stream, int *what, int count) {
    while (*what < count)
        if (iks_recv(stream->parser, -1) != IKS_OK || stream->ended) break;
    if (*what < count) fail("the connection has ended");
}

static struct stream *open_one(void) {
    struct stream *stream = calloc(1, sizeof *stream);
    char *content = is_component() ? "jabber:component:accept" : IKS_NS_CLIENT;
    stream->parser = iks_stream_new(content, stream, came);
    if (iks_connect_via(stream->parser, host, port, is_component() ? "bench.localhost" : "localhost") != IKS_OK)
        fail("it does not connect");
    until(stream, &stream->ready, 1);
    return stream;
}

static void close_one(struct stream *stream) {
    iks_send_raw(stream->parser, "</stream:stream>");
    while (!stream->ended && iks_recv(stream->parser, -1) == IKS_OK) {}
    iks_disconnect(stream->parser);
    iks_parser_delete(stream->parser);
    free(stream);
}

static void say(struct stream *stream, const char *to, const char *id, const char *text) {
    iks *message = iks_make_msg(id ? IKS_TYPE_CHAT : IKS_TYPE_NONE, to, text);
    if (is_component()) iks_insert_attrib(message, "from", "bench.localhost");
    if (id) iks_insert_attrib(message, "id", id);
    if (iks_send(stream->parser, message) != IKS_OK) fail("it does not send");
    iks_delete(message);
}

static void ask(struct stream *stream) {
    char id[32];
    snprintf(id, sizeof id, "p%d", asked++);
    iks *iq = iks_make_iq(IKS_TYPE_GET, "urn:xmpp:ping");
    iks_insert_attrib(iq, "to", "localhost");
    iks_insert_attrib(iq, "id", id);
    if (is_component()) iks_insert_attrib(iq, "from", "bench.localhost");
    if (iks_send(stream->parser, iq) != IKS_OK) fail("it does not send");
    iks_delete(iq);
}

static int ascending(const void *a, const void *b) {
    double d = *(const double *)a - *(const double *)b;
    return d < 0 ? -1 : d > 0;
}

static void percentiles(double *times, int count, char *out, size_t size) {
    qsort(times, count, sizeof *times, ascending);
    snprintf(out, size, ",\"p50_us\":%.1f,\"p99_us\":%.1f", times[(count - 1) / 2] * 1e6, times[(count - 1) * 99 / 100] * 1e6);
}

int main(int argc, char **argv) {
    for (int i = 1; i + 1 < argc; i += 2) {
        const char *o = argv[i] + 2, *v = argv[i + 1];
        if (!strcmp(o, "mode")) mode = v;
        else if (!strcmp(o, "dialect")) dialect = v;
        else if (!strcmp(o, "tls")) tls = v;
        else if (!strcmp(o, "kind")) kind = v;
        else if (!strcmp(o, "password")) password = v;
        else if (!strcmp(o, "n")) n = atoi(v);
        else if (!strcmp(o, "window")) window = atoi(v);
        else if (!strcmp(o, "conns")) conns = atoi(v);
        else if (!strcmp(o, "filters")) filters = atoi(v);
        else if (!strcmp(o, "addr")) port = atoi(strrchr(v, ':') + 1);
    }
    if (strcmp(tls, "none") != 0) fail("it verifies no certificate");
    signal(SIGALRM, too_long);
    signal(SIGPIPE, SIG_IGN);
    alarm(ENOUGH);
    char more[128] = "", text[256];
    double *times = calloc(n + 1, sizeof *times);
    filter = iks_filter_new();

    if (!strcmp(mode, "recv") && conns == 1) {
        struct stream *stream = open_one();
        /* The first in the list is asked first: what matches comes last. */
        for (int i = 0; i < filters; i++) {
            char from[64];
            snprintf(from, sizeof from, "nobody%d@localhost", i);
            iks_filter_add_rule(filter, other, NULL, IKS_RULE_TYPE, IKS_PAK_MESSAGE, IKS_RULE_FROM, from, IKS_RULE_DONE);
        }
        iks_filter_add_rule(filter, take, NULL, IKS_RULE_TYPE, IKS_PAK_MESSAGE, IKS_RULE_DONE);
        begin();
        snprintf(text, sizeof text, "cmd:source:%s:%d;", kind, n);
        say(stream, "localhost", NULL, text);
        until(stream, &taken, n);
        snprintf(more, sizeof more, ",\"check\":%ld", check);
        report(more);
    } else if (!strcmp(mode, "send")) {
        struct stream *stream = open_one();
        iks_filter_add_rule(filter, take, NULL, IKS_RULE_TYPE, IKS_PAK_MESSAGE, IKS_RULE_DONE);
        snprintf(text, sizeof text, "cmd:sink:%d;", n);
        say(stream, "localhost", NULL, text);
        begin();
        for (int i = 0; i < n; i++) {
            char id[32];
            snprintf(id, sizeof id, "m%06d", i);
            snprintf(text, sizeof text, "Line %06d: the quick brown fox & its friends jump over the lazy dogs "
                     "that sleep in the warm sunlit", i);
            say(stream, "peer@localhost", id, text);
        }
        until(stream, &finished, 1);
        report("");
    } else if (!strcmp(mode, "rr")) {
        struct stream *stream = open_one();
        /* One rule for all answers: a rule for each id would be a list of them, tried one by one. */
        iks_filter_add_rule(filter, answer, NULL, IKS_RULE_TYPE, IKS_PAK_IQ, IKS_RULE_SUBTYPE, IKS_TYPE_RESULT, IKS_RULE_DONE);
        for (int i = 0; i < 100; i++) { ask(stream); until(stream, &answered, i + 1); }
        asked = answered = 0;
        begin();
        while (answered < n) {
            double t = now();
            int before = answered;
            while (asked < n && asked - answered < window) ask(stream);
            until(stream, &answered, before + 1);
            if (window == 1) times[before] = now() - t;
        }
        if (window == 1) percentiles(times, n, more, sizeof more);
        report(more);
    } else if (!strcmp(mode, "connect") && conns == 1) {
        begin();
        for (int i = 0; i < n; i++) {
            double t = now();
            struct stream *stream = open_one();
            times[i] = now() - t;
            close_one(stream);
        }
        percentiles(times, n, more, sizeof more);
        report(more);
    } else if (!strcmp(mode, "idle")) {
        long before = memory("VmRSS");
        begin();
        for (int i = 0; i < conns; i++) open_one();
        usleep(700000);
        long after = memory("VmRSS");
        n = conns;
        snprintf(more, sizeof more, ",\"base_rss_kb\":%ld,\"rss_kb\":%ld,\"per_conn_kb\":%.2f", before, after, (after - before) / (double)conns);
        report(more);
    } else {
        fail("it has no such --mode");
    }
    return 0;
}
