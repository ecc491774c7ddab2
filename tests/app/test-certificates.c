/* test-certificates.c — the table: what is shown, in which order, and what a search leaves
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-certificates-page.h"
#include "exc-fixture.h"
#include "exc-walk.h"

typedef struct {
  ExcOrganization *organization;
  ExcCertificatesPage *page;
  ExcCertificateTable *table;
  GtkWidget *window;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  fixture->organization = exc_fixture_organization_new ();
  fixture->page = EXC_CERTIFICATES_PAGE (exc_certificates_page_new ());
  fixture->table = exc_certificates_page_get_table (fixture->page);
  fixture->window = gtk_window_new ();
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 1100, 600);
  gtk_window_set_child (GTK_WINDOW (fixture->window), GTK_WIDGET (fixture->page));
  g_object_set (fixture->page, "organization", fixture->organization, NULL);
  gtk_window_present (GTK_WINDOW (fixture->window));
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  ExcCertificatesPage *page = g_object_ref (fixture->page);

  gtk_window_destroy (GTK_WINDOW (fixture->window));
  g_assert_finalize_object (page);
  g_assert_finalize_object (fixture->organization);
}

static guint
count (Fixture *fixture)
{
  return g_list_model_get_n_items (G_LIST_MODEL (exc_certificate_table_get_model (fixture->table)));
}

static ExcCertificate *
get (Fixture *fixture, guint position)
{
  g_autoptr(ExcCertificate) certificate = g_list_model_get_item (
      G_LIST_MODEL (exc_certificate_table_get_model (fixture->table)), position);

  /* The model keeps it. */
  return certificate;
}

static void
test_default_filter_and_order (Fixture *fixture, gconstpointer unused)
{
  int last = G_MININT;
  const char *server = "";

  exc_fixture_fill (fixture->organization);
  g_assert_cmpuint (count (fixture), ==, 6);
  for (guint i = 0; i < count (fixture); i++) {
    ExcCertificate *certificate = get (fixture, i);

    g_assert_cmpint (exc_certificate_get_kind (certificate), !=, EXC_KIND_OTHER);
    g_assert_cmpint (exc_certificate_get_days_left (certificate), >=, last);
    if (exc_certificate_get_days_left (certificate) == last)
      g_assert_cmpstr (exc_certificate_get_server (certificate), >, server);
    last = exc_certificate_get_days_left (certificate);
    server = exc_certificate_get_server (certificate);
  }
  g_assert_cmpstr (exc_certificate_get_server (get (fixture, 0)), ==, EXC_FIXTURE_SERVER_2);
}

static void
test_rows_are_drawn (Fixture *fixture, gconstpointer unused)
{
  exc_fixture_fill (fixture->organization);
  EXC_WAIT_FOR (exc_walk_has_text (fixture->window, "Expired"));
  g_assert_true (exc_walk_has_text (fixture->window, "Expiring soon"));
  g_assert_true (exc_walk_has_text (fixture->window, "Default SMTP"));
  g_assert_true (exc_walk_has_text (fixture->window, "6 of 8 certificates"));
}

static void
test_filters (Fixture *fixture, gconstpointer unused)
{
  exc_fixture_fill (fixture->organization);
  gtk_widget_activate_action (GTK_WIDGET (fixture->page), "certificates.filter", "s", "all");
  g_assert_cmpuint (count (fixture), ==, 8);
  gtk_widget_activate_action (GTK_WIDGET (fixture->page), "certificates.filter", "s", "expiring");
  g_assert_cmpuint (count (fixture), ==, 2);
  gtk_widget_activate_action (GTK_WIDGET (fixture->page), "certificates.filter", "s", "default");
  g_assert_cmpuint (count (fixture), ==, 6);
}

static void
test_scope (Fixture *fixture, gconstpointer unused)
{
  exc_fixture_fill (fixture->organization);
  g_object_set (fixture->page, "scope", EXC_FIXTURE_SERVER_1, "filter", "all", NULL);
  g_assert_cmpuint (count (fixture), ==, 4);
  for (guint i = 0; i < count (fixture); i++)
    g_assert_cmpstr (exc_certificate_get_server (get (fixture, i)), ==, EXC_FIXTURE_SERVER_1);
  g_object_set (fixture->page, "scope", NULL, NULL);
  g_assert_cmpuint (count (fixture), ==, 8);
}

static void
test_search (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *thumbprint = NULL;

  exc_fixture_fill (fixture->organization);
  g_object_set (fixture->page, "filter", "all", "search-text", "wmsvc", NULL);
  EXC_WAIT_FOR (count (fixture) == 2);
  g_object_set (fixture->page, "search-text", "public ca", NULL);
  EXC_WAIT_FOR (count (fixture) == 2 &&
                g_str_equal (exc_certificate_get_name (get (fixture, 0)), "Mail 2026"));
  g_object_set (fixture->page, "search-text", "", NULL);
  EXC_WAIT_FOR (count (fixture) == 8);
  thumbprint = g_ascii_strdown (exc_certificate_get_thumbprint (get (fixture, 3)), -1);
  g_object_set (fixture->page, "search-text", thumbprint, NULL);
  EXC_WAIT_FOR (count (fixture) >= 1 && count (fixture) <= 2);
}

static void
test_nothing_found (Fixture *fixture, gconstpointer unused)
{
  exc_fixture_fill (fixture->organization);
  g_object_set (fixture->page, "search-text", "no such thing", NULL);
  EXC_WAIT_FOR (exc_walk_has_text (fixture->window, "Nothing found"));
  exc_walk_press (fixture->window, "Show all certificates");
  EXC_WAIT_FOR (count (fixture) == 8);
  g_assert_false (exc_walk_has_text (fixture->window, "Nothing found"));
}

