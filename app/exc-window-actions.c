/* exc-window-actions.c — what the window can do
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-window-actions"

#include "config.h"

#include "exc-window-private.h"

#include "exc-connect-window.h"
#include "exc-job-window.h"

#include <glib/gi18n.h>

static ExcCertificateTable *
get_table (ExcWindow *self)
{
  return exc_certificates_page_get_table (self->certificates_page);
}

void
exc_window_toast (ExcWindow *self, const char *text)
{
  g_autofree char *markup = g_markup_escape_text (text, -1);

  adw_toast_overlay_add_toast (self->toast_overlay, adw_toast_new (markup));
}

static void
copy (ExcWindow *self, const char *text, const char *said)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
  exc_window_toast (self, said);
}

static void
on_refreshed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GError) error = NULL;

  /* The organization keeps the sentence as its `problem`: the pages and the banner show it. */
  if (!exc_organization_refresh_finish (EXC_ORGANIZATION (source), result, &error))
    g_info ("refresh: %s", error->message);
}

void
exc_window_refresh (ExcWindow *self, const char *only)
{
  ExcOrganization *organization = exc_context_get_organization (self->context);
  const char *servers[] = { only, NULL };

  if (organization != NULL)
    exc_organization_refresh_async (organization,
                                    only != NULL ? servers : NULL,
                                    NULL,
                                    self->cancellable,
                                    on_refreshed_cb,
                                    NULL);
}

static void
on_refresh_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  exc_window_refresh (user_data, NULL);
}

/* Of the row that the keyboard stands for; NULL where there is none. */
static const char *
get_row_server (ExcWindow *self)
{
  ExcCertificate *certificate = exc_certificate_table_get_selected (get_table (self));
  ExcServer *server = exc_servers_page_get_selected (self->servers_page);

  if (g_str_equal (self->page, "servers"))
    return server != NULL ? exc_server_get_fqdn (server) : NULL;
  if (g_str_equal (self->page, "certificates") && certificate != NULL)
    return exc_certificate_get_server (certificate);

  return self->scope;
}

/* A key names no row: it stands for the selected one. */
static void
on_refresh_server_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  const char *fqdn = g_variant_get_string (parameter, NULL);

  if (fqdn[0] == '\0')
    fqdn = get_row_server (user_data);
  if (fqdn != NULL)
    exc_window_refresh (user_data, fqdn);
}

/* In a narrow window out of the sidebar, and the keyboard to the rows. */
static void
go_to_page (ExcWindow *self)
{
  adw_leaflet_navigate (self->leaflet, ADW_NAVIGATION_DIRECTION_FORWARD);
  gtk_widget_grab_focus (gtk_stack_get_visible_child (self->pages));
}

static void
on_show_page_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ExcWindow *self = user_data;

  exc_window_set_page (self, g_variant_get_string (parameter, NULL));
  go_to_page (self);
}

static void
on_show_certificates_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ExcWindow *self = user_data;
  const char *fqdn = get_row_server (self);

  if (fqdn == NULL)
    return;

  exc_window_set_scope (self, fqdn);
  exc_window_set_page (self, "certificates");
  go_to_page (self);
}

static void
on_show_scope_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ExcWindow *self = user_data;
  const char *scope = g_variant_get_string (parameter, NULL);

  exc_window_set_scope (self, scope);
  if (g_str_equal (self->page, "servers") && scope[0] != '\0')
    exc_servers_page_select (self->servers_page, scope);
  else
    exc_window_set_page (self, "certificates");
  go_to_page (self);
}

static void
on_show_sidebar_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  adw_leaflet_navigate (EXC_WINDOW (user_data)->leaflet, ADW_NAVIGATION_DIRECTION_BACK);
}

static void
on_search_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ExcWindow *self = user_data;
  gboolean is_searching = FALSE;

  g_object_get (self->certificates_page, "is-searching", &is_searching, NULL);
  exc_window_set_page (self, "certificates");
  g_object_set (self->certificates_page, "is-searching", !is_searching, NULL);
}

