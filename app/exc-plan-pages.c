/* exc-plan-pages.c — what the pages of the plan window show
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-plan-pages"

#include "config.h"

#include "exc-plan-window-private.h"

#include "exc-format.h"

#include <glib/gi18n.h>

static void
clear_list (GtkListBox *list)
{
  GtkListBoxRow *row = NULL;

  while ((row = gtk_list_box_get_row_at_index (list, 0)) != NULL)
    gtk_list_box_remove (list, GTK_WIDGET (row));
}

static GtkWidget *
make_icon (const char *icon_name, const char *css_class)
{
  GtkWidget *image = g_object_new (GTK_TYPE_IMAGE,
                                   "icon-name",
                                   icon_name,
                                   "accessible-role",
                                   GTK_ACCESSIBLE_ROLE_PRESENTATION,
                                   NULL);

  gtk_widget_add_css_class (image, css_class);

  return image;
}

/* The certificate that the plan would replace, as the rows of the scope page name it. */
static ExcCertificate *
find_default_certificate (ExcSnapshot *snapshot, ExcServer *server)
{
  GPtrArray *certificates = exc_snapshot_get_certificates (snapshot);

  for (guint i = 0; i < certificates->len; i++) {
    ExcCertificate *certificate = g_ptr_array_index (certificates, i);

    if (g_ascii_strcasecmp (exc_certificate_get_server (certificate),
                            exc_server_get_fqdn (server)) == 0 &&
        exc_certificate_get_kind (certificate) == EXC_KIND_MICROSOFT_EXCHANGE &&
        exc_certificate_get_uses (certificate) & (EXC_USE_INTERNAL_TRANSPORT | EXC_USE_BACK_END))
      return certificate;
  }

  return NULL;
}

static void
on_scope_tick_cb (ExcPlanWindow *self, GParamSpec *pspec, GtkCheckButton *tick)
{
  GHashTableIter iter;
  gpointer fqdn = NULL;
  gpointer found = NULL;

  g_hash_table_iter_init (&iter, self->scope_ticks);
  while (g_hash_table_iter_next (&iter, &fqdn, &found)) {
    if (found != tick)
      continue;
    if (gtk_check_button_get_active (tick))
      g_hash_table_add (self->chosen, g_strdup (fqdn));
    else
      g_hash_table_remove (self->chosen, fqdn);
  }
  exc_plan_window_update (self);
}

static GtkWidget *
make_scope_row (ExcPlanWindow *self, ExcServer *server, ExcCertificate *certificate)
{
  gboolean can_be_read = exc_server_get_state (server) == EXC_SERVER_OK ||
                         exc_server_get_state (server) == EXC_SERVER_PARTIAL;
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *tick = gtk_check_button_new ();
  g_autofree char *subtitle = NULL;

  if (!can_be_read)
    subtitle = g_strdup (exc_server_get_state_text (server));
  else if (certificate != NULL)
    /* Translators: a certificate by its short thumbprint, and how it is: "Expires in 20 days" */
    subtitle = g_strdup_printf (_("Certificate \u2068%1$s\u2069: %2$s"),
                                   exc_certificate_get_short_thumbprint (certificate),
                                   exc_certificate_get_health_text (certificate));
  else
    subtitle = g_strdup (_("No default certificate was found: a new one is made"));

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), exc_server_get_name (server));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  gtk_widget_set_valign (tick, GTK_ALIGN_CENTER);
  exc_format_set_label (tick, exc_server_get_name (server));
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), tick);
  gtk_widget_set_sensitive (row, can_be_read);
  gtk_widget_set_tooltip_text (row, exc_server_get_problem (server));
  if (can_be_read) {
    ExcHealth health =
        certificate != NULL ? exc_certificate_get_health (certificate) : EXC_HEALTH_UNKNOWN;

    adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), tick);
    adw_action_row_add_suffix (
        ADW_ACTION_ROW (row),
        make_icon (exc_format_health_icon (health), exc_format_health_class (health)));
    g_hash_table_insert (self->scope_ticks, g_strdup (exc_server_get_fqdn (server)), tick);
    g_signal_connect_object (
        tick, "notify::active", G_CALLBACK (on_scope_tick_cb), self, G_CONNECT_SWAPPED);
  } else {
    adw_action_row_add_suffix (
        ADW_ACTION_ROW (row),
        make_icon (exc_format_server_icon (exc_server_get_state (server)), "dim-label"));
  }

  return row;
}

void
exc_plan_window_fill_scope (ExcPlanWindow *self)
{
  ExcSnapshot *snapshot = exc_organization_get_snapshot (self->organization);
  GPtrArray *servers = exc_snapshot_get_servers (snapshot);

  for (guint i = 0; i < servers->len; i++) {
    ExcServer *server = g_ptr_array_index (servers, i);
    ExcCertificate *certificate = find_default_certificate (snapshot, server);

    gtk_list_box_append (self->scope_list, make_scope_row (self, server, certificate));
  }
}

void
exc_plan_window_choose_urgent (ExcPlanWindow *self)
{
  ExcSnapshot *snapshot = exc_organization_get_snapshot (self->organization);
  GPtrArray *servers = exc_snapshot_get_servers (snapshot);

  for (guint i = 0; i < servers->len; i++) {
    ExcServer *server = g_ptr_array_index (servers, i);
    ExcCertificate *certificate = find_default_certificate (snapshot, server);

    if (certificate != NULL && (exc_certificate_get_health (certificate) == EXC_HEALTH_EXPIRED ||
                                exc_certificate_get_health (certificate) == EXC_HEALTH_EXPIRING))
      exc_plan_window_set_chosen (self, exc_server_get_fqdn (server), TRUE);
  }
}

