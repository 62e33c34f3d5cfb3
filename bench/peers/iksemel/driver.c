/* The same work as bench-driver, by iksemel 1.4: blocking, one connection, its own stream parser, its own
 * filter. It knows no namespaces and checks hardly anything; TLS it has none here. */
#include <iksemel.h>

#define DRIVER "iksemel"
#include "../driver.h"

static int taken, finished, answered, asked;
static long check;
static iksfilter *filter;

struct stream {
    iksparser *parser;
    int ready, ended, opened;
};

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

int main(int argc, char **argv) {
    read_options(argc, argv);
    if (strcmp(tls, "none") != 0) fail("it verifies no certificate");
    signal(SIGPIPE, SIG_IGN);
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
            write_line(text, sizeof text, i);
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
