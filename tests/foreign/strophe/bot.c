/* libstrophe on a server of ours: a client, as main.rs describes. (A component it cannot be: version
 * 0.12.2 follows a null pointer as soon as one sends.)
 *
 * It says what happens, one line each: a word, and the texts that belong to it in hexadecimal
 * UTF-8. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <strophe.h>

#define NOTE "urn:example:note"
#define VERSION "jabber:iq:version"

static char way_in[64] = "";
static char domain[256];
static int leaving, distrusted, refused;

static const char *env(const char *name)
{
    const char *value = getenv(name);
    if (!value) {
        fprintf(stderr, "%s is not set\n", name);
        exit(2);
    }
    return value;
}

static void hex(const char *text)
{
    putchar(' ');
    if (!text || !*text)
        putchar('-');
    for (; text && *text; text++)
        printf("%02x", (unsigned char)*text);
}

static void said(void)
{
    putchar('\n');
    fflush(stdout);
}

static void say(const char *word, const char *text)
{
    fputs(word, stdout);
    if (text)
        hex(text);
    said();
}

static xmpp_stanza_t *element(xmpp_ctx_t *ctx, const char *name, const char *ns, const char *text)
{
    xmpp_stanza_t *made = xmpp_stanza_new(ctx);
    xmpp_stanza_set_name(made, name);
    if (ns)
        xmpp_stanza_set_ns(made, ns);
    if (text) {
        xmpp_stanza_t *content = xmpp_stanza_new(ctx);
        xmpp_stanza_set_text(content, text);
        xmpp_stanza_add_child(made, content);
        xmpp_stanza_release(content);
    }
    return made;
}

static void put(xmpp_stanza_t *parent, xmpp_stanza_t *child)
{
    xmpp_stanza_add_child(parent, child);
    xmpp_stanza_release(child);
}

static void ask(xmpp_conn_t *conn, const char *id, const char *name, const char *ns)
{
    xmpp_ctx_t *ctx = xmpp_conn_get_context(conn);
    xmpp_stanza_t *iq = xmpp_iq_new(ctx, "get", id);
    xmpp_stanza_set_to(iq, domain);
    put(iq, element(ctx, name, ns, NULL));
    xmpp_send(conn, iq);
    xmpp_stanza_release(iq);
}

static void write_to_peer(xmpp_conn_t *conn)
{
    xmpp_ctx_t *ctx = xmpp_conn_get_context(conn);
    xmpp_stanza_t *message = xmpp_message_new(ctx, "chat", env("PEER"), "m1");
    xmpp_stanza_t *note = element(ctx, "note", NOTE, env("TEXT"));
    xmpp_message_set_body(message, env("TEXT"));
    xmpp_stanza_set_attribute(note, "says", env("LINE"));
    put(message, note);
    xmpp_send(conn, message);
    xmpp_stanza_release(message);
}

static int answered(xmpp_conn_t *conn, xmpp_stanza_t *iq, void *data)
{
    xmpp_stanza_t *query = xmpp_stanza_get_child_by_ns(iq, VERSION);
    xmpp_stanza_t *name = query ? xmpp_stanza_get_child_by_name(query, "name") : NULL;
    char *text = name ? xmpp_stanza_get_text(name) : NULL;
    const char *type = xmpp_stanza_get_type(iq);
    (void)data;
    if (strcmp(type ? type : "", "result")) {
        say("unanswered", NULL);
    } else if (name) {
        say("version", text);
        ask(conn, "p1", "ping", "urn:xmpp:ping");
    } else {
        say("pong", NULL);
        write_to_peer(conn);
    }
    if (text)
        xmpp_free(xmpp_conn_get_context(conn), text);
    return 1;
}

static int received(xmpp_conn_t *conn, xmpp_stanza_t *message, void *data)
{
    xmpp_ctx_t *ctx = xmpp_conn_get_context(conn);
    xmpp_stanza_t *note = xmpp_stanza_get_child_by_ns(message, NOTE);
    char *body = xmpp_message_get_body(message);
    char *text = note ? xmpp_stanza_get_text(note) : NULL;
    (void)data;
    fputs("message", stdout);
    hex(xmpp_stanza_get_from(message));
    hex(body);
    hex(note ? xmpp_stanza_get_attribute(note, "says") : NULL);
    hex(text);
    said();
    if (body && !strcmp(body, "leave")) {
        leaving = 1;
        xmpp_disconnect(conn);
    }
    if (text)
        xmpp_free(ctx, text);
    if (body)
        xmpp_free(ctx, body);
    return 1;
}

static int asked(xmpp_conn_t *conn, xmpp_stanza_t *iq, void *data)
{
    xmpp_ctx_t *ctx = xmpp_conn_get_context(conn);
    const char *type = xmpp_stanza_get_type(iq);
    xmpp_stanza_t *reply, *query;
    (void)data;
    if (strcmp(type ? type : "", "get"))
        return 1;
    reply = xmpp_stanza_reply(iq);
    xmpp_stanza_set_type(reply, "result");
    query = element(ctx, "query", VERSION, NULL);
    put(query, element(ctx, "name", NULL, "libstrophe's bot"));
    put(query, element(ctx, "version", NULL, "1"));
    put(reply, query);
    xmpp_send(conn, reply);
    xmpp_stanza_release(reply);
    return 1;
}

static void changed(xmpp_conn_t *conn, xmpp_conn_event_t event, int error,
                    xmpp_stream_error_t *stream, void *data)
{
    xmpp_ctx_t *ctx = data;
    if (event == XMPP_CONN_CONNECT) {
        const char *jid = xmpp_conn_get_bound_jid(conn);
        fputs("ready", stdout);
        hex(jid ? jid : xmpp_conn_get_jid(conn));
        hex(way_in);
        hex(xmpp_conn_is_secured(conn) ? "secured" : "in clear");
        said();
        xmpp_id_handler_add(conn, answered, "v1", NULL);
        xmpp_id_handler_add(conn, answered, "p1", NULL);
        xmpp_handler_add(conn, received, NULL, "message", NULL, NULL);
        xmpp_handler_add(conn, asked, VERSION, "iq", NULL, NULL);
        ask(conn, "v1", "query", VERSION);
        return;
    }
    if (leaving && !error && !stream)
        say("closed", NULL);
    else if (distrusted)
        say("distrusted", NULL);
    else if (refused || (stream && stream->type == XMPP_SE_NOT_AUTHORIZED))
        say("refused", NULL);
    else
        say("lost", NULL);
    xmpp_stop(ctx);
}

static int distrust(const xmpp_tlscert_t *certificate, const char *const reason)
{
    (void)certificate;
    (void)reason;
    distrusted = 1;
    return 0;
}

/* How it logs in, and whether that was refused, stands only in its log. */
static void overheard(void *data, xmpp_log_level_t level, const char *area, const char *text)
{
    const char *sent = strstr(text, "SENT: <auth ");
    const char *mechanism = sent ? strstr(sent, "mechanism=\"") : NULL;
    (void)data;
    if (mechanism) {
        mechanism += strlen("mechanism=\"");
        snprintf(way_in, sizeof way_in, "%.*s", (int)strcspn(mechanism, "\""), mechanism);
    }
    if (strstr(text, "SENT: <iq") && strstr(text, "jabber:iq:auth"))
        strcpy(way_in, "jabber:iq:auth");
    if (strstr(text, "<not-authorized"))
        refused = 1;
    if (level >= XMPP_LEVEL_WARN)
        fprintf(stderr, "%s: %s\n", area, text);
}

