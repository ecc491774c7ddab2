/* exc-plan-servers.c — servers and certificates that a plan is about, found in a snapshot
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-plan"

#include "config.h"

#include "exc-error.h"
#include "exc-plan-private.h"

#include <glib/gi18n.h>

void
exc_plan_say (ExcPlan *self, const char *server, ExcCheckResult result, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  exc_plan_add_check (self, server, result, text);
}

ExcServer *
exc_plan_find_server (ExcSnapshot *snapshot, const char *name, GError **error)
{
  ExcServer *server = exc_snapshot_find_server (snapshot, name);

  if (server == NULL)
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_NOT_FOUND,
                 _("There is no server “%s” in this organization."), name);
  return server;
}

GPtrArray *
exc_plan_find_servers (ExcSnapshot *snapshot, const char *const *names, GError **error)
{
  g_autoptr(GPtrArray) servers = g_ptr_array_new ();
  g_auto(GStrv) ordered = exc_plan_order_servers (snapshot, names);

  if (names[0] == NULL) {
    g_set_error_literal (error, EXC_ERROR, EXC_ERROR_INPUT, _("Name at least one server."));
    return NULL;
  }
  for (guint i = 0; ordered[i] != NULL; i++) {
    ExcServer *server = exc_plan_find_server (snapshot, ordered[i], error);

    if (server == NULL)
      return NULL;
    if (g_ptr_array_find (servers, server, NULL)) {
      g_set_error (
          error, EXC_ERROR, EXC_ERROR_INPUT, _("The server “%s” is named twice."), ordered[i]);
      return NULL;
    }
    g_ptr_array_add (servers, server);
  }
  return g_steal_pointer (&servers);
}

ExcCertificate *
exc_plan_find_certificate (ExcSnapshot *snapshot,
                           ExcServer *server,
                           const char *thumbprint,
                           GError **error)
{
  g_autofree char *normal = exc_thumbprint_normalize (thumbprint);
  ExcCertificate *certificate =
      normal != NULL
          ? exc_snapshot_find_certificate (snapshot, exc_server_get_fqdn (server), normal)
          : NULL;

  if (certificate == NULL)
    g_set_error (
        error,
        EXC_ERROR,
        EXC_ERROR_NOT_FOUND,
        _("There is no certificate %1$s on %2$s."), thumbprint, exc_server_get_name (server));
  return certificate;
}

gboolean
exc_plan_check_server (ExcPlan *self, ExcServer *server)
{
  const char *fqdn = exc_server_get_fqdn (server);
  const char *name = exc_server_get_name (server);
  const char *problem = exc_server_get_problem (server);

  if (problem == NULL)
    problem = exc_server_get_state_text (server);
  switch (exc_server_get_state (server)) {
  case EXC_SERVER_OK:
    return TRUE;
  case EXC_SERVER_PARTIAL:
    if (exc_server_get_windows (server) != NULL)
      return TRUE;
    exc_plan_say (self,
                  fqdn,
                  EXC_CHECK_BLOCKED,
                  _("The Windows endpoint of %1$s cannot be used, and without it neither bindings "
                    "nor trusted roots can be seen or changed: %2$s"),
                     name,
                     problem);
    return FALSE;
  case EXC_SERVER_UNSUPPORTED:
    exc_plan_say (
        self, fqdn, EXC_CHECK_BLOCKED, _("%1$s cannot be changed from here: %2$s"), name, problem);
    return FALSE;
  case EXC_SERVER_UNREACHABLE:
    exc_plan_say (self,
                  fqdn,
                  EXC_CHECK_BLOCKED,
                  _("%1$s does not answer: %2$s Leave it out, or try again when it answers."),
                     name,
                     problem);
    return FALSE;
  case EXC_SERVER_LOADING:
  default:
    exc_plan_say (self,
                  fqdn,
                  EXC_CHECK_BLOCKED,
                  _("%s has not been read yet. Wait until its certificates are there."), name);
    return FALSE;
  }
}

gboolean
exc_plan_check_certificates (ExcPlan *self, ExcServer *server)
{
  return exc_server_get_state (server) == EXC_SERVER_PARTIAL ||
         exc_plan_check_server (self, server);
}

char *
exc_plan_dup_uses (GPtrArray *uses, guint accepted, guint twins)
{
  g_autoptr(GString) text = g_string_new (NULL);

  for (guint i = 0; uses != NULL && i < uses->len; i++) {
    ExcCertificateUse *use = g_ptr_array_index (uses, i);

    if ((use->use & accepted) != 0 || ((use->use & twins) != 0 && use->other != NULL))
      continue;
    g_string_append_printf (text, "%s%s", text->len > 0 ? " " : "", use->text);
  }
  return text->len > 0 ? g_string_free (g_steal_pointer (&text), FALSE) : NULL;
}

char *
exc_plan_summarize_done (guint n_done, guint n_servers)
{
  return g_strdup_printf (
      ngettext ("%1$u of %2$u server done.", "%1$u of %2$u servers done.", n_servers),
      n_done,
      n_servers);
}
