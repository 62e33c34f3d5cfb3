/* The same work as bench-driver, by libstrophe: one thread, its own event loop.
 *
 * As a client alone: a component of libstrophe 0.12.2 crashes while it connects (SIGSEGV), in a program
 * of ten lines too. */
#include <strophe.h>

#define DRIVER "libstrophe"
#include "../driver.h"

static xmpp_ctx_t *ctx;
static int ready, ended, taken, finished, answered, asked;
static long check;

static void changed(xmpp_conn_t *conn, xmpp_conn_event_t status, int error, xmpp_stream_error_t *se, void *d) {
    (void)conn; (void)error; (void)se; (void)d;
    if (status == XMPP_CONN_CONNECT) ready++; else ended++;
}

static void until(int *what, int count) {
    while (*what < count && !(ended && what != &ended)) xmpp_run_once(ctx, 10);
    if (*what < count) fail("the connection has ended");
}

static xmpp_conn_t *open_one(void) {
    xmpp_conn_t *conn = xmpp_conn_new(ctx);
    int wanted = ready + 1;
    xmpp_conn_set_jid(conn, "bench@localhost/bench");
    xmpp_conn_set_pass(conn, password);
    int secure = strcmp(tls, "starttls") == 0;
    xmpp_conn_set_flags(conn, secure ? XMPP_CONN_FLAG_MANDATORY_TLS : XMPP_CONN_FLAG_DISABLE_TLS);
    if (secure) xmpp_conn_set_cafile(conn, cafile);
    if (xmpp_connect_client(conn, host, port, changed, NULL) != XMPP_EOK) {
        fail("it does not connect");
    }
    until(&ready, wanted);
    return conn;
}

static void close_one(xmpp_conn_t *conn) {
    ended = 0;
    xmpp_disconnect(conn);
    while (!ended) xmpp_run_once(ctx, 10);
    ended = 0;
    xmpp_conn_release(conn);
}

static void say(xmpp_conn_t *conn, const char *to, const char *id, const char *type, const char *text) {
    xmpp_stanza_t *message = xmpp_message_new(ctx, type, to, id);
    xmpp_message_set_body(message, text);
    xmpp_send(conn, message);
    xmpp_stanza_release(message);
}

static int message(xmpp_conn_t *conn, xmpp_stanza_t *stanza, void *d) {
    (void)conn; (void)d;
    const char *from = xmpp_stanza_get_from(stanza);
    char *body = xmpp_message_get_body(stanza);
    if (from) check += strlen(from);
    if (body) {
        check += strlen(body);
        if (strcmp(body, "done") == 0) finished = 1;
        xmpp_free(ctx, body);
    }
    taken++;
    return 1;
}

static int other(xmpp_conn_t *conn, xmpp_stanza_t *stanza, void *d) {
    (void)conn; (void)stanza; (void)d;
    return 1;
}

static int answer(xmpp_conn_t *conn, xmpp_stanza_t *stanza, void *d) {
    (void)conn; (void)stanza; (void)d;
    answered++;
    return 0;
}

static void ask(xmpp_conn_t *conn) {
    char id[32];
    snprintf(id, sizeof id, "p%d", asked++);
    xmpp_stanza_t *iq = xmpp_iq_new(ctx, "get", id), *ping = xmpp_stanza_new(ctx);
    xmpp_stanza_set_to(iq, "localhost");
    xmpp_stanza_set_name(ping, "ping");
    xmpp_stanza_set_ns(ping, "urn:xmpp:ping");
    xmpp_stanza_add_child(iq, ping);
    xmpp_stanza_release(ping);
    xmpp_id_handler_add(conn, answer, id, NULL);
    xmpp_send(conn, iq);
    xmpp_stanza_release(iq);
}

int main(int argc, char **argv) {
    read_options(argc, argv);
    char more[128] = "", text[256];
    if (is_component()) {
        fail("a component of libstrophe crashes while it connects");
    }
    xmpp_initialize();
    ctx = xmpp_ctx_new(NULL, NULL);
    xmpp_ctx_set_timeout(ctx, 1);
    double *times = calloc(n + filters + 1, sizeof *times);

    if (!strcmp(mode, "recv") && conns == 1) {
        xmpp_conn_t *conn = open_one();
        for (int i = 0; i < filters; i++) {
            char ns[64];
            snprintf(ns, sizeof ns, "urn:example:nothing:%d", i);
            /* The same function with the same data would be one handler, however often it is added. */
            xmpp_handler_add(conn, other, ns, "message", NULL, &times[i]);
        }
        xmpp_handler_add(conn, message, NULL, "message", NULL, NULL);
        begin();
        snprintf(text, sizeof text, "cmd:source:%s:%d;", kind, n);
        say(conn, "localhost", NULL, NULL, text);
        until(&taken, n);
        snprintf(more, sizeof more, ",\"check\":%ld", check);
        report(more);
    } else if (!strcmp(mode, "send")) {
        xmpp_conn_t *conn = open_one();
        xmpp_handler_add(conn, message, NULL, "message", NULL, NULL);
        snprintf(text, sizeof text, "cmd:sink:%d;", n);
        say(conn, "localhost", NULL, NULL, text);
        begin();
        for (int i = 0; i < n; i++) {
            char id[32];
            snprintf(id, sizeof id, "m%06d", i);
            write_line(text, sizeof text, i);
            say(conn, "peer@localhost", id, "chat", text);
            if (i % 200 == 199) xmpp_run_once(ctx, 0);
        }
        until(&finished, 1);
        report("");
    } else if (!strcmp(mode, "rr")) {
        xmpp_conn_t *conn = open_one();
        for (int i = 0; i < 100; i++) { ask(conn); until(&answered, i + 1); }
        asked = answered = 0;
        begin();
        while (answered < n) {
            double t = now();
            int before = answered;
            while (asked < n && asked - answered < window) ask(conn);
            until(&answered, before + 1);
            if (window == 1) times[before] = now() - t;
        }
        if (window == 1) percentiles(times, n, more, sizeof more);
        report(more);
    } else if (!strcmp(mode, "connect") && conns == 1) {
        begin();
        for (int i = 0; i < n; i++) {
            double t = now();
            xmpp_conn_t *conn = open_one();
            times[i] = now() - t;
            close_one(conn);
        }
        percentiles(times, n, more, sizeof more);
        report(more);
    } else if (!strcmp(mode, "idle")) {
        long before = memory("VmRSS");
        begin();
        for (int i = 0; i < conns; i++) open_one();
        double end = now() + 0.7;
        while (now() < end) xmpp_run_once(ctx, 10);
        long after = memory("VmRSS");
        n = conns;
        snprintf(more, sizeof more, ",\"base_rss_kb\":%ld,\"rss_kb\":%ld,\"per_conn_kb\":%.2f", before, after, (after - before) / (double)conns);
        report(more);
    } else {
        fail("it has no such --mode");
    }
    return 0;
}
