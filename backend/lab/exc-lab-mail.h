/* exc-lab-mail.h — the mail services' ports of one simulated server
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

#include "exc-lab-server.h"

G_BEGIN_DECLS

/**
 * ExcLabMail:
 *
 * SMTP on 25 and 587, POP on 110 and 995, IMAP on 143 and 993, each plus 20000. A port is open
 * while its service runs. Which certificate it shows is chosen when the service starts: a renewed
 * one is not seen before the next restart.
 */
typedef struct _ExcLabMail ExcLabMail;

ExcLabMail *exc_lab_mail_new (const char *fqdn, GInetAddress *address) G_GNUC_WARN_UNUSED_RESULT;
void exc_lab_mail_free (ExcLabMail *self);

/* After every change of the world. now: the lab's clock. */
gboolean exc_lab_mail_update (ExcLabMail *self, ExcLabServer *server, gint64 now, GError **error);
/* Another world takes the place of this one: every service counts as started anew. */
void exc_lab_mail_forget (ExcLabMail *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ExcLabMail, exc_lab_mail_free)

G_END_DECLS
