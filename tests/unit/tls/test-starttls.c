/* test-starttls.c — greetings before TLS, in every split
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-error.h"
#include "exc-starttls.h"

#include <string.h>

typedef struct {
  const char *name;
  ExcProbeGreeting greeting;
  const char *input; /* all that the server says */
  const char *sent;  /* all that we say */
  gboolean ready;
  int error; /* -1: none */
} Case;

#define EHLO "EHLO thumbprint.invalid\r\n"

static const Case cases[] = {
  { "tls", EXC_PROBE_TLS, "", "", TRUE, -1 },
  { "smtp",
    EXC_PROBE_SMTP,
    "220 ex01.lab Microsoft ESMTP MAIL Service ready\r\n"
    "250-ex01.lab Hello [127.0.0.1]\r\n250-SIZE 37748736\r\n250-STARTTLS\r\n250 SMTPUTF8\r\n"
    "220 2.0.0 SMTP server ready\r\n",
    EHLO "STARTTLS\r\n",
    TRUE,
    -1 },
  { "smtp-long-greeting",
    EXC_PROBE_SMTP,
    "220-one\r\n220-two\r\n220 three\r\n250 STARTTLS\r\n220\r\n",
    EHLO "STARTTLS\r\n",
    TRUE,
    -1 },
  { "smtp-bare-lf", EXC_PROBE_SMTP, "220 x\n250 starttls\n220 y\n", EHLO "STARTTLS\r\n", TRUE, -1 },
  { "smtp-waits", EXC_PROBE_SMTP, "220-one\r\n", "", FALSE, -1 },
  { "smtp-without",
    EXC_PROBE_SMTP,
    "220 x\r\n250-STARTTLSX\r\n250 SIZE\r\n",
    EHLO,
    FALSE,
    EXC_ERROR_ENDPOINT },
  { "smtp-not-now",
    EXC_PROBE_SMTP,
    "421 4.3.2 Service not available\r\n",
    "",
    FALSE,
    EXC_ERROR_ENDPOINT },
  { "smtp-refused",
    EXC_PROBE_SMTP,
    "220 x\r\n250 STARTTLS\r\n454 not now\r\n",
    EHLO "STARTTLS\r\n",
    FALSE,
    EXC_ERROR_ENDPOINT },
  { "smtp-is-http", EXC_PROBE_SMTP, "HTTP/1.1 400 Bad Request\r\n", "", FALSE, EXC_ERROR_ENDPOINT },
  { "smtp-injected",
    EXC_PROBE_SMTP,
    "220 x\r\n250 STARTTLS\r\n220 go\r\n250 injected\r\n",
    EHLO "STARTTLS\r\n",
    FALSE,
    EXC_ERROR_PROTOCOL },
  { "imap",
    EXC_PROBE_IMAP,
    "* OK The Microsoft Exchange IMAP4 service is ready.\r\n* CAPABILITY IMAP4\r\n"
    "a OK Begin TLS negotiation now.\r\n",
    "a STARTTLS\r\n",
    TRUE,
    -1 },
  { "imap-bye",
    EXC_PROBE_IMAP,
    "* BYE Connection is closed. 14\r\n",
    "",
    FALSE,
    EXC_ERROR_ENDPOINT },
  { "imap-no",
    EXC_PROBE_IMAP,
    "* OK x\r\na BAD Command received in Invalid state.\r\n",
    "a STARTTLS\r\n",
    FALSE,
    EXC_ERROR_ENDPOINT },
  { "imap-is-pop3", EXC_PROBE_IMAP, "+OK ready\r\n", "", FALSE, EXC_ERROR_ENDPOINT },
  { "pop3",
    EXC_PROBE_POP3,
    "+OK The Microsoft Exchange POP3 service is ready.\r\n+OK Begin TLS negotiation.\r\n",
    "STLS\r\n",
    TRUE,
    -1 },
  { "pop3-no",
    EXC_PROBE_POP3,
    "+OK x\r\n-ERR Command is not valid in this state.\r\n",
    "STLS\r\n",
    FALSE,
    EXC_ERROR_ENDPOINT },
};

static void
run (const Case *c, gsize first, gsize second)
{
  g_autoptr(ExcStarttls) starttls = exc_starttls_new (c->greeting);
  g_autoptr(GString) sent = g_string_new (NULL);
  g_autoptr(GError) error = NULL;
  const gsize length = strlen (c->input);
  const gsize ends[] = { first, second, length };
  gsize start = 0;
  gboolean ok = TRUE;

  for (gsize i = 0; i < G_N_ELEMENTS (ends) && ok; i++) {
    g_autofree char *part = g_memdup2 (c->input + start, ends[i] - start);
    g_autoptr(GBytes) output = NULL;

    ok = exc_starttls_push (starttls, part, ends[i] - start, &error);
    start = ends[i];
    output = exc_starttls_pop (starttls);
    if (output != NULL)
      g_string_append_len (
          sent, g_bytes_get_data (output, NULL), (gssize) g_bytes_get_size (output));
  }

  g_assert_cmpstr (sent->str, ==, c->sent);
  g_assert_cmpint (exc_starttls_is_ready (starttls), ==, c->ready);
  if (c->error < 0) {
    g_assert_no_error (error);
  } else {
    g_assert_error (error, EXC_ERROR, c->error);
    g_assert_false (exc_starttls_push (starttls, "x", 1, NULL)); /* stays failed */
  }
}

static void
test_every_split (gconstpointer data)
{
  const Case *c = data;
  const gsize length = strlen (c->input);

  for (gsize first = 0; first <= length; first++) {
    for (gsize second = first; second <= length; second++)
      run (c, first, second);
  }
}

static void
test_limits (void)
{
  g_autoptr(ExcStarttls) line = exc_starttls_new (EXC_PROBE_SMTP);
  g_autoptr(ExcStarttls) lines = exc_starttls_new (EXC_PROBE_IMAP);
  g_autoptr(ExcStarttls) nul = exc_starttls_new (EXC_PROBE_POP3);
  g_autoptr(GError) error = NULL;
  gboolean ok = TRUE;

  for (int i = 0; i < 3000 && ok; i++)
    ok = exc_starttls_push (line, "2", 1, &error);
  g_assert_error (error, EXC_ERROR, EXC_ERROR_LIMIT);
  g_clear_error (&error);

  ok = exc_starttls_push (lines, "* OK\r\n", 6, NULL);
  for (int i = 0; i < 1000 && ok; i++)
    ok = exc_starttls_push (lines, "* x\r\n", 5, &error);
  g_assert_error (error, EXC_ERROR, EXC_ERROR_LIMIT);
  g_clear_error (&error);

  g_assert_false (exc_starttls_push (nul, "+OK\0\n", 5, &error));
  g_assert_error (error, EXC_ERROR, EXC_ERROR_ENDPOINT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strconcat ("/tls/starttls/", cases[i].name, NULL);

    g_test_add_data_func (path, &cases[i], test_every_split);
  }
  g_test_add_func ("/tls/starttls/limits", test_limits);

  return g_test_run ();
}
