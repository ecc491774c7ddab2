/* test-window.c — the window: its states, its pages, the padlock, its actions
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-application.h"
#include "exc-certificates-page.h"
#include "exc-connect-window.h"
#include "exc-details-pane.h"
#include "exc-fixture.h"
#include "exc-preferences-window.h"
#include "exc-preferences.h"
#include "exc-walk.h"

#include <glib/gstdio.h>

/* One for all tests: an application stays on the bus until its process ends. */
static ExcApplication *application;

typedef struct {
  ExcContext *context;
  GtkWidget *window;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  fixture->context = exc_context_new ();
  fixture->window = exc_window_new (GTK_APPLICATION (application), fixture->context);
  gtk_window_present (GTK_WINDOW (fixture->window));
  /* GTK 4.8 does not forget a window that is closed before its first frame. */
  gtk_test_widget_wait_for_draw (fixture->window);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  GtkWidget *window = fixture->window;

  g_object_add_weak_pointer (G_OBJECT (window), (gpointer *) &fixture->window);
  gtk_window_close (GTK_WINDOW (window));
  EXC_WAIT_FOR (fixture->window == NULL);
  g_object_add_weak_pointer (G_OBJECT (fixture->context), (gpointer *) &fixture->context);
  g_object_unref (fixture->context);
  EXC_WAIT_FOR (fixture->context == NULL);
}

/* Opens an organization behind a closed port, and waits until its first reading has failed. */
static void
open_unreachable (Fixture *fixture, gboolean is_demo)
{
  g_autoptr(ExcConnectionSettings) settings = exc_fixture_settings_new ();
  g_autoptr(GError) error = NULL;
  ExcOrganization *organization = NULL;

  settings->is_demo = is_demo;
  g_assert_true (exc_context_open (fixture->context, settings, &error));
  g_assert_no_error (error);
  organization = exc_context_get_organization (fixture->context);
  g_assert_true (exc_organization_get_is_refreshing (organization));
  EXC_WAIT_FOR (!exc_organization_get_is_refreshing (organization));
}

static void
open_filled (Fixture *fixture)
{
  open_unreachable (fixture, TRUE);
  exc_fixture_fill (exc_context_get_organization (fixture->context));
}

static void
activate (Fixture *fixture, const char *action)
{
  g_autofree char *name = NULL;
  g_autoptr(GVariant) target = NULL;
  g_autoptr(GError) error = NULL;

  g_assert_true (g_action_parse_detailed_name (action, &name, &target, &error));
  g_assert_true (g_action_group_get_action_enabled (G_ACTION_GROUP (fixture->window), name));
  g_action_group_activate_action (G_ACTION_GROUP (fixture->window), name, target);
}

static gboolean
is_enabled (Fixture *fixture, const char *action)
{
  return g_action_group_get_action_enabled (G_ACTION_GROUP (fixture->window), action);
}

static void
test_welcome (Fixture *fixture, gconstpointer unused)
{
  g_assert_true (exc_walk_has_text (fixture->window, "Welcome to Thumbprint"));
  g_assert_nonnull (exc_walk_find_button (fixture->window, "Open the demo organization"));
  g_assert_nonnull (exc_walk_find_button (fixture->window, "Connect…"));
  g_assert_false (is_enabled (fixture, "refresh"));
  g_assert_false (is_enabled (fixture, "renew"));
  g_assert_false (is_enabled (fixture, "allow-changes"));
}

static void
test_loading_then_failed (Fixture *fixture, gconstpointer unused)
{
  g_autoptr(ExcConnectionSettings) settings = exc_fixture_settings_new ();
  g_autoptr(GError) error = NULL;

  exc_context_open (fixture->context, settings, &error);
  g_assert_no_error (error);
  g_assert_true (exc_walk_has_text (fixture->window, "Reading the certificates"));
  g_assert_false (is_enabled (fixture, "refresh"));

  EXC_WAIT_FOR (exc_walk_has_text (fixture->window, "The certificates could not be read"));
  g_assert_true (is_enabled (fixture, "refresh"));
  activate (fixture, "show-page::servers");
  g_assert_true (exc_walk_has_text (fixture->window, "The servers could not be read"));
  activate (fixture, "show-page::jobs");
  g_assert_true (exc_walk_has_text (fixture->window, "No jobs yet"));
}

