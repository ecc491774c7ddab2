/* exc-cli-read.c — servers and certificates
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-cli"

#include "config.h"

#include "exc-cli.h"

#include "exc-error.h"

#include <glib/gi18n.h>

static ExcSnapshot *
get_snapshot (ExcCli *self)
{
  return exc_organization_get_snapshot (exc_context_get_organization (self->context));
}

/**
 * exc_cli_warn_of_servers:
 * @self: the program, after a reading
 *
 * Says which servers are missing from what is shown.
 *
 * Returns: the exit code: %EXC_EXIT_PARTIAL if there are such
 */
int
exc_cli_warn_of_servers (ExcCli *self)
{
  GPtrArray *servers = exc_snapshot_get_servers (get_snapshot (self));
  int code = EXC_EXIT_DONE;

  for (guint i = 0; i < servers->len; i++) {
    ExcServer *server = g_ptr_array_index (servers, i);
    ExcServerState state = exc_server_get_state (server);
    const char *problem = exc_server_get_problem (server);
    g_autofree char *line = NULL;

    if (state != EXC_SERVER_UNREACHABLE && state != EXC_SERVER_PARTIAL)
      continue;
    line = g_strdup_printf ("%s: %s",
                            exc_server_get_fqdn (server),
                            problem != NULL ? problem : exc_server_get_state_text (server));
    exc_cli_say (self, line);
    code = EXC_EXIT_PARTIAL;
  }
  return code;
}

static void
print_servers (GPtrArray *servers)
{
  const char *const titles[] = {
    _("SERVER"),       _("SITE"),         _("PRODUCT"), _("STATE"),
                                                              _("CERTIFICATES"), _("SOONEST DAYS"), NULL };
  g_autoptr(ExcCliTable) table = exc_cli_table_new (titles);

  for (guint i = 0; i < servers->len; i++) {
    ExcServer *server = g_ptr_array_index (servers, i);
    int days = exc_server_get_worst_days (server);
    g_autofree char *count = g_strdup_printf ("%u", exc_server_get_n_certificates (server));
    g_autofree char *soonest = days == G_MAXINT ? NULL : g_strdup_printf ("%d", days);
    const char *const cells[] = { exc_server_get_fqdn (server),
                                  exc_server_get_site (server),
                                  exc_server_get_product (server),
                                  exc_server_get_state_text (server),
                                  count,
                                  soonest };

    exc_cli_table_add (table, cells);
  }
  exc_cli_table_print (table);
}

int
exc_cli_servers (ExcCli *self, GError **error)
{
  GPtrArray *servers;

  if (!exc_cli_refresh (self, NULL, error))
    return -1;
  servers = exc_snapshot_get_servers (get_snapshot (self));
  if (self->options->json) {
    g_autoptr(JsonBuilder) builder = json_builder_new ();

    json_builder_begin_array (builder);
    for (guint i = 0; i < servers->len; i++)
      exc_cli_json_add_server (builder, g_ptr_array_index (servers, i));
    json_builder_end_array (builder);
    exc_cli_json_print (builder, TRUE);
  } else {
    print_servers (servers);
  }
  return exc_cli_warn_of_servers (self);
}

static int
compare_certificates (gconstpointer a, gconstpointer b)
{
  ExcCertificate *first = *(ExcCertificate *const *) a;
  ExcCertificate *second = *(ExcCertificate *const *) b;
  gint64 difference =
      exc_certificate_get_not_after (first) - exc_certificate_get_not_after (second);

  if (difference != 0)
    return difference < 0 ? -1 : 1;
  return g_strcmp0 (exc_certificate_get_key (first), exc_certificate_get_key (second));
}

/* Those of the servers named, or all; soonest first. */
static GPtrArray *
list_certificates (ExcCli *self, GError **error)
{
  ExcSnapshot *snapshot = get_snapshot (self);
  GPtrArray *all = exc_snapshot_get_certificates (snapshot);
  g_autoptr(GPtrArray) certificates = g_ptr_array_new ();
  g_autoptr(GPtrArray) servers = g_ptr_array_new ();

  for (guint i = 0; exc_cli_get_argument (self, i) != NULL; i++) {
    ExcServer *server = exc_snapshot_find_server (snapshot, exc_cli_get_argument (self, i));

    if (server == NULL) {
      g_set_error (error,
                   EXC_ERROR,
                   EXC_ERROR_NOT_FOUND,
                   _("There is no server “%s”."), exc_cli_get_argument (self, i));
      return NULL;
    }
    g_ptr_array_add (servers, (gpointer) exc_server_get_fqdn (server));
  }

  for (guint i = 0; i < all->len; i++) {
    ExcCertificate *certificate = g_ptr_array_index (all, i);
    gboolean is_wanted = servers->len == 0;

    for (guint j = 0; j < servers->len && !is_wanted; j++)
      is_wanted =
          g_ascii_strcasecmp (servers->pdata[j], exc_certificate_get_server (certificate)) == 0;
    if (is_wanted)
      g_ptr_array_add (certificates, certificate);
  }
  g_ptr_array_sort (certificates, compare_certificates);
  return g_steal_pointer (&certificates);
}

static void
print_certificates (GPtrArray *certificates)
{
  const char *const titles[] = {
    _("TYPE"),    _("NAME"), _("SERVER"),   _("USED FOR"),   _("STATUS"),
                                                                    _("EXPIRES"), _("DAYS"), _("SERVICES"), _("THUMBPRINT"), NULL };
  g_autoptr(ExcCliTable) table = exc_cli_table_new (titles);

  for (guint i = 0; i < certificates->len; i++) {
    ExcCertificate *certificate = g_ptr_array_index (certificates, i);
    g_auto(GStrv) uses = exc_certificate_dup_use_texts (certificate);
    g_autofree char *used = g_strjoinv (", ", uses);
    g_autofree char *expires = exc_cli_format_time (exc_certificate_get_not_after (certificate));
    g_autofree char *days = g_strdup_printf ("%d", exc_certificate_get_days_left (certificate));
    const char *const cells[] = { exc_certificate_get_kind_text (certificate),
                                  exc_certificate_get_name (certificate),
                                  exc_certificate_get_server (certificate),
                                  used,
                                  exc_certificate_get_health_text (certificate),
                                  expires,
                                  days,
                                  exc_certificate_get_services_text (certificate),
                                  exc_certificate_get_thumbprint (certificate) };

    exc_cli_table_add (table, cells);
  }
  exc_cli_table_print (table);
}

int
exc_cli_certificates (ExcCli *self, GError **error)
{
  g_autoptr(GPtrArray) certificates = NULL;

  if (!exc_cli_refresh (self, NULL, error))
    return -1;
  certificates = list_certificates (self, error);
  if (certificates == NULL)
    return -1;

  if (self->options->json) {
    g_autoptr(JsonBuilder) builder = json_builder_new ();

    json_builder_begin_array (builder);
    for (guint i = 0; i < certificates->len; i++) {
      ExcCertificate *certificate = g_ptr_array_index (certificates, i);

      exc_cli_json_add_certificate (
          builder,
          certificate,
          exc_snapshot_find_server (get_snapshot (self), exc_certificate_get_server (certificate)));
    }
    json_builder_end_array (builder);
    exc_cli_json_print (builder, TRUE);
  } else {
    print_certificates (certificates);
  }
  return exc_cli_warn_of_servers (self);
}
