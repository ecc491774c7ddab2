/* exc-starttls.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-starttls"

#include "config.h"

#include "exc-starttls.h"

#include <string.h>

#include <glib/gi18n.h>

#include "exc-error.h"

/* RFC 5321 4.5.3.1.5 allows 512 bytes a line; some greetings are longer. */
#define MAX_LINE  2048
#define MAX_LINES 128

#define EHLO      "EHLO thumbprint.invalid\r\n"
#define TAG       "a"
#define STARTTLS  "STARTTLS\r\n"

typedef enum {
  STATE_GREETING,
  STATE_EHLO,
  STATE_STARTTLS,
  STATE_READY,
  STATE_FAILED,
} State;

struct _ExcStarttls {
  ExcProbeGreeting greeting;
  State state;
  GString *line;   /* what came of the current line, without its end */
  GString *output; /* not popped yet */
  guint n_lines;
  gboolean is_offered; /* the answer to EHLO named STARTTLS */
};

typedef gboolean (*LineFunc) (ExcStarttls *self, const char *line, GError **error);

static gboolean
fail (ExcStarttls *self, ExcError code, const char *message, GError **error)
{
  self->state = STATE_FAILED;
  g_set_error_literal (error, EXC_ERROR, code, message);
  return FALSE;
}

/* The server is of the right kind, but says no. */
static gboolean
fail_refused (ExcStarttls *self, const char *line, GError **error)
{
  g_autofree char *valid = g_utf8_make_valid (line, -1);

  self->state = STATE_FAILED;
  g_set_error (error,
               EXC_ERROR,
               EXC_ERROR_ENDPOINT,
               _("The server offers no TLS here; it said: %s"), valid);
  return FALSE;
}

static gboolean
fail_stranger (ExcStarttls *self, const char *line, GError **error)
{
  return fail (
      self, EXC_ERROR_ENDPOINT, _("Another kind of service answers on this port."), error);
}

static void
send (ExcStarttls *self, const char *text, State next)
{
  g_string_append (self->output, text);
  self->state = next;
}

/* RFC 5321 4.2: three digits, then '-' where more lines follow. */
static gboolean
parse_smtp (const char *line, int *code, gboolean *is_last, const char **text)
{
  if (!g_ascii_isdigit (line[0]) || !g_ascii_isdigit (line[1]) || !g_ascii_isdigit (line[2]))
    return FALSE;
  if (line[3] != '\0' && line[3] != ' ' && line[3] != '-')
    return FALSE;
  *code = 100 * (line[0] - '0') + 10 * (line[1] - '0') + (line[2] - '0');
  *is_last = line[3] != '-';
  *text = line[3] == '\0' ? "" : line + 4;
  return TRUE;
}

static gboolean
take_smtp (ExcStarttls *self, const char *line, GError **error)
{
  const char *text = NULL;
  gboolean is_last;
  int code;

  if (!parse_smtp (line, &code, &is_last, &text))
    return fail_stranger (self, line, error);
  if (code != (self->state == STATE_EHLO ? 250 : 220))
    return fail_refused (self, line, error);
  if (self->state == STATE_EHLO && g_ascii_strncasecmp (text, "STARTTLS", 8) == 0 &&
      (text[8] == '\0' || text[8] == ' '))
    self->is_offered = TRUE;
  if (!is_last)
    return TRUE;

  if (self->state == STATE_GREETING)
    send (self, EHLO, STATE_EHLO);
  else if (self->state == STATE_STARTTLS)
    self->state = STATE_READY;
  else if (self->is_offered)
    send (self, STARTTLS, STATE_STARTTLS);
  else
    return fail_refused (self, line, error);
  return TRUE;
}

/* RFC 3501 7.1 and 6.2.1. */
static gboolean
take_imap (ExcStarttls *self, const char *line, GError **error)
{
  gboolean is_untagged = g_str_has_prefix (line, "* ");

  if (self->state == STATE_GREETING) {
    if (g_ascii_strncasecmp (line, "* OK", 4) == 0)
      send (self, TAG " " STARTTLS, STATE_STARTTLS);
    else if (is_untagged)
      return fail_refused (self, line, error);
    else
      return fail_stranger (self, line, error);
    return TRUE;
  }
  if (is_untagged && g_ascii_strncasecmp (line, "* BYE", 5) != 0)
    return TRUE;
  if (g_ascii_strncasecmp (line, TAG " OK", 4) != 0)
    return fail_refused (self, line, error);
  self->state = STATE_READY;
  return TRUE;
}

