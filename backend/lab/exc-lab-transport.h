/* exc-lab-transport.h — certificates and connectors
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-lab-world.h"

G_BEGIN_DECLS

/* The parts of "<I>issuer<S>subject"; FALSE where @name is not of that form. */
gboolean exc_lab_connector_name_parse (const char *name, char **issuer, char **subject);
/* (transfer full): that name for a certificate */
char *exc_lab_connector_name_new (ExcLabCertificate *certificate) G_GNUC_WARN_UNUSED_RESULT;
/* Whether it has this name, or the wildcard that the name is under. */
gboolean exc_lab_certificate_fits_domain (ExcLabCertificate *certificate, const char *fqdn);

/* Event 12014 for every connector of a running transport service that has just lost the last
 * certificate it could offer TLS with (domain.md 3.5). */
void exc_lab_transport_look (ExcLabWorld *world);

G_END_DECLS