static void
test_partial_is_said (Fixture *fixture, gconstpointer unused)
{
  g_assert_false (exc_walk_has_text (fixture->window, "could not be read in full"));
  exc_fixture_fill (fixture->organization);
  EXC_WAIT_FOR (exc_walk_has_text (fixture->window, "1 server could not be read in full"));
}

/* A refresh puts new objects in place of the old ones. */
static void
test_selection_survives_refresh (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *key = NULL;
  ExcCertificate *before = NULL;
  g_autoptr(GPtrArray) selection = NULL;
  ExcClock *clock = exc_organization_get_clock (fixture->organization);

  exc_fixture_fill (fixture->organization);
  before = get (fixture, 1);
  key = g_strdup (exc_certificate_get_key (before));
  exc_certificate_table_select (fixture->table, key);
  g_assert_true (exc_certificate_table_get_selected (fixture->table) == before);

  exc_clock_advance (clock, 2 * 24 * 60 * 60);
  exc_fixture_read_again (fixture->organization);
  selection = exc_certificate_table_dup_selection (fixture->table);
  g_assert_cmpuint (selection->len, ==, 1);
  g_assert_cmpstr (exc_certificate_get_key (g_ptr_array_index (selection, 0)), ==, key);
  g_assert_cmpint (exc_certificate_get_days_left (g_ptr_array_index (selection, 0)), ==, 18);
  g_assert_true (exc_certificate_table_get_selected (fixture->table) ==
                 g_ptr_array_index (selection, 0));
}

static void
test_multi_selection_in_order (Fixture *fixture, gconstpointer unused)
{
  g_autoptr(GPtrArray) selection = NULL;

  exc_fixture_fill (fixture->organization);
  gtk_selection_model_select_all (exc_certificate_table_get_model (fixture->table));
  selection = exc_certificate_table_dup_selection (fixture->table);
  g_assert_cmpuint (selection->len, ==, 6);
  for (guint i = 0; i < selection->len; i++)
    g_assert_true (g_ptr_array_index (selection, i) == get (fixture, i));
}

static void
test_compact_and_back (Fixture *fixture, gconstpointer unused)
{
  GtkColumnView *view = exc_walk_find (fixture->window, GTK_TYPE_COLUMN_VIEW);
  guint n_columns = 0;

  exc_fixture_fill (fixture->organization);
  EXC_WAIT_FOR ((view = exc_walk_find (fixture->window, GTK_TYPE_COLUMN_VIEW)) != NULL);
  n_columns = g_list_model_get_n_items (gtk_column_view_get_columns (view));
  g_object_set (fixture->page, "is-compact", TRUE, NULL);
  g_assert_cmpuint (
      g_list_model_get_n_items (gtk_column_view_get_columns (view)), ==, n_columns - 3);
  g_object_set (fixture->page, "is-compact", FALSE, NULL);
  g_assert_cmpuint (g_list_model_get_n_items (gtk_column_view_get_columns (view)), ==, n_columns);
}

static int
get_width (GtkWidget *root, guint index)
{
  GtkColumnView *view = exc_walk_find (root, GTK_TYPE_COLUMN_VIEW);
  g_autoptr(GtkColumnViewColumn) column =
                 g_list_model_get_item (gtk_column_view_get_columns (view), index);

  return gtk_column_view_column_get_fixed_width (column);
}

/* Twice as large a text has columns that are twice as wide. */
static void
test_large_text (Fixture *fixture, gconstpointer unused)
{
  GtkSettings *settings = gtk_widget_get_settings (fixture->window);
  GtkWidget *large = NULL;
  int usual = 0;

  exc_fixture_fill (fixture->organization);
  usual = get_width (fixture->window, 0);
  g_assert_cmpint (usual, >, 0);
  g_object_set (settings, "gtk-xft-dpi", 2 * 96 * 1024, NULL);
  large = g_object_ref_sink (exc_certificate_table_new ());
  g_assert_cmpint (get_width (large, 0), ==, 2 * usual);
  g_object_unref (large);
  gtk_settings_reset_property (settings, "gtk-xft-dpi");
}

static void
test_many (Fixture *fixture, gconstpointer unused)
{
  exc_fixture_fill_many (fixture->organization, 1000);
  g_assert_cmpuint (count (fixture), ==, 1000);
  EXC_WAIT_FOR (exc_walk_has_text (fixture->window, "1000 of 1000 certificates"));
  EXC_WAIT_FOR (exc_walk_has_text (fixture->window, "Microsoft Exchange"));
}

int
main (int argc, char **argv)
{
#define ADD(name, function)                                                                        \
  g_test_add ("/app/certificates/" name, Fixture, NULL, set_up, function, tear_down)

  exc_fixture_init (&argc, &argv);

  ADD ("default-filter-and-order", test_default_filter_and_order);
  ADD ("rows-are-drawn", test_rows_are_drawn);
  ADD ("filters", test_filters);
  ADD ("scope", test_scope);
  ADD ("search", test_search);
  ADD ("nothing-found", test_nothing_found);
  ADD ("partial-is-said", test_partial_is_said);
  ADD ("selection-survives-refresh", test_selection_survives_refresh);
  ADD ("multi-selection-in-order", test_multi_selection_in_order);
  ADD ("compact-and-back", test_compact_and_back);
  ADD ("large-text", test_large_text);
  ADD ("many", test_many);

  return g_test_run ();
}
