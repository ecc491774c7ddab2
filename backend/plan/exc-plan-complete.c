/* exc-plan-complete.c — the answer of an authority, joined to its request
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-plan"

#include "config.h"

#include "exc-error.h"
#include "exc-pfx.h"
#include "exc-plan-names.h"
#include "exc-step-bring.h"
#include "exc-step-gate.h"

#include <glib/gi18n.h>

/* Chains of authorities have some KiB. */
#define MAX_ANSWER_SIZE (1024 * 1024)

gboolean
exc_plan_build_complete (ExcPlan *self, JsonObject *input, GError **error)
{
  g_autoptr(GPtrArray) steps = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr(GPtrArray) undo_steps = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr(GPtrArray) servers = NULL;
  g_autoptr(GBytes) answer = NULL;
  g_autofree char *title = NULL;
  JsonObject *object;
  const char *fqdn, *name, *thumbprint, *request, *text;
  guchar *data;
  gsize size;

  if (!exc_plan_input_get_objects (input, "servers", &servers, error))
    return FALSE;
  if (servers->len == 0) { /* blocked */
    exc_plan_set_title (self, _("Complete a certificate request"));
    return TRUE;
  }
  object = g_ptr_array_index (servers, 0);
  if ((fqdn = exc_plan_input_need_text (object, "fqdn", error)) == NULL ||
      (name = exc_plan_input_need_text (object, "name", error)) == NULL ||
      (request = exc_plan_input_need_thumbprint (object, "request", error)) == NULL ||
      (thumbprint = exc_plan_input_need_thumbprint (object, "thumbprint", error)) == NULL ||
      (text = exc_plan_input_need_text (input, "answer", error)) == NULL)
    return FALSE;
  data = g_base64_decode (text, &size);
  answer = g_bytes_new_take (data, size);

  g_ptr_array_add (steps, exc_step_gate_new_open (name));
  g_ptr_array_add (steps, exc_step_complete_new (fqdn, name, thumbprint, request, answer));
  exc_plan_add_lane (self, fqdn, steps, undo_steps);
  title = g_strdup_printf (
      _("Complete the request “%1$s” on %2$s"), exc_plan_input_get_text (object, "subject"), name);
  exc_plan_set_title (self, title);
  return TRUE;
}

char *
exc_plan_summarize_complete (guint n_done, guint n_servers)
{
  return g_strdup (n_done > 0 ? _("The certificate is on the server, with its private key. Assign "
                                  "services to it to use it.")
                              : _("The request is not completed."));
}

/* The pending request and the certificate of the answer that belongs to it. */
static ExcCertificate *
find_request (ExcSnapshot *snapshot, ExcServer *server, GPtrArray *answers, ExcX509 **leaf)
{
  GPtrArray *certificates = exc_snapshot_get_certificates (snapshot);

  for (guint i = 0; i < certificates->len; i++) {
    ExcCertificate *request = g_ptr_array_index (certificates, i);
    ExcX509 *x509 = exc_certificate_get_x509 (request);

    if (strcmp (exc_certificate_get_server (request), exc_server_get_fqdn (server)) != 0 ||
        x509 == NULL || exc_certificate_get_record (request)->status != EXC_STATUS_PENDING_REQUEST)
      continue;
    for (guint j = 0; j < answers->len; j++) {
      *leaf = g_ptr_array_index (answers, j);
      if (exc_x509_has_key_of (*leaf, x509))
        return request;
    }
  }
  return NULL;
}

/* Names that were asked for and are not in the answer. */
static void
check_names (ExcPlan *self, ExcServer *server, ExcX509 *asked, ExcX509 *leaf)
{
  g_autoptr(GString) lacking = g_string_new (NULL);

  for (guint i = 0; asked->dns_names[i] != NULL; i++) {
    gboolean is_there = FALSE;

    for (guint j = 0; leaf->dns_names[j] != NULL && !is_there; j++)
      is_there = g_ascii_strcasecmp (asked->dns_names[i], leaf->dns_names[j]) == 0;
    if (!is_there)
      g_string_append_printf (lacking, "%s%s", lacking->len > 0 ? ", " : "", asked->dns_names[i]);
  }
  if (lacking->len > 0)
    exc_plan_say (
        self,
        exc_server_get_fqdn (server),
        EXC_CHECK_WARNING,
        _("The authority left out names that were asked for: %s. Clients that use them will not "
          "accept this certificate."),
           lacking->str);
}