static void
on_show_details_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  exc_window_set_details_shown (user_data, TRUE);
}

/* Not a GPropertyAction: that would hold its window for ever. */
static void
on_toggle_details_state (GSimpleAction *action, GVariant *state, gpointer user_data)
{
  exc_window_set_details_shown (user_data, g_variant_get_boolean (state));
}

static void
on_allow_changes_state (GSimpleAction *action, GVariant *state, gpointer user_data)
{
  ExcWindow *self = user_data;
  ExcJobs *jobs = exc_context_get_jobs (self->context);

  if (jobs != NULL)
    exc_jobs_set_is_read_only (jobs, !g_variant_get_boolean (state));
}

static void
on_copy_thumbprint_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ExcWindow *self = user_data;
  g_autoptr(GPtrArray) selection = exc_certificate_table_dup_selection (get_table (self));
  g_autoptr(GString) text = g_string_new (NULL);

  for (guint i = 0; i < selection->len; i++) {
    if (i > 0)
      g_string_append_c (text, '\n');
    g_string_append (text, exc_certificate_get_thumbprint (g_ptr_array_index (selection, i)));
  }
  if (selection->len > 0)
    copy (self, text->str, ngettext ("Thumbprint copied", "Thumbprints copied", selection->len));
}

static void
on_copy_thumbprint_of_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  const char *key = g_variant_get_string (parameter, NULL);
  const char *backslash = strrchr (key, '\\');

  if (backslash != NULL)
    copy (user_data, backslash + 1, ngettext ("Thumbprint copied", "Thumbprints copied", 1));
}

static void
on_copy_pem_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ExcWindow *self = user_data;
  g_autoptr(GPtrArray) selection = exc_certificate_table_dup_selection (get_table (self));
  g_autoptr(GString) text = g_string_new (NULL);

  for (guint i = 0; i < selection->len; i++) {
    g_autofree char *pem =
        exc_x509_dup_pem (exc_certificate_get_x509 (g_ptr_array_index (selection, i)));

    g_string_append (text, pem);
  }
  if (selection->len > 0)
    copy (self,
          text->str,
          ngettext ("Certificate copied as PEM", "Certificates copied as PEM", selection->len));
}

static void
append_csv (GString *text, const char *value)
{
  if (text->len > 0 && text->str[text->len - 1] != '\n')
    g_string_append_c (text, ',');
  g_string_append_c (text, '"');
  /* A cell that a spreadsheet would run as a formula is made text (CSV injection). */
  if (value != NULL && strchr ("=+-@", value[0]) != NULL && value[0] != '\0')
    g_string_append_c (text, '\'');
  for (const char *c = value != NULL ? value : ""; *c != '\0'; c++) {
    if (*c == '"')
      g_string_append_c (text, '"');
    g_string_append_c (text, *c);
  }
  g_string_append_c (text, '"');
}

static void
on_copy_rows_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ExcWindow *self = user_data;
  g_autoptr(GPtrArray) selection = exc_certificate_table_dup_selection (get_table (self));
  g_autoptr(GString) text = g_string_new (NULL);

  for (guint i = 0; i < selection->len; i++) {
    ExcCertificate *certificate = g_ptr_array_index (selection, i);
    g_autoptr(GDateTime) expires =
                   g_date_time_new_from_unix_utc (exc_certificate_get_not_after (certificate));
    g_autofree char *date = g_date_time_format_iso8601 (expires);

    append_csv (text, exc_certificate_get_kind_text (certificate));
    append_csv (text, exc_certificate_get_name (certificate));
    append_csv (text, exc_certificate_get_server (certificate));
    append_csv (text, exc_certificate_get_status_text (certificate));
    append_csv (text, date);
    append_csv (text, exc_certificate_get_services_text (certificate));
    append_csv (text, exc_certificate_get_thumbprint (certificate));
    g_string_append_c (text, '\n');
  }
  if (selection->len > 0)
    copy (self, text->str, ngettext ("Row copied", "Rows copied", selection->len));
}