static void
on_check_tick_cb (ExcPlanWindow *self, GParamSpec *pspec, GtkCheckButton *tick)
{
  if (gtk_check_button_get_active (tick))
    self->n_unticked--;
  else
    self->n_unticked++;
  exc_plan_window_update (self);
}

static GtkWidget *
make_check_row (ExcPlanWindow *self, const char *server, const char *text, ExcCheckResult result)
{
  const char *words[] = { _("Passed"), _("Needs your consent"), _("Blocks the plan") };
  const char *icons[] = { "emblem-ok-symbolic",
                          "dialog-warning-symbolic",
                          "dialog-error-symbolic" };
  const char *classes[] = { "success", "warning", "error" };
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *host = exc_format_short_host (server);
  g_autofree char *subtitle = NULL;

  if (server != NULL)
    /* Translators: a server, and what became of a check on it */
    subtitle = g_strdup_printf (_("\u2068%1$s\u2069 · %2$s"), host, words[result]);
  else
    subtitle = g_strdup (words[result]);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), text);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 0);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), make_icon (icons[result], classes[result]));
  gtk_widget_set_focusable (row, result == EXC_CHECK_WARNING);
  if (result == EXC_CHECK_WARNING) {
    GtkWidget *tick = gtk_check_button_new_with_label (_("Go on"));

    gtk_widget_set_valign (tick, GTK_ALIGN_CENTER);
    gtk_widget_set_tooltip_text (tick, _("I have read this and want to go on"));
    adw_action_row_add_suffix (ADW_ACTION_ROW (row), tick);
    adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), tick);
    g_signal_connect_object (
        tick, "notify::active", G_CALLBACK (on_check_tick_cb), self, G_CONNECT_SWAPPED);
    self->n_unticked++;
  }

  return row;
}

void
exc_plan_window_fill_checks (ExcPlanWindow *self, const char *problem)
{
  GListModel *checks = self->plan != NULL ? exc_plan_get_checks (self->plan) : NULL;
  guint n_blocked = problem != NULL ? 1 : 0;
  guint n_items = checks != NULL ? g_list_model_get_n_items (checks) : 0;
  const char *summary = NULL;

  clear_list (self->checks_list);
  self->n_unticked = 0;
  if (problem != NULL)
    gtk_list_box_append (self->checks_list,
                         make_check_row (self, NULL, problem, EXC_CHECK_BLOCKED));
  for (guint i = 0; i < n_items; i++) {
    g_autoptr(ExcCheck) check = g_list_model_get_item (checks, i);

    if (exc_check_get_result (check) == EXC_CHECK_BLOCKED)
      n_blocked++;
    gtk_list_box_append (self->checks_list,
                         make_check_row (self,
                                         exc_check_get_server (check),
                                         exc_check_get_text (check),
                                         exc_check_get_result (check)));
  }
  gtk_widget_set_visible (GTK_WIDGET (self->checks_list), problem != NULL || n_items > 0);

  if (n_blocked > 0)
    summary = _("Something blocks this plan. Go back and change it, or solve it first.");
  else if (self->n_unticked > 0)
    summary = _("Nothing blocks this plan. Read each warning and tick it to go on.");
  else
    summary = _("Nothing speaks against this plan.");
  adw_preferences_group_set_description (self->checks_group, summary);
}

void
exc_plan_window_fill_preview (ExcPlanWindow *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->preview);
  g_autofree char *text = NULL;

  if (self->plan == NULL)
    return;

  text = exc_plan_dup_preview (self->plan, self->shows_powershell);
  gtk_text_buffer_set_text (buffer, text, -1);
}

void
exc_plan_window_fill_run (ExcPlanWindow *self)
{
  const char *const *servers = exc_plan_get_servers (self->plan);
  guint n_servers = g_strv_length ((char **) servers);
  g_autofree char *summary = g_strdup_printf (
      ngettext ("The job works on %u server and runs in the background. It stops at the first step "
                "whose effect cannot be seen.",
                "The job works on %u servers, one after another, and runs in the background. It "
                "stops on a server at the first step whose effect cannot be seen.",
                n_servers),
      n_servers);

  clear_list (self->run_list);
  adw_preferences_group_set_description (self->run_group, summary);
  for (guint i = 0; i < n_servers; i++) {
    GPtrArray *steps = exc_plan_get_steps (self->plan, servers[i]);
    GtkWidget *row = adw_action_row_new ();
    g_autofree char *n_steps =
        g_strdup_printf (ngettext ("%u step", "%u steps", steps->len), steps->len);
    g_autofree char *number = g_strdup_printf ("%u", i + 1);
    GtkWidget *label = gtk_label_new (number);

    gtk_widget_add_css_class (label, "dim-label");
    gtk_widget_add_css_class (label, "numeric");
    adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
    adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), servers[i]);
    gtk_widget_set_focusable (row, FALSE);
    adw_action_row_add_prefix (ADW_ACTION_ROW (row), label);
    adw_action_row_add_suffix (ADW_ACTION_ROW (row), gtk_label_new (n_steps));
    gtk_list_box_append (self->run_list, row);
  }
}