/* RFC 1939 3 and RFC 2595 4. */
static gboolean
take_pop3 (ExcStarttls *self, const char *line, GError **error)
{
  gboolean is_greeting = self->state == STATE_GREETING;

  if (g_str_has_prefix (line, "-ERR"))
    return fail_refused (self, line, error);
  if (!g_str_has_prefix (line, "+OK"))
    return fail_stranger (self, line, error);
  if (is_greeting)
    send (self, "STLS\r\n", STATE_STARTTLS);
  else
    self->state = STATE_READY;
  return TRUE;
}

static gboolean
take_line (ExcStarttls *self, const char *line, GError **error)
{
  static const LineFunc takers[] = {
    [EXC_PROBE_TLS] = fail_stranger,
    [EXC_PROBE_SMTP] = take_smtp,
    [EXC_PROBE_IMAP] = take_imap,
    [EXC_PROBE_POP3] = take_pop3,
  };

  if (++self->n_lines > MAX_LINES)
    return fail (self, EXC_ERROR_LIMIT, _("The server's greeting has no end."), error);
  return takers[self->greeting](self, line, error);
}

/**
 * exc_starttls_new:
 * @greeting: which protocol is spoken; with EXC_PROBE_TLS it is ready at once
 *
 * Returns: (transfer full): a greeting that waits for the server's first line
 */
ExcStarttls *
exc_starttls_new (ExcProbeGreeting greeting)
{
  ExcStarttls *self = g_new0 (ExcStarttls, 1);

  self->greeting = greeting;
  self->state = greeting == EXC_PROBE_TLS ? STATE_READY : STATE_GREETING;
  self->line = g_string_new (NULL);
  self->output = g_string_new (NULL);
  return self;
}

void
exc_starttls_free (ExcStarttls *self)
{
  g_string_free (self->line, TRUE);
  g_string_free (self->output, TRUE);
  g_free (self);
}

/**
 * exc_starttls_push:
 * @self: a greeting
 * @data: bytes as they came, in any split
 * @length: how many
 * @error: EXC_ERROR_ENDPOINT: not this kind of server, or it offers no TLS; EXC_ERROR_LIMIT: a line
 *   or a greeting without end; EXC_ERROR_PROTOCOL: bytes in plain text behind the go-ahead, which
 *   somebody in the middle may have put there (RFC 3207 4.2)
 *
 * Returns: %FALSE once it failed, and ever after
 */
gboolean
exc_starttls_push (ExcStarttls *self, const char *data, gsize length, GError **error)
{
  g_return_val_if_fail (self != NULL, FALSE);

  if (self->state == STATE_FAILED)
    return fail (self, EXC_ERROR_PROTOCOL, _("The server's greeting has failed already."), error);

  for (gsize i = 0; i < length; i++) {
    if (self->state == STATE_READY)
      return fail (self,
                   EXC_ERROR_PROTOCOL,
                   _("The server sent text in the clear where TLS should begin."), error);
    if (data[i] == '\0')
      return fail_stranger (self, NULL, error);
    if (data[i] != '\n') {
      if (self->line->len >= MAX_LINE)
        return fail (
            self, EXC_ERROR_LIMIT, _("The server's greeting has a line without end."), error);
      g_string_append_c (self->line, data[i]);
      continue;
    }
    if (self->line->len > 0 && self->line->str[self->line->len - 1] == '\r')
      g_string_truncate (self->line, self->line->len - 1);
    if (!take_line (self, self->line->str, error))
      return FALSE;
    g_string_truncate (self->line, 0);
  }
  return TRUE;
}

/**
 * exc_starttls_pop:
 * @self: a greeting
 *
 * Returns: (transfer full) (nullable): what is to be sent now
 */
GBytes *
exc_starttls_pop (ExcStarttls *self)
{
  GBytes *bytes;

  g_return_val_if_fail (self != NULL, NULL);

  if (self->output->len == 0)
    return NULL;
  bytes = g_bytes_new (self->output->str, self->output->len);
  g_string_truncate (self->output, 0);
  return bytes;
}

gboolean
exc_starttls_is_ready (ExcStarttls *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->state == STATE_READY;
}
