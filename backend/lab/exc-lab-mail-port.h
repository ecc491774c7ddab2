/* exc-lab-mail-port.h — one listening port of a mail service
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

#include "exc-lab-mail-talk.h"

G_BEGIN_DECLS

/**
 * ExcLabMailPort:
 *
 * Greets who connects and lets TLS begin: at once, or when the client asks for it. A conversation
 * keeps the certificate that it began with.
 */
typedef struct _ExcLabMailPort ExcLabMailPort;

/* is_tls: TLS from the first byte. Closed until it is opened. fqdn: that it calls itself */
ExcLabMailPort *exc_lab_mail_port_new (ExcLabMailKind kind,
                                       gboolean is_tls,
                                       const char *fqdn,
                                       GInetAddress *address,
                                       guint16 port) G_GNUC_WARN_UNUSED_RESULT;
void exc_lab_mail_port_free (ExcLabMailPort *self);

/* Of new conversations; NULL: STARTTLS is not offered, and with is_tls nobody is answered. */
void exc_lab_mail_port_set_certificate (ExcLabMailPort *self, GTlsCertificate *certificate);
/* FALSE: refuses connections, ends those that stand. */
gboolean exc_lab_mail_port_set_open (ExcLabMailPort *self, gboolean open, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ExcLabMailPort, exc_lab_mail_port_free)

G_END_DECLS
