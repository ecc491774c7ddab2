/* exc-lab-mail-choice.h — which certificate a mail service takes when it starts
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-lab-server.h"

G_BEGIN_DECLS

/* The best valid one for a connector's FQDN that Network Service may read. (nullable) (transfer
 * none) */
ExcLabCertificate *exc_lab_mail_choose_fqdn (ExcLabServer *server, const char *fqdn, gint64 now);
/* For STARTTLS of the server's receive connector whose name begins so ("Default Frontend"): what
 * its TlsCertificateName names; else the best valid one for its FQDN that Network Service may read,
 * one of an authority before a self-signed one, newer before older; else the internal transport
 * certificate. (nullable) (transfer none) */
ExcLabCertificate *exc_lab_mail_choose_smtp (ExcLabServer *server,
                                             const char *connector,
                                             gint64 now);
/* For POP and IMAP: has X509CertificateName among its names; newer before older. name: (nullable).
 * (nullable) (transfer none) */
ExcLabCertificate *exc_lab_mail_choose_client (ExcLabServer *server, const char *name, gint64 now);

G_END_DECLS
