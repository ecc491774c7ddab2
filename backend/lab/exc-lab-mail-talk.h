/* exc-lab-mail-talk.h — what mail servers say before TLS and around it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum { EXC_LAB_MAIL_SMTP, EXC_LAB_MAIL_IMAP, EXC_LAB_MAIL_POP3 } ExcLabMailKind;

/* What follows once an answer is sent. */
typedef enum {
  EXC_LAB_MAIL_LISTEN,    /* the next line is awaited */
  EXC_LAB_MAIL_START_TLS, /* the client begins a handshake */
  EXC_LAB_MAIL_END,       /* the server hangs up */
} ExcLabMailNext;

/* As Exchange greets, with the line ends of the RFCs. (transfer full) */
char *exc_lab_mail_greet (ExcLabMailKind kind, const char *fqdn) G_GNUC_WARN_UNUSED_RESULT;
/* The answer to one line, which comes without its line end. offers_tls: STARTTLS is possible and
 * not done yet. Nobody can log on and no mail is taken. (transfer full) */
char *exc_lab_mail_answer (ExcLabMailKind kind,
                           const char *fqdn,
                           gboolean offers_tls,
                           const char *line,
                           ExcLabMailNext *next) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