static void
on_copy_text_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  copy (user_data, g_variant_get_string (parameter, NULL), _("Copied"));
}

void
exc_window_show_job (ExcWindow *self, ExcJob *job)
{
  exc_job_window_present (GTK_WINDOW (self),
                          exc_context_get_organization (self->context),
                          exc_context_get_jobs (self->context),
                          job);
}

/* A key names no job: it stands for the selected one, elsewhere for the newest. */
static ExcJob *
find_job (ExcWindow *self, GVariant *parameter)
{
  ExcJobs *jobs = exc_context_get_jobs (self->context);
  const char *id = g_variant_get_string (parameter, NULL);
  ExcJob *selected = exc_jobs_page_get_selected (self->jobs_page);
  g_autoptr(ExcJob) newest = NULL;

  if (jobs == NULL)
    return NULL;
  if (id[0] != '\0')
    return exc_jobs_lookup (jobs, id);
  if (g_str_equal (self->page, "jobs") && selected != NULL)
    return selected;

  /* The list keeps it. */
  newest = g_list_model_get_item (G_LIST_MODEL (jobs), 0);

  return newest;
}

static void
on_show_job_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ExcJob *job = find_job (user_data, parameter);

  if (job != NULL)
    exc_window_show_job (user_data, job);
}

static void
on_resume_job_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ExcWindow *self = user_data;
  ExcJob *job = find_job (self, parameter);
  g_autoptr(GError) error = NULL;

  if (job == NULL)
    return;
  if (!exc_jobs_resume (exc_context_get_jobs (self->context),
                        job,
                        exc_context_get_organization (self->context),
                        &error)) {
    exc_window_toast (self, error->message);
    return;
  }

  exc_window_show_job (self, job);
}

static void
on_open_demo_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  exc_window_open_demo (user_data, g_variant_get_string (parameter, NULL));
}

static void
on_retry_open_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ExcWindow *self = user_data;

  exc_window_open_demo (self, self->scenario != NULL ? self->scenario : "small");
}

static void
on_connect_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ExcWindow *self = user_data;

  gtk_window_present (GTK_WINDOW (exc_connect_window_new (GTK_WINDOW (self), self->context)));
}

static void
on_reset_response_cb (ExcWindow *self, const char *response)
{
  if (!g_str_equal (response, "reset"))
    return;

  self->is_opening = TRUE;
  exc_window_update_actions (self);
  exc_welcome_page_show_opening (self->welcome_page);
  gtk_stack_set_visible_child_name (self->stack, "welcome");
  exc_context_reset_demo_async (
      self->context, self->cancellable, exc_window_on_demo_opened_cb, g_object_ref (self));
}