static void
test_failed_refresh_keeps_rows (Fixture *fixture, gconstpointer unused)
{
  open_filled (fixture);
  EXC_WAIT_FOR (exc_walk_has_text (fixture->window, "Expiring soon"));
  activate (fixture, "refresh");
  EXC_WAIT_FOR (exc_walk_has_text (fixture->window, "The last refresh failed"));
  g_assert_true (exc_walk_has_text (fixture->window, "Expiring soon"));
}

static void
test_demo_banner (Fixture *fixture, gconstpointer unused)
{
  open_filled (fixture);
  g_assert_true (exc_walk_has_text (fixture->window, "Demo data"));
  g_assert_true (is_enabled (fixture, "reset-demo"));
}

static void
test_read_only_until_unlocked (Fixture *fixture, gconstpointer unused)
{
  open_filled (fixture);
  g_assert_true (exc_jobs_get_is_read_only (exc_context_get_jobs (fixture->context)));
  g_assert_true (exc_walk_has_text (fixture->window, "Read-only"));

  activate (fixture, "allow-changes");
  g_assert_false (exc_jobs_get_is_read_only (exc_context_get_jobs (fixture->context)));
  g_assert_true (exc_walk_has_text (fixture->window, "Changes allowed"));
  g_assert_false (exc_walk_has_text (fixture->window, "Read-only"));

  activate (fixture, "allow-changes");
  g_assert_true (exc_jobs_get_is_read_only (exc_context_get_jobs (fixture->context)));
}

static void
test_scope_from_sidebar (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *scope = NULL;

  open_filled (fixture);
  activate (fixture, "show-page::servers");
  activate (fixture, "show-page::jobs");
  activate (fixture, "show-scope::" EXC_FIXTURE_SERVER_2);
  g_object_get (fixture->window, "scope", &scope, NULL);
  g_assert_cmpstr (scope, ==, EXC_FIXTURE_SERVER_2);
  EXC_WAIT_FOR (exc_walk_has_text (fixture->window, "3 of 8 certificates"));
  activate (fixture, "show-scope::");
  EXC_WAIT_FOR (exc_walk_has_text (fixture->window, "6 of 8 certificates"));
}

static ExcCertificateTable *
get_table (Fixture *fixture)
{
  ExcCertificatesPage *page = exc_walk_find (fixture->window, EXC_TYPE_CERTIFICATES_PAGE);

  return exc_certificates_page_get_table (page);
}

static void
collect (gpointer widget, gpointer user_data)
{
  g_ptr_array_add (user_data, widget);
}

/* The first button whose tooltip begins so. */
static GtkWidget *
find_tooltip (GtkWidget *root, const char *text)
{
  g_autoptr(GPtrArray) buttons = g_ptr_array_new ();

  exc_walk_each (root, GTK_TYPE_BUTTON, collect, buttons);
  for (guint i = 0; i < buttons->len; i++) {
    const char *tooltip = gtk_widget_get_tooltip_text (buttons->pdata[i]);

    if (tooltip != NULL && g_str_has_prefix (tooltip, text))
      return buttons->pdata[i];
  }

  return NULL;
}