int main(void)
{
    const xmpp_log_t log = {overheard, NULL};
    unsigned short port = (unsigned short)atoi(env("PORT"));
    long flags = XMPP_CONN_FLAG_DISABLE_SM;
    xmpp_ctx_t *ctx;
    xmpp_conn_t *conn;
    int failed;

    snprintf(domain, sizeof domain, "%s", env("DOMAIN"));
    alarm((unsigned)atoi(env("SECONDS")));
    xmpp_initialize();
    ctx = xmpp_ctx_new(NULL, &log);
    conn = xmpp_conn_new(ctx);
    if (!strcmp(env("AS"), "legacy"))
        flags |= XMPP_CONN_FLAG_DISABLE_TLS | XMPP_CONN_FLAG_LEGACY_AUTH;
    else
        flags |= strcmp(env("DIRECT_TLS"), "1") ? XMPP_CONN_FLAG_MANDATORY_TLS
                                                : XMPP_CONN_FLAG_LEGACY_SSL;
    xmpp_conn_set_flags(conn, flags);
    xmpp_conn_set_jid(conn, env("JID"));
    xmpp_conn_set_pass(conn, env("PASSWORD"));
    xmpp_conn_set_cafile(conn, env("CA"));
    xmpp_conn_set_certfail_handler(conn, distrust);
    failed = xmpp_connect_client(conn, env("HOST"), port, changed, ctx);
    if (failed != XMPP_EOK) {
        say("unreachable", NULL);
        return 5;
    }
    xmpp_run(ctx);
    xmpp_conn_release(conn);
    xmpp_ctx_free(ctx);
    xmpp_shutdown();
    return leaving ? 0 : distrusted ? 4 : refused ? 3 : 6;
}
