/* exc-changes.c — the changes: which command or script makes them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-exchange"

#include "config.h"

#include "exc-changes.h"

#include <glib/gi18n.h>

#include "exc-error.h"
#include "exc-reader-private.h"

/**
 * exc_change_renew_default:
 * @server: FQDN
 * @old_thumbprint: of the certificate to clone
 *
 * steps.md A1. One pipeline on the server: the live certificate goes from one cmdlet to the other.
 * The second -Server is needed too, or the new one is made where the session lives (domain.md
 * 2.1). Nothing is projected behind it: RawData tells the thumbprint in every session.
 *
 * Returns: (transfer full): the pipeline
 */
ExcPipeline *
exc_change_renew_default (const char *server, const char *old_thumbprint)
{
  ExcPipeline *pipeline = exc_pipeline_new ();
  ExcCommand *get = exc_exchange_command_new ("Get-ExchangeCertificate", server);
  ExcCommand *create = exc_exchange_command_new ("New-ExchangeCertificate", server);

  exc_command_set_string (get, "Thumbprint", old_thumbprint);
  exc_command_set_switch (create, "Force", TRUE);
  exc_command_set (create, "PrivateKeyExportable", exc_value_new_boolean (FALSE));
  exc_pipeline_append (pipeline, get);
  exc_pipeline_append (pipeline, create);
  return pipeline;
}

/**
 * exc_change_create_default:
 * @server: FQDN, as -Server names it
 * @name: the server's short name
 * @fqdn: its full one
 *
 * steps.md A1, where the old certificate is missing or unusable.
 *
 * Returns: (transfer full): the pipeline
 */
ExcPipeline *
exc_change_create_default (const char *server, const char *name, const char *fqdn)
{
  ExcCommand *create = exc_exchange_command_new ("New-ExchangeCertificate", server);
  g_autofree char *subject = g_strconcat ("CN=", name, NULL);
  const char *const domains[] = { name, fqdn, NULL };

  exc_command_set_string (create, "SubjectName", subject);
  exc_command_set_strings (create, "DomainName", domains);
  exc_command_set_string (create, "FriendlyName", "Microsoft Exchange");
  exc_command_set_string (create, "Services", "SMTP");
  exc_command_set_int (create, "KeySize", 2048);
  exc_command_set (create, "PrivateKeyExportable", exc_value_new_boolean (FALSE));
  exc_command_set_switch (create, "Force", TRUE);
  return exc_pipeline_new_single (create);
}

/**
 * exc_read_created:
 * @reply: of exc_change_renew_default(), exc_change_create_default() or exc_change_wmsvc_create()
 *
 * Returns: (transfer full): the new certificate's thumbprint; %NULL with @error
 */
char *
exc_read_created (ExcReply *reply, GError **error)
{
  ExcValue *object = exc_read_single (reply, error);
  g_autofree char *computed = NULL;
  g_autofree char *told = NULL;
  GBytes *raw = NULL;

  if (object == NULL)
    return NULL;
  if (!exc_read_thumbprint (object, "Thumbprint", &told, error))
    return NULL;
  raw = exc_value_get_bytes (exc_value_get_property (object, "RawData"));
  if (raw == NULL) /* a script's answer */
    raw = exc_value_get_bytes (exc_value_get_property (object, "Raw"));
  if (raw != NULL)
    computed = exc_thumbprint_of (raw);
  if (computed != NULL && told != NULL && strcmp (computed, told) != 0) {
    g_set_error (
        error,
        EXC_ERROR,
        EXC_ERROR_PROTOCOL,
        _("The server calls a certificate %1$s whose thumbprint is %2$s."), told, computed);
    return NULL;
  }
  if (computed == NULL && told == NULL) {
    g_set_error_literal (error,
                         EXC_ERROR,
                         EXC_ERROR_PROTOCOL,
                         _("The server did not say which certificate it made; look at its list of "
                           "certificates before trying again."));
    return NULL;
  }
  return computed != NULL ? g_steal_pointer (&computed) : g_steal_pointer (&told);
}

/**
 * exc_change_enable:
 * @server: FQDN
 * @thumbprint: of the certificate
 * @services: "SMTP", "IIS", or several with commas
 * @do_not_require_ssl: for IIS: leave "Require SSL" of the site's root alone
 *
 * steps.md A4 and U-A. -Force answers the overwrite question: with SMTP the certificate becomes the
 * internal transport certificate.
 *
 * Returns: (transfer full): the pipeline
 */
ExcPipeline *
exc_change_enable (const char *server,
                   const char *thumbprint,
                   const char *services,
                   gboolean do_not_require_ssl)
{
  ExcCommand *enable = exc_exchange_command_new ("Enable-ExchangeCertificate", server);

  exc_command_set_string (enable, "Thumbprint", thumbprint);
  exc_command_set_string (enable, "Services", services);
  if (do_not_require_ssl)
    exc_command_set_switch (enable, "DoNotRequireSsl", TRUE);
  exc_command_set_switch (enable, "Force", TRUE);
  return exc_pipeline_new_single (enable);
}

/**
 * exc_change_enable_keeping_default:
 * @server: FQDN
 * @thumbprint: of the certificate
 * @services: as exc_change_enable()
 *
 * What Microsoft recommends for a certificate of an authority (domain.md 2.1): SMTP may use it, and
 * the internal transport certificate stays. The question names the certificate by its thumbprint
 * in every language, and only that question is answered.
 *
 * Returns: (transfer full): the pipeline
 */
ExcPipeline *
exc_change_enable_keeping_default (const char *server, const char *thumbprint, const char *services)
{
  ExcCommand *enable = exc_exchange_command_new ("Enable-ExchangeCertificate", server);
  ExcPipeline *pipeline = exc_pipeline_new_single (enable);

  exc_command_set_string (enable, "Thumbprint", thumbprint);
  exc_command_set_string (enable, "Services", services);
  exc_pipeline_set_choice (pipeline, 'N');
  exc_pipeline_set_question (pipeline, thumbprint);
  return pipeline;
}

/**
 * exc_change_remove:
 * @server: FQDN
 * @thumbprint: of the certificate
 *
 * steps.md U-A, A9. Exchange itself guards little (domain.md 2.3): the caller has to.
 *
 * Returns: (transfer full): the pipeline
 */
ExcPipeline *
exc_change_remove (const char *server, const char *thumbprint)
{
  ExcCommand *remove = exc_exchange_command_new ("Remove-ExchangeCertificate", server);

  exc_command_set_string (remove, "Thumbprint", thumbprint);
  exc_command_set_switch (remove, "Confirm", FALSE);
  return exc_pipeline_new_single (remove);
}