static void
test_details (Fixture *fixture, gconstpointer unused)
{
  GtkWidget *button = NULL;
  ExcDetailsPane *pane = NULL;
  ExcCertificate *certificate = NULL;

  open_filled (fixture);
  g_assert_false (is_enabled (fixture, "copy-pem"));
  gtk_selection_model_select_item (exc_certificate_table_get_model (get_table (fixture)), 0, TRUE);
  g_assert_true (is_enabled (fixture, "copy-pem"));
  activate (fixture, "show-details");
  certificate = exc_certificate_table_get_selected (get_table (fixture));
  EXC_WAIT_FOR ((pane = exc_walk_find (fixture->window, EXC_TYPE_DETAILS_PANE)) != NULL);
  g_assert_true (exc_details_pane_get_object (pane) == G_OBJECT (certificate));
  g_assert_true (
      exc_walk_has_text (GTK_WIDGET (pane), exc_certificate_get_thumbprint (certificate)));
  g_assert_true (exc_walk_has_text (GTK_WIDGET (pane), "Expired"));

  /* What is in use is not deleted by the way, and the button says why. */
  button = find_tooltip (GTK_WIDGET (pane), "In use by: ");
  g_assert_nonnull (button);
  g_assert_false (gtk_widget_is_sensitive (button));
  g_assert_false (is_enabled (fixture, "delete"));
  g_assert_true (is_enabled (fixture, "delete-in-use"));
  gtk_selection_model_unselect_all (exc_certificate_table_get_model (get_table (fixture)));
  g_assert_false (is_enabled (fixture, "delete-in-use"));
  gtk_selection_model_select_item (exc_certificate_table_get_model (get_table (fixture)), 0, TRUE);

  activate (fixture, "show-page::servers");
  g_assert_false (is_enabled (fixture, "delete-in-use"));
  g_assert_true (EXC_IS_SERVER (exc_details_pane_get_object (pane)));
  activate (fixture, "toggle-details");
}

/* A tile of a small screen: nothing is cut, and the table shows what matters most. */
static void
test_narrow (Fixture *fixture, gconstpointer unused)
{
  ExcCertificatesPage *page = NULL;
  gboolean is_compact = FALSE;
  int minimum = 0;

  open_filled (fixture);
  page = exc_walk_find (fixture->window, EXC_TYPE_CERTIFICATES_PAGE);
  g_object_get (page, "is-compact", &is_compact, NULL);
  g_assert_false (is_compact);
  gtk_widget_measure (fixture->window, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  g_assert_cmpint (minimum, <=, 480);
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 480, 700);
  EXC_WAIT_FOR (gtk_widget_get_width (fixture->window) <= 480);
  g_object_get (page, "is-compact", &is_compact, NULL);
  g_assert_true (is_compact);
  g_assert_nonnull (exc_walk_find_button (fixture->window, "Renew…"));
}

static void
on_text_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  char **text = user_data;

  *text = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source), result, NULL);
}

static char *
read_clipboard (Fixture *fixture)
{
  GdkClipboard *clipboard = gtk_widget_get_clipboard (fixture->window);
  char *text = NULL;

  gdk_clipboard_read_text_async (clipboard, NULL, on_text_read_cb, &text);
  EXC_WAIT_FOR (text != NULL);

  return text;
}

static void
test_copy (Fixture *fixture, gconstpointer unused)
{
  ExcCertificate *certificate = NULL;
  g_autofree char *thumbprint = NULL;
  g_autofree char *pem = NULL;
  g_autofree char *rows = NULL;

  open_filled (fixture);
  gtk_selection_model_select_item (exc_certificate_table_get_model (get_table (fixture)), 1, TRUE);
  certificate = exc_certificate_table_get_selected (get_table (fixture));

  activate (fixture, "copy-thumbprint");
  thumbprint = read_clipboard (fixture);
  g_assert_cmpstr (thumbprint, ==, exc_certificate_get_thumbprint (certificate));
  activate (fixture, "copy-pem");
  pem = read_clipboard (fixture);
  g_assert_true (g_str_has_prefix (pem, "-----BEGIN CERTIFICATE-----"));
  activate (fixture, "copy-rows");
  rows = read_clipboard (fixture);
  g_assert_nonnull (strstr (rows, "\"" EXC_FIXTURE_SERVER_1 "\",\"Valid\""));
}