static void
on_reset_demo_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ExcWindow *self = user_data;
  GtkWidget *dialog =
      adw_message_dialog_new (GTK_WINDOW (self), _("Reset the demo organization?"), NULL);

  adw_message_dialog_set_body (
      ADW_MESSAGE_DIALOG (dialog),
      _("The simulated servers begin anew, and the demo’s jobs are forgotten. Real organizations "
        "and their jobs are not touched."));
  adw_message_dialog_add_responses (
      ADW_MESSAGE_DIALOG (dialog), "cancel", _("_Cancel"), "reset", _("_Reset demo"), NULL);
  adw_message_dialog_set_response_appearance (
      ADW_MESSAGE_DIALOG (dialog), "reset", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_object (
      dialog, "response", G_CALLBACK (on_reset_response_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

static const GActionEntry entries[] = {
  { "refresh", on_refresh_action, NULL, NULL, NULL, { 0 } },
  { "refresh-server", on_refresh_server_action, "s", NULL, NULL, { 0 } },
  { "show-certificates", on_show_certificates_action, NULL, NULL, NULL, { 0 } },
  { "show-page", on_show_page_action, "s", NULL, NULL, { 0 } },
  { "show-scope", on_show_scope_action, "s", NULL, NULL, { 0 } },
  { "show-sidebar", on_show_sidebar_action, NULL, NULL, NULL, { 0 } },
  { "search", on_search_action, NULL, NULL, NULL, { 0 } },
  { "show-details", on_show_details_action, NULL, NULL, NULL, { 0 } },
  { "toggle-details", NULL, NULL, "false", on_toggle_details_state, { 0 } },
  { "allow-changes", NULL, NULL, "false", on_allow_changes_state, { 0 } },
  { "copy-thumbprint", on_copy_thumbprint_action, NULL, NULL, NULL, { 0 } },
  { "copy-thumbprint-of", on_copy_thumbprint_of_action, "s", NULL, NULL, { 0 } },
  { "copy-pem", on_copy_pem_action, NULL, NULL, NULL, { 0 } },
  { "copy-rows", on_copy_rows_action, NULL, NULL, NULL, { 0 } },
  { "copy-text", on_copy_text_action, "s", NULL, NULL, { 0 } },
  { "show-job", on_show_job_action, "s", NULL, NULL, { 0 } },
  { "resume-job", on_resume_job_action, "s", NULL, NULL, { 0 } },
  { "open-demo", on_open_demo_action, "s", NULL, NULL, { 0 } },
  { "retry-open", on_retry_open_action, NULL, NULL, NULL, { 0 } },
  { "connect", on_connect_action, NULL, NULL, NULL, { 0 } },
  { "reset-demo", on_reset_demo_action, NULL, NULL, NULL, { 0 } },
};

void
exc_window_install_actions (ExcWindow *self)
{
  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  exc_window_install_plans (self);
}

static void
set_enabled (ExcWindow *self, const char *name, gboolean is_enabled)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), name);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), is_enabled);
}

void
exc_window_update_actions (ExcWindow *self)
{
  ExcOrganization *organization = exc_context_get_organization (self->context);
  ExcJobs *jobs = exc_context_get_jobs (self->context);
  gboolean is_open = organization != NULL;
  gboolean has_row = is_open && g_str_equal (self->page, "certificates") &&
                     exc_certificate_table_get_selected (get_table (self)) != NULL;
  gboolean allows_changes = jobs != NULL && !exc_jobs_get_is_read_only (jobs);
  GAction *allow = g_action_map_lookup_action (G_ACTION_MAP (self), "allow-changes");
  GAction *details = g_action_map_lookup_action (G_ACTION_MAP (self), "toggle-details");

  set_enabled (self, "refresh", is_open && !exc_organization_get_is_refreshing (organization));
  set_enabled (
      self, "refresh-server", is_open && !exc_organization_get_is_refreshing (organization));
  set_enabled (self, "show-certificates", is_open && get_row_server (self) != NULL);
  set_enabled (self, "open-demo", !is_open && !self->is_opening);
  set_enabled (self, "retry-open", !is_open && !self->is_opening);
  set_enabled (self, "search", is_open);
  set_enabled (self, "allow-changes", jobs != NULL);
  exc_window_update_plans (self);
  set_enabled (self, "copy-thumbprint", has_row);
  set_enabled (self, "copy-pem", has_row);
  set_enabled (self, "copy-rows", has_row);
  set_enabled (self, "resume-job", is_open && self->n_active == 0);
  set_enabled (self,
               "reset-demo",
               is_open && exc_organization_get_is_demo (organization) && self->n_active == 0);
  set_enabled (self, "connect", self->n_active == 0);
  g_simple_action_set_state (G_SIMPLE_ACTION (allow), g_variant_new_boolean (allows_changes));
  g_simple_action_set_state (G_SIMPLE_ACTION (details),
                             g_variant_new_boolean (self->details_shown));
}
