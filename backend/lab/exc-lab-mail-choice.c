/* exc-lab-mail-choice.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-lab-mail"

#include "config.h"

#include "exc-lab-mail-choice.h"

#include "exc-lab-transport.h"

static gboolean
is_valid (ExcLabCertificate *certificate, gint64 now)
{
  return certificate->key != NULL && certificate->x509->not_before <= now &&
         now < certificate->x509->not_after;
}

/* Whether @a goes before @b; certificates of an authority go first where that counts. */
static gboolean
is_better (ExcLabCertificate *a, ExcLabCertificate *b, gboolean by_issuer)
{
  if (b == NULL)
    return TRUE;
  if (by_issuer && a->x509->is_self_signed != b->x509->is_self_signed)
    return !a->x509->is_self_signed;
  return a->x509->not_before > b->x509->not_before;
}

static ExcLabConnector *
find_connector (ExcLabServer *server, const char *prefix)
{
  for (guint i = 0; i < server->connectors->len; i++) {
    ExcLabConnector *connector = g_ptr_array_index (server->connectors, i);

    if (connector->is_enabled && g_str_has_prefix (connector->name, prefix))
      return connector;
  }
  return NULL;
}

static gboolean
is_named (ExcLabCertificate *certificate, const char *tls_certificate_name)
{
  g_autofree char *name = exc_lab_connector_name_new (certificate);

  return g_str_equal (name, tls_certificate_name);
}

ExcLabCertificate *
exc_lab_mail_choose_fqdn (ExcLabServer *server, const char *fqdn, gint64 now)
{
  ExcLabCertificate *best = NULL;

  for (guint i = 0; i < server->my->len; i++) {
    ExcLabCertificate *certificate = g_ptr_array_index (server->my, i);

    if (is_valid (certificate, now) && certificate->network_service &&
        exc_lab_certificate_fits_domain (certificate, fqdn) && is_better (certificate, best, TRUE))
      best = certificate;
  }
  return best;
}

ExcLabCertificate *
exc_lab_mail_choose_smtp (ExcLabServer *server, const char *connector, gint64 now)
{
  ExcLabConnector *found = find_connector (server, connector);
  const char *name = found != NULL ? found->tls_certificate_name : NULL;
  const char *fqdn = found != NULL && found->fqdn != NULL ? found->fqdn : server->fqdn;
  ExcLabCertificate *named = NULL;
  ExcLabCertificate *best = exc_lab_mail_choose_fqdn (server, fqdn, now);

  for (guint i = 0; name != NULL && i < server->my->len; i++) {
    ExcLabCertificate *certificate = g_ptr_array_index (server->my, i);

    if (is_valid (certificate, now) && certificate->network_service &&
        is_named (certificate, name) && is_better (certificate, named, FALSE))
      named = certificate;
  }
  if (named != NULL)
    return named;
  if (best != NULL)
    return best;
  best = exc_lab_store_find (server->my, server->internal_transport);
  return best != NULL && best->key != NULL ? best : NULL;
}

ExcLabCertificate *
exc_lab_mail_choose_client (ExcLabServer *server, const char *name, gint64 now)
{
  ExcLabCertificate *best = NULL;

  for (guint i = 0; name != NULL && i < server->my->len; i++) {
    ExcLabCertificate *certificate = g_ptr_array_index (server->my, i);

    if (is_valid (certificate, now) && exc_lab_certificate_fits_domain (certificate, name) &&
        is_better (certificate, best, FALSE))
      best = certificate;
  }
  return best;
}