static void
test_search_opens_its_page (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *page = NULL;

  open_filled (fixture);
  activate (fixture, "show-page::jobs");
  activate (fixture, "search");
  g_object_get (fixture->window, "page", &page, NULL);
  g_assert_cmpstr (page, ==, "certificates");
  g_assert_nonnull (exc_walk_find (fixture->window, GTK_TYPE_SEARCH_ENTRY));
}

static void
test_connect_tells_why_not (Fixture *fixture, gconstpointer unused)
{
  GtkWidget *dialog = exc_connect_window_new (NULL, fixture->context);
  const char *texts[] = { "http://127.0.0.1:9/PowerShell/", NULL, "administrator", "secret" };
  GtkWidget *rows[4] = { NULL };
  guint n_rows = 0;

  gtk_window_present (GTK_WINDOW (dialog));
  g_assert_false (gtk_widget_is_sensitive (exc_walk_find_button (dialog, "Connect")));
  for (GtkWidget *row = exc_walk_find (dialog, ADW_TYPE_ENTRY_ROW); row != NULL && n_rows < 2;
       row = gtk_widget_get_next_sibling (row))
    rows[n_rows++] = row;
  g_assert_cmpuint (n_rows, ==, 2);
  gtk_editable_set_text (GTK_EDITABLE (rows[0]), texts[0]);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (rows[1])), ==, "http://%s:5985/wsman");
  rows[3] = exc_walk_find (dialog, ADW_TYPE_PASSWORD_ENTRY_ROW);
  rows[2] = gtk_widget_get_prev_sibling (rows[3]);
  gtk_editable_set_text (GTK_EDITABLE (rows[2]), texts[2]);
  gtk_editable_set_text (GTK_EDITABLE (rows[3]), texts[3]);

  exc_walk_press (dialog, "Connect");
  EXC_WAIT_FOR (exc_walk_has_text (dialog, "127.0.0.1"));
  EXC_WAIT_FOR (gtk_widget_is_sensitive (exc_walk_find_button (dialog, "Connect")));
  gtk_window_destroy (GTK_WINDOW (dialog));
}

