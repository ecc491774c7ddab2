/* exc-starttls.h — what is said in plain text before TLS begins
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum {
  EXC_PROBE_TLS,  /* 443, 444, 465, 993, 995, 8172: TLS from the first byte */
  EXC_PROBE_SMTP, /* STARTTLS on 25, 587 */
  EXC_PROBE_IMAP, /* STARTTLS on 143 */
  EXC_PROBE_POP3, /* STLS on 110 */
} ExcProbeGreeting;

/**
 * ExcStarttls:
 *
 * The client's side of the greeting, without I/O: bytes in, bytes out, until the server said that
 * TLS may begin. It never sends a name or a password of anybody.
 */
typedef struct _ExcStarttls ExcStarttls;

ExcStarttls *exc_starttls_new (ExcProbeGreeting greeting) G_GNUC_WARN_UNUSED_RESULT;
void exc_starttls_free (ExcStarttls *self);

gboolean exc_starttls_push (ExcStarttls *self, const char *data, gsize length, GError **error);
GBytes *exc_starttls_pop (ExcStarttls *self) G_GNUC_WARN_UNUSED_RESULT; /* (nullable): to be sent */
gboolean exc_starttls_is_ready (ExcStarttls *self); /* the handshake may begin */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ExcStarttls, exc_starttls_free)

G_END_DECLS
