/* exc-lab-mail-talk.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-lab-mail"

#include "config.h"

#include "exc-lab-mail-talk.h"

#include <string.h>

char *
exc_lab_mail_greet (ExcLabMailKind kind, const char *fqdn)
{
  switch (kind) {
  case EXC_LAB_MAIL_SMTP:
    return g_strdup_printf ("220 %s Microsoft ESMTP MAIL Service ready\r\n", fqdn);
  case EXC_LAB_MAIL_IMAP:
    return g_strdup ("* OK The Microsoft Exchange IMAP4 service is ready.\r\n");
  case EXC_LAB_MAIL_POP3:
  default:
    return g_strdup ("+OK The Microsoft Exchange POP3 service is ready.\r\n");
  }
}

static gboolean
is_command (const char *line, const char *command)
{
  const gsize length = strlen (command);

  return g_ascii_strncasecmp (line, command, length) == 0 &&
         (line[length] == '\0' || line[length] == ' ');
}

/* RFC 5321 4.1 and RFC 3207 4. */
static char *
answer_smtp (const char *fqdn, gboolean offers_tls, const char *line, ExcLabMailNext *next)
{
  if (is_command (line, "EHLO"))
    return g_strdup_printf ("250-%s Hello\r\n"
                            "250-SIZE 37748736\r\n"
                            "250-PIPELINING\r\n"
                            "250-DSN\r\n"
                            "250-ENHANCEDSTATUSCODES\r\n"
                            "%s"
                            "250-8BITMIME\r\n"
                            "250-BINARYMIME\r\n"
                            "250 CHUNKING\r\n",
                            fqdn,
                            offers_tls ? "250-STARTTLS\r\n" : "");
  if (is_command (line, "HELO"))
    return g_strdup_printf ("250 %s Hello\r\n", fqdn);
  if (is_command (line, "NOOP") || is_command (line, "RSET"))
    return g_strdup ("250 2.0.0 OK\r\n");
  if (is_command (line, "QUIT")) {
    *next = EXC_LAB_MAIL_END;
    return g_strdup ("221 2.0.0 Service closing transmission channel\r\n");
  }
  if (is_command (line, "STARTTLS") && offers_tls) {
    *next = EXC_LAB_MAIL_START_TLS;
    return g_strdup ("220 2.0.0 SMTP server ready\r\n");
  }
  return g_strdup ("500 5.3.3 Unrecognized command\r\n");
}

/* RFC 3501 6.1 and 6.2.1: a tag, then the command. */
static char *
answer_imap (gboolean offers_tls, const char *line, ExcLabMailNext *next)
{
  g_auto(GStrv) words = g_strsplit (line, " ", 2);
  const char *tag = words[0];
  const char *command = tag != NULL ? words[1] : NULL;

  if (command == NULL)
    return g_strdup ("* BAD Command Error. 10\r\n");
  if (is_command (command, "CAPABILITY"))
    return g_strdup_printf ("* CAPABILITY IMAP4 IMAP4rev1 LOGINDISABLED%s UIDPLUS IDLE NAMESPACE "
                            "LITERAL+\r\n%s OK CAPABILITY completed.\r\n",
                            offers_tls ? " STARTTLS" : "",
                            tag);
  if (is_command (command, "NOOP"))
    return g_strdup_printf ("%s OK NOOP completed.\r\n", tag);
  if (is_command (command, "LOGOUT")) {
    *next = EXC_LAB_MAIL_END;
    return g_strdup_printf ("* BYE Microsoft Exchange Server IMAP4 server signing off.\r\n"
                            "%s OK LOGOUT completed.\r\n",
                            tag);
  }
  if (is_command (command, "STARTTLS") && offers_tls) {
    *next = EXC_LAB_MAIL_START_TLS;
    return g_strdup_printf ("%s OK Begin TLS negotiation now.\r\n", tag);
  }
  return g_strdup_printf ("%s BAD Command Error. 12\r\n", tag);
}

/* RFC 1939, RFC 2449 5 and RFC 2595 4. */
static char *
answer_pop3 (gboolean offers_tls, const char *line, ExcLabMailNext *next)
{
  if (is_command (line, "CAPA"))
    return g_strdup_printf ("+OK\r\nTOP\r\nUIDL\r\n%s.\r\n", offers_tls ? "STLS\r\n" : "");
  if (is_command (line, "QUIT")) {
    *next = EXC_LAB_MAIL_END;
    return g_strdup ("+OK Microsoft Exchange Server POP3 server signing off.\r\n");
  }
  if (is_command (line, "STLS") && offers_tls) {
    *next = EXC_LAB_MAIL_START_TLS;
    return g_strdup ("+OK Begin TLS negotiation.\r\n");
  }
  return g_strdup ("-ERR Command is not valid in this state.\r\n");
}

char *
exc_lab_mail_answer (ExcLabMailKind kind,
                     const char *fqdn,
                     gboolean offers_tls,
                     const char *line,
                     ExcLabMailNext *next)
{
  *next = EXC_LAB_MAIL_LISTEN;
  switch (kind) {
  case EXC_LAB_MAIL_SMTP:
    return answer_smtp (fqdn, offers_tls, line, next);
  case EXC_LAB_MAIL_IMAP:
    return answer_imap (offers_tls, line, next);
  case EXC_LAB_MAIL_POP3:
  default:
    return answer_pop3 (offers_tls, line, next);
  }
}