static void
test_windows_url (void)
{
  const char *cases[][2] = {
    { "https://ex01.example.com/PowerShell/", "https://%s:5986/wsman" },
    { "http://127.0.0.1:20080/PowerShell/", "http://%s:5985/wsman" },
    { "ex01", "" },
    { "https://", "" },
    { "", "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *url = exc_connect_window_guess_windows_url (cases[i][0]);

    g_assert_cmpstr (url, ==, cases[i][1]);
  }
}

static GtkWidget *
open_preferences (GPtrArray *spins)
{
  GtkWidget *window = NULL;

  g_action_group_activate_action (G_ACTION_GROUP (application), "preferences", NULL);
  EXC_WAIT_FOR ((window = exc_walk_find_window (EXC_TYPE_PREFERENCES_WINDOW)) != NULL);
  gtk_test_widget_wait_for_draw (window);
  g_ptr_array_set_size (spins, 0);
  exc_walk_each (window, GTK_TYPE_SPIN_BUTTON, collect, spins);
  g_assert_cmpuint (spins->len, ==, 2);

  return window;
}

static void
close_preferences (GtkWidget *window)
{
  gtk_window_close (GTK_WINDOW (window));
  EXC_WAIT_FOR (exc_walk_find_window (EXC_TYPE_PREFERENCES_WINDOW) == NULL);
}

/* Each change is in the file at once, and what is in the file is shown. */
static void
test_preferences (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *path =
      g_build_filename (g_get_user_config_dir (), "thumbprint", "preferences.ini", NULL);
  g_autoptr(GPtrArray) spins = g_ptr_array_new ();
  GtkWidget *window = open_preferences (spins);
  g_autoptr(GError) error = NULL;
  ExcPreferences saved;

  /* The search page of libadwaita's window, which is switched off, has no names. */
  exc_walk_assert_names (exc_walk_find (window, ADW_TYPE_PREFERENCES_PAGE));
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_cmpint (gtk_spin_button_get_value_as_int (spins->pdata[0]), ==, 60);
  g_assert_cmpint (gtk_spin_button_get_value_as_int (spins->pdata[1]), ==, 120);
  gtk_spin_button_set_value (spins->pdata[0], 90);
  g_assert_true (exc_preferences_load (&saved, &error));
  g_assert_cmpint (saved.auth_current_days, ==, 90);
  g_assert_cmpint (saved.auth_next_days, ==, 120);
  /* Out of its range, and typed only. */
  gtk_editable_set_text (GTK_EDITABLE (spins->pdata[1]), "5000");
  close_preferences (window);
  g_assert_true (exc_preferences_load (&saved, &error));
  g_assert_cmpint (saved.auth_next_days, ==, EXC_PREFERENCES_DAYS_MAX);

  /* A file that cannot be used is told, with the defaults, until it is replaced. */
  g_assert_true (g_file_set_contents (path, "[auth]\nnext-days=soon\n", -1, NULL));
  window = open_preferences (spins);
  g_assert_true (exc_walk_has_text (window, "next-days"));
  g_assert_cmpint (gtk_spin_button_get_value_as_int (spins->pdata[0]), ==, 60);
  gtk_spin_button_set_value (spins->pdata[0], 61);
  g_assert_false (exc_walk_has_text (window, "next-days"));
  g_assert_true (exc_preferences_load (&saved, &error));
  g_assert_no_error (error);

  /* One that cannot be written is told, too. */
  g_assert_cmpint (g_remove (path), ==, 0);
  g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
  gtk_spin_button_set_value (spins->pdata[0], 62);
  g_assert_true (exc_walk_has_text (window, path));
  g_assert_cmpint (g_rmdir (path), ==, 0);
  close_preferences (window);
}

static void
test_names (Fixture *fixture, gconstpointer unused)
{
  GtkWidget *dialog = exc_connect_window_new (NULL, fixture->context);

  exc_walk_assert_names (fixture->window);
  exc_walk_assert_names (dialog);
  gtk_window_destroy (GTK_WINDOW (dialog));
  open_filled (fixture);
  activate (fixture, "show-details");
  EXC_WAIT_FOR (exc_walk_has_text (fixture->window, "Expired"));
  gtk_selection_model_select_item (exc_certificate_table_get_model (get_table (fixture)), 0, TRUE);
  exc_walk_assert_names (fixture->window);
}

int
main (int argc, char **argv)
{
  g_autoptr(GError) error = NULL;

  exc_fixture_init (&argc, &argv);
  application = exc_application_new (G_APPLICATION_NON_UNIQUE);
  g_application_register (G_APPLICATION (application), NULL, &error);
  g_assert_no_error (error);

#define ADD(name, function)                                                                        \
  g_test_add ("/app/window/" name, Fixture, NULL, set_up, function, tear_down)

  g_test_add_func ("/app/window/windows-url", test_windows_url);
  ADD ("welcome", test_welcome);
  ADD ("loading-then-failed", test_loading_then_failed);
  ADD ("failed-refresh-keeps-rows", test_failed_refresh_keeps_rows);
  ADD ("demo-banner", test_demo_banner);
  ADD ("read-only-until-unlocked", test_read_only_until_unlocked);
  ADD ("scope-from-sidebar", test_scope_from_sidebar);
  ADD ("details", test_details);
  ADD ("narrow", test_narrow);
  ADD ("copy", test_copy);
  ADD ("search-opens-its-page", test_search_opens_its_page);
  ADD ("connect-tells-why-not", test_connect_tells_why_not);
  ADD ("preferences", test_preferences);
  ADD ("names", test_names);

  return g_test_run ();
}