static gboolean
check_dates (ExcPlan *self, ExcServer *server, ExcX509 *leaf, gint64 now)
{
  g_autofree char *begin = exc_plan_format_date (leaf->not_before);
  g_autofree char *end = exc_plan_format_date (leaf->not_after);
  const char *fqdn = exc_server_get_fqdn (server);

  if (leaf->not_after <= now) {
    exc_plan_say (self, fqdn, EXC_CHECK_BLOCKED, _("The certificate has expired: on %s."), end);
    return FALSE;
  }
  if (leaf->not_before > now)
    exc_plan_say (
        self, fqdn, EXC_CHECK_WARNING, _("The certificate is not valid before %s."), begin);
  return TRUE;
}

/**
 * exc_plan_new_complete:
 * @snapshot: the organization as it was seen last
 * @server: FQDN or name of the server that made the request
 * @answer: the file of the authority
 *
 * The file is checked before anything is sent: it has to be of the key of a pending request, and in
 * date. It is public, so it lies in the journal.
 *
 * Returns: (transfer full) (nullable): the plan; %NULL with %EXC_ERROR_NOT_FOUND, or
 *   %EXC_ERROR_INPUT for a file without certificates
 */
ExcPlan *
exc_plan_new_complete (ExcSnapshot *snapshot, const char *server, GBytes *answer, GError **error)
{
  g_autoptr(ExcPlan) self = exc_plan_new ("complete-request");
  g_autoptr(JsonBuilder) builder = json_builder_new ();
  g_autoptr(GPtrArray) answers = NULL;
  g_autofree char *text = NULL;
  ExcServer *found;
  ExcCertificate *request = NULL;
  ExcX509 *leaf = NULL;

  g_return_val_if_fail (EXC_IS_SNAPSHOT (snapshot), NULL);
  g_return_val_if_fail (server != NULL && answer != NULL, NULL);

  found = exc_plan_find_server (snapshot, server, error);
  if (found == NULL)
    return NULL;
  if (g_bytes_get_size (answer) > MAX_ANSWER_SIZE) {
    g_set_error_literal (
        error, EXC_ERROR, EXC_ERROR_INPUT, _("The file is too large for a certificate."));
    return NULL;
  }
  answers = exc_x509_read_file (answer, error);
  if (answers == NULL)
    return NULL;

  if (exc_plan_check_certificates (self, found)) {
    request = find_request (snapshot, found, answers, &leaf);
    if (request == NULL)
      exc_plan_say (
          self,
          exc_server_get_fqdn (found),
          EXC_CHECK_BLOCKED,
          _("No request that is pending on %s has the key of this certificate. Was it made on "
            "another server, or completed already?"),
             exc_server_get_name (found));
  }
  text = g_base64_encode (g_bytes_get_data (answer, NULL), g_bytes_get_size (answer));
  json_builder_begin_object (builder);
  exc_json_add_text (builder, "answer", text);
  json_builder_set_member_name (builder, "servers");
  json_builder_begin_array (builder);
  if (request != NULL && check_dates (self, found, leaf, exc_snapshot_get_time (snapshot))) {
    check_names (self, found, exc_certificate_get_x509 (request), leaf);
    exc_plan_say (self,
                  exc_server_get_fqdn (found),
                  EXC_CHECK_PASSED,
                  _("The certificate “%1$s” of “%2$s” belongs to the request of %3$s. "
                                 "When it is joined, the request is gone: that is not undone."),
                     leaf->subject,
                     leaf->issuer,
                     exc_server_get_name (found));
    json_builder_begin_object (builder);
    exc_json_add_text (builder, "fqdn", exc_server_get_fqdn (found));
    exc_json_add_text (builder, "name", exc_server_get_name (found));
    exc_json_add_text (builder, "request", exc_certificate_get_thumbprint (request));
    exc_json_add_text (builder, "thumbprint", leaf->sha1);
    exc_json_add_text (builder, "subject", leaf->subject);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  return exc_plan_build (self, json_builder_get_root (builder), error) ? g_steal_pointer (&self)
                                                                       : NULL;
}
