/* exc-lab-mail-port.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-lab-mail"

#include "config.h"

#include "exc-lab-mail-port.h"

#include <string.h>

#define MAX_LINE 2000 /* RFC 5321 4.5.3.1.6 asks for 1000 */

struct _ExcLabMailPort {
  ExcLabMailKind kind;
  gboolean is_tls;
  char *fqdn;
  GInetAddress *address;
  guint16 number;
  GTlsCertificate *certificate; /* (nullable) */
  GSocketService *service;      /* (nullable): closed */
  GCancellable *cancellable;    /* of the conversations that stand */
};

/* One conversation; it owns itself and ends with an error, the client's wish or a cancel. */
typedef struct {
  ExcLabMailKind kind;
  char *fqdn;
  GIOStream *stream;
  GTlsCertificate *certificate; /* (nullable): none, or TLS stands already */
  GCancellable *cancellable;
  gboolean is_greeted;
  char buffer[512];
  GString *pending; /* what came and was not answered yet */
  char *output;
  ExcLabMailNext next;
} Talk;

static void send_text (Talk *talk, char *take_text, ExcLabMailNext next);

static void
talk_free (Talk *talk)
{
  g_free (talk->fqdn);
  g_clear_object (&talk->stream);
  g_clear_object (&talk->certificate);
  g_clear_object (&talk->cancellable);
  g_string_free (talk->pending, TRUE);
  g_free (talk->output);
  g_free (talk);
}

static void
greet (Talk *talk)
{
  talk->is_greeted = TRUE;
  send_text (talk, exc_lab_mail_greet (talk->kind, talk->fqdn), EXC_LAB_MAIL_LISTEN);
}

static void on_read_cb (GObject *source, GAsyncResult *result, gpointer user_data);

/* Answers the next whole line, or waits for one. */
static void
listen_on (Talk *talk)
{
  char *end = strchr (talk->pending->str, '\n');
  g_autofree char *line = NULL;
  ExcLabMailNext next;
  char *answer;

  if (end == NULL && talk->pending->len > MAX_LINE) {
    talk_free (talk);
    return;
  }
  if (end == NULL) {
    g_input_stream_read_async (g_io_stream_get_input_stream (talk->stream),
                               talk->buffer,
                               sizeof talk->buffer,
                               G_PRIORITY_DEFAULT,
                               talk->cancellable,
                               on_read_cb,
                               talk);
    return;
  }
  line = g_strndup (talk->pending->str, (gsize) (end - talk->pending->str));
  g_string_erase (talk->pending, 0, end + 1 - talk->pending->str);
  g_strchomp (line);
  answer = exc_lab_mail_answer (talk->kind, talk->fqdn, talk->certificate != NULL, line, &next);
  send_text (talk, answer, next);
}

static void
on_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Talk *talk = user_data;
  const gssize n_read = g_input_stream_read_finish (G_INPUT_STREAM (source), result, NULL);

  /* A NUL in a line is nothing that any of these protocols has. */
  if (n_read <= 0 || memchr (talk->buffer, '\0', (gsize) n_read) != NULL) {
    talk_free (talk);
    return;
  }
  g_string_append_len (talk->pending, talk->buffer, n_read);
  listen_on (talk);
}

static void
on_handshaken_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Talk *talk = user_data;
  g_autoptr(GError) error = NULL;

  if (!g_tls_connection_handshake_finish (G_TLS_CONNECTION (source), result, &error)) {
    g_debug ("no handshake: %s", error->message);
    talk_free (talk);
    return;
  }
  if (talk->is_greeted)
    listen_on (talk);
  else
    greet (talk);
}

static void
start_tls (Talk *talk)
{
  GIOStream *tls = NULL;

  /* What was sent in the clear behind the command may be somebody else's (RFC 3207 4.2). */
  if (talk->certificate != NULL && talk->pending->len == 0)
    tls = g_tls_server_connection_new (talk->stream, talk->certificate, NULL);
  if (tls == NULL) {
    talk_free (talk);
    return;
  }
  g_clear_object (&talk->certificate);
  g_object_unref (talk->stream);
  talk->stream = tls;
  g_tls_connection_handshake_async (
      G_TLS_CONNECTION (tls), G_PRIORITY_DEFAULT, talk->cancellable, on_handshaken_cb, talk);
}

static void
on_sent_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Talk *talk = user_data;

  if (!g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, NULL) ||
      talk->next == EXC_LAB_MAIL_END)
    talk_free (talk);
  else if (talk->next == EXC_LAB_MAIL_START_TLS)
    start_tls (talk);
  else
    listen_on (talk);
}

static void
send_text (Talk *talk, char *take_text, ExcLabMailNext next)
{
  g_free (talk->output);
  talk->output = take_text;
  talk->next = next;
  g_output_stream_write_all_async (g_io_stream_get_output_stream (talk->stream),
                                   talk->output,
                                   strlen (talk->output),
                                   G_PRIORITY_DEFAULT,
                                   talk->cancellable,
                                   on_sent_cb,
                                   talk);
}

static gboolean
on_incoming_cb (GSocketService *service,
                GSocketConnection *connection,
                GObject *source,
                gpointer user_data)
{
  ExcLabMailPort *self = user_data;
  Talk *talk = g_new0 (Talk, 1);

  talk->kind = self->kind;
  talk->fqdn = g_strdup (self->fqdn);
  talk->stream = g_object_ref (G_IO_STREAM (connection));
  g_set_object (&talk->certificate, self->certificate);
  talk->cancellable = g_object_ref (self->cancellable);
  talk->pending = g_string_new (NULL);
  if (self->is_tls)
    start_tls (talk);
  else
    greet (talk);
  return TRUE;
}

ExcLabMailPort *
exc_lab_mail_port_new (
    ExcLabMailKind kind, gboolean is_tls, const char *fqdn, GInetAddress *address, guint16 port)
{
  ExcLabMailPort *self = g_new0 (ExcLabMailPort, 1);

  self->kind = kind;
  self->is_tls = is_tls;
  self->fqdn = g_strdup (fqdn);
  self->address = g_object_ref (address);
  self->number = port;
  return self;
}

static void
close_port (ExcLabMailPort *self)
{
  if (self->service == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->service, self);
  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  g_clear_object (&self->service);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
}

void
exc_lab_mail_port_free (ExcLabMailPort *self)
{
  close_port (self);
  g_clear_object (&self->certificate);
  g_clear_object (&self->address);
  g_free (self->fqdn);
  g_free (self);
}

void
exc_lab_mail_port_set_certificate (ExcLabMailPort *self, GTlsCertificate *certificate)
{
  g_set_object (&self->certificate, certificate);
}

gboolean
exc_lab_mail_port_set_open (ExcLabMailPort *self, gboolean open, GError **error)
{
  g_autoptr(GSocketService) service = NULL;
  g_autoptr(GSocketAddress) address = NULL;

  if (!open) {
    close_port (self);
    return TRUE;
  }
  if (self->service != NULL)
    return TRUE;
  service = g_socket_service_new ();
  address = g_inet_socket_address_new (self->address, self->number);
  if (!g_socket_listener_add_address (G_SOCKET_LISTENER (service),
                                      address,
                                      G_SOCKET_TYPE_STREAM,
                                      G_SOCKET_PROTOCOL_TCP,
                                      NULL,
                                      NULL,
                                      error))
    return FALSE;
  g_signal_connect (service, "incoming", G_CALLBACK (on_incoming_cb), self);
  self->service = g_steal_pointer (&service);
  self->cancellable = g_cancellable_new ();
  return TRUE;
}
