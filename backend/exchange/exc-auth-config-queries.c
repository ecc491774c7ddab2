/* exc-auth-config-queries.c — which certificate the organization signs its tokens with
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-exchange"

#include "config.h"

#include "exc-queries.h"

#include "exc-reader-private.h"

static const char *const auth_config_properties[] = {
  "CurrentCertificateThumbprint",
  "PreviousCertificateThumbprint",
  "NextCertificateThumbprint",
  "NextCertificateEffectiveDate",
  "ServiceName",
  "WhenChangedUTC",
  "OriginatingServer",
  NULL,
};

/**
 * exc_query_auth_config:
 * @projected: with Select-Object
 *
 * steps.md 0.5. The object is the organization's, and Get-AuthConfig has no -Server.
 *
 * Returns: (transfer full): the pipeline
 */
ExcPipeline *
exc_query_auth_config (gboolean projected)
{
  return exc_query_new (
      exc_exchange_command_new ("Get-AuthConfig", NULL), auth_config_properties, projected);
}

/**
 * exc_read_auth_config:
 * @reply: of exc_query_auth_config()
 *
 * The thumbprints are "" on the wire where there is none (domain.md 2.5), and %NULL here.
 *
 * Returns: (transfer full): %NULL with @error
 */
ExcAuthConfigRecord *
exc_read_auth_config (ExcReply *reply, GError **error)
{
  g_autoptr(ExcAuthConfigRecord) config = exc_auth_config_record_new ();
  ExcValue *object = exc_read_single (reply, error);

  if (object == NULL)
    return NULL;
  if (!exc_read_thumbprint (object, "CurrentCertificateThumbprint", &config->current, error) ||
      !exc_read_thumbprint (object, "PreviousCertificateThumbprint", &config->previous, error) ||
      !exc_read_thumbprint (object, "NextCertificateThumbprint", &config->next, error))
    return NULL;
  config->next_effective = exc_read_time (object, "NextCertificateEffectiveDate");
  return g_steal_pointer (&config);
}
