/* exc-cli-show.c — all that is known of a certificate or a server
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-cli"

#include "config.h"

#include "exc-cli-private.h"

#include "exc-error.h"
#include "exc-section.h"

#include <string.h>

#include <glib/gi18n.h>

#define MIN_PREFIX 4

static void
print_field (ExcField *field)
{
  g_auto(GStrv) lines = g_strsplit (exc_field_get_value (field), "\n", -1);

  if (lines[0] == NULL || lines[1] == NULL) {
    g_print ("  %s: %s\n", exc_field_get_label (field), exc_field_get_value (field));
    return;
  }
  g_print ("  %s:\n", exc_field_get_label (field));
  for (guint i = 0; lines[i] != NULL; i++)
    g_print ("    %s\n", lines[i]);
}

static void
print_sections (const char *title, GListModel *sections)
{
  g_print ("%s\n", title);
  for (guint i = 0; i < g_list_model_get_n_items (sections); i++) {
    g_autoptr(ExcSection) section = g_list_model_get_item (sections, i);
    GListModel *fields = exc_section_get_fields (section);

    g_print ("\n%s\n", exc_section_get_title (section));
    for (guint j = 0; j < g_list_model_get_n_items (fields); j++) {
      g_autoptr(ExcField) field = g_list_model_get_item (fields, j);

      print_field (field);
    }
  }
}

static gboolean
matches (ExcCertificate *certificate, const char *server, const char *prefix)
{
  if (server != NULL && g_ascii_strcasecmp (exc_certificate_get_server (certificate), server) != 0)
    return FALSE;
  return g_ascii_strncasecmp (
             exc_certificate_get_thumbprint (certificate), prefix, strlen (prefix)) == 0;
}

/* One certificate may lie on several servers; two different ones are too many. */
static GPtrArray *
find_certificates (ExcSnapshot *snapshot, const char *server, const char *text, GError **error)
{
  GPtrArray *all = exc_snapshot_get_certificates (snapshot);
  g_autoptr(GPtrArray) found = g_ptr_array_new ();
  g_autofree char *whole = exc_thumbprint_normalize (text);
  const char *prefix = whole != NULL ? whole : text;

  for (guint i = 0; strlen (prefix) >= MIN_PREFIX && i < all->len; i++) {
    if (matches (g_ptr_array_index (all, i), server, prefix))
      g_ptr_array_add (found, g_ptr_array_index (all, i));
  }
  for (guint i = 1; i < found->len; i++) {
    if (g_str_equal (exc_certificate_get_thumbprint (found->pdata[0]),
                     exc_certificate_get_thumbprint (found->pdata[i])))
      continue;
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_INPUT,
                 _("Several certificates begin with “%s”; give more of the thumbprint."), text);
    return NULL;
  }
  if (found->len == 0) {
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_NOT_FOUND,
                 _("There is no server and no certificate “%s”."), text);
    return NULL;
  }
  return g_steal_pointer (&found);
}

const char *
exc_cli_find_thumbprint (ExcSnapshot *snapshot,
                         const char *server,
                         const char *text,
                         GError **error)
{
  g_autoptr(GPtrArray) found = find_certificates (snapshot, server, text, error);

  return found != NULL ? exc_certificate_get_thumbprint (g_ptr_array_index (found, 0)) : NULL;
}

static void
show_server (ExcCli *self, ExcServer *server)
{
  g_autoptr(JsonBuilder) builder = NULL;

  if (!self->options->json) {
    print_sections (exc_server_get_fqdn (server), exc_server_get_sections (server));
    return;
  }
  builder = json_builder_new ();
  exc_cli_json_add_server (builder, server);
  exc_cli_json_print (builder, TRUE);
}

static void
show_certificates (ExcCli *self, ExcSnapshot *snapshot, GPtrArray *certificates)
{
  g_autoptr(JsonBuilder) builder = json_builder_new ();

  json_builder_begin_array (builder);
  for (guint i = 0; i < certificates->len; i++) {
    ExcCertificate *certificate = g_ptr_array_index (certificates, i);

    if (self->options->json) {
      exc_cli_json_add_certificate (
          builder,
          certificate,
          exc_snapshot_find_server (snapshot, exc_certificate_get_server (certificate)));
      continue;
    }
    if (i > 0)
      g_print ("\n");
    print_sections (exc_certificate_get_name (certificate),
                    exc_certificate_get_sections (certificate));
  }
  json_builder_end_array (builder);
  if (self->options->json)
    exc_cli_json_print (builder, TRUE);
}

int
exc_cli_show (ExcCli *self, GError **error)
{
  const char *first = exc_cli_get_argument (self, 0);
  const char *second = exc_cli_get_argument (self, 1);
  g_autoptr(GPtrArray) certificates = NULL;
  ExcSnapshot *snapshot;
  ExcServer *server;

  if (!exc_cli_refresh (self, NULL, error))
    return -1;
  snapshot = exc_organization_get_snapshot (exc_context_get_organization (self->context));
  server = exc_snapshot_find_server (snapshot, first);
  if (server == NULL && second != NULL) {
    g_set_error (error, EXC_ERROR, EXC_ERROR_NOT_FOUND, _("There is no server “%s”."), first);
    return -1;
  }
  if (server != NULL && second == NULL) {
    show_server (self, server);
    return EXC_EXIT_DONE;
  }

  certificates = find_certificates (snapshot,
                                    server != NULL ? exc_server_get_fqdn (server) : NULL,
                                    second != NULL ? second : first,
                                    error);
  if (certificates == NULL)
    return -1;
  show_certificates (self, snapshot, certificates);
  return EXC_EXIT_DONE;
}
