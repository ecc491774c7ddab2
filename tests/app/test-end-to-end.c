/* test-end-to-end.c — a whole renewal: the real window, the real protocol, a simulated organization
 *
 * The window is driven as a user does it, against a thumbprint-lab process; what the servers serve
 * afterwards is asked by TLS handshakes, not by the program's own word.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-application.h"
#include "exc-certificates-page.h"
#include "exc-fixture.h"
#include "exc-job-window.h"
#include "exc-plan-window.h"
#include "exc-walk.h"

#define OPEN_SECONDS 60
#define JOB_SECONDS  150

typedef struct {
  ExcContext *context;
  GtkWidget *window;
} Session;

static ExcApplication *application;
static char *notified; /* the text of the last desktop notification */

/* Stands for the desktop: a session bus of a test has nobody who shows notifications. */
static void
on_notification_call_cb (GDBusConnection *connection,
                         const char *sender,
                         const char *object_path,
                         const char *interface_name,
                         const char *method_name,
                         GVariant *parameters,
                         GDBusMethodInvocation *invocation,
                         gpointer user_data)
{
  const char *body = NULL;

  g_variant_get_child (parameters, 4, "&s", &body);
  g_free (notified);
  notified = g_strdup (body);
  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(u)", 1));
}

static void
start_notification_service (void)
{
  const char *xml = "<node><interface name='org.freedesktop.Notifications'><method name='Notify'>"
                    "<arg type='s' direction='in'/><arg type='u' direction='in'/>"
                    "<arg type='s' direction='in'/><arg type='s' direction='in'/>"
                    "<arg type='s' direction='in'/><arg type='as' direction='in'/>"
                    "<arg type='a{sv}' direction='in'/><arg type='i' direction='in'/>"
                    "<arg type='u' direction='out'/></method></interface></node>";
  const GDBusInterfaceVTable vtable = { on_notification_call_cb, NULL, NULL, { NULL } };
  g_autoptr(GError) error = NULL;
  g_autoptr(GDBusConnection) bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, &error);
  g_autoptr(GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (xml, &error);

  g_assert_no_error (error);
  g_dbus_connection_register_object (
      bus, "/org/freedesktop/Notifications", node->interfaces[0], &vtable, NULL, NULL, &error);
  g_assert_no_error (error);
  g_bus_own_name_on_connection (
      bus, "org.freedesktop.Notifications", G_BUS_NAME_OWNER_FLAGS_NONE, NULL, NULL, NULL, NULL);
}

static void
session_start (Session *session)
{
  ExcOrganization *organization = NULL;

  session->context = exc_context_new ();
  session->window = exc_window_new (GTK_APPLICATION (application), session->context);
  gtk_window_present (GTK_WINDOW (session->window));
  gtk_test_widget_wait_for_draw (session->window);
  exc_walk_press (session->window, "Open the demo organization");
  EXC_WAIT_FOR_SECONDS (exc_context_get_organization (session->context) != NULL, OPEN_SECONDS);
  organization = exc_context_get_organization (session->context);
  EXC_WAIT_FOR_SECONDS (exc_organization_get_snapshot (organization) != NULL &&
                            !exc_organization_get_is_refreshing (organization),
                        OPEN_SECONDS);
}

static void
session_end (Session *session)
{
  g_object_add_weak_pointer (G_OBJECT (session->window), (gpointer *) &session->window);
  gtk_window_close (GTK_WINDOW (session->window));
  EXC_WAIT_FOR_SECONDS (session->window == NULL, OPEN_SECONDS);
  g_object_add_weak_pointer (G_OBJECT (session->context), (gpointer *) &session->context);
  g_object_unref (session->context);
  EXC_WAIT_FOR (session->context == NULL);
}

static void
on_probed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) der = exc_connection_probe_finish (EXC_CONNECTION (source), result, &error);
  g_autofree char *sha1 = NULL;
  char **thumbprint = user_data;
  gsize size = 0;
  const guint8 *data = NULL;

  g_assert_no_error (error);
  data = g_bytes_get_data (der, &size);
  sha1 = g_compute_checksum_for_data (G_CHECKSUM_SHA1, data, size);
  *thumbprint = g_ascii_strup (sha1, -1);
}

/* The thumbprint of what a port of a server really serves. */
static char *
probe (Session *session, const char *server, guint16 port)
{
  ExcOrganization *organization = exc_context_get_organization (session->context);
  char *thumbprint = NULL;

  exc_connection_probe_async (exc_organization_get_connection (organization),
                              server,
                              port,
                              NULL,
                              on_probed_cb,
                              &thumbprint);
  EXC_WAIT_FOR_SECONDS (thumbprint != NULL, OPEN_SECONDS);

  return thumbprint;
}

static ExcCertificate *
find (Session *session, const char *server, ExcKind kind, guint uses)
{
  GPtrArray *certificates = exc_snapshot_get_certificates (
      exc_organization_get_snapshot (exc_context_get_organization (session->context)));

  for (guint i = 0; i < certificates->len; i++) {
    ExcCertificate *certificate = g_ptr_array_index (certificates, i);

    if ((server == NULL || g_str_equal (exc_certificate_get_server (certificate), server)) &&
        exc_certificate_get_kind (certificate) == kind &&
        (exc_certificate_get_uses (certificate) & uses) == uses)
      return certificate;
  }

  return NULL;
}

static ExcCertificate *
find_expired (Session *session)
{
  GPtrArray *certificates = exc_snapshot_get_certificates (
      exc_organization_get_snapshot (exc_context_get_organization (session->context)));

  for (guint i = 0; i < certificates->len; i++) {
    ExcCertificate *certificate = g_ptr_array_index (certificates, i);

    if (exc_certificate_get_kind (certificate) == EXC_KIND_MICROSOFT_EXCHANGE &&
        exc_certificate_get_health (certificate) == EXC_HEALTH_EXPIRED)
      return certificate;
  }

  return NULL;
}

static void
select_rows (Session *session, const char *first, const char *second)
{
  ExcCertificatesPage *page = exc_walk_find (session->window, EXC_TYPE_CERTIFICATES_PAGE);
  GtkSelectionModel *model =
      exc_certificate_table_get_model (exc_certificates_page_get_table (page));

  gtk_selection_model_unselect_all (model);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (model)); i++) {
    g_autoptr(ExcCertificate) certificate = g_list_model_get_item (G_LIST_MODEL (model), i);
    const char *key = exc_certificate_get_key (certificate);

    if (g_str_equal (key, first) || g_str_equal (key, second))
      gtk_selection_model_select_item (model, i, FALSE);
  }
}

static void
tick (gpointer button, gpointer user_data)
{
  gtk_check_button_set_active (button, TRUE);
}

static char *
dup_page (ExcPlanWindow *plan)
{
  char *page = NULL;

  g_object_get (plan, "page", &page, NULL);

  return page;
}

static void
assert_page (ExcPlanWindow *plan, const char *expected)
{
  g_autofree char *page = dup_page (plan);

  g_assert_cmpstr (page, ==, expected);
}

/* From the table to a job that runs. */
static ExcJob *
start_renewal (Session *session)
{
  ExcPlanWindow *plan = NULL;
  ExcJobWindow *job_window = NULL;

  exc_walk_press (session->window, "Renew…");
  EXC_WAIT_FOR ((plan = exc_walk_find_window (EXC_TYPE_PLAN_WINDOW)) != NULL);
  assert_page (plan, "scope");
  exc_walk_press (GTK_WIDGET (plan), "Next");
  assert_page (plan, "options");
  exc_walk_press (GTK_WIDGET (plan), "Next");
  assert_page (plan, "checks");
  EXC_WAIT_FOR (exc_walk_has_text (GTK_WIDGET (plan), "What speaks for and against it?"));
  exc_walk_each (exc_walk_find (GTK_WIDGET (plan), ADW_TYPE_PREFERENCES_PAGE),
                 GTK_TYPE_CHECK_BUTTON,
                 tick,
                 NULL);
  exc_walk_press (GTK_WIDGET (plan), "Next");
  assert_page (plan, "preview");
  exc_walk_press (GTK_WIDGET (plan), "Next");
  assert_page (plan, "run");

  /* Locked as it is at every start: nothing runs before the user says so. */
  g_assert_false (
      gtk_widget_is_sensitive (exc_walk_find_button (GTK_WIDGET (plan), "Renew on 2 servers")));
  exc_walk_press (GTK_WIDGET (plan), "Allow changes");
  exc_walk_press (GTK_WIDGET (plan), "Renew on 2 servers");
  EXC_WAIT_FOR ((job_window = exc_walk_find_window (EXC_TYPE_JOB_WINDOW)) != NULL);

  return exc_job_window_get_job (job_window);
}

static void
test_renew_two_servers (void)
{
  Session session = { NULL, NULL };
  ExcCertificate *expired = NULL;
  ExcCertificate *public_one = NULL;
  ExcCertificate *renewed = NULL;
  ExcJob *job = NULL;
  ExcJobWindow *job_window = NULL;
  guint n_active = 0;
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autofree char *first_key = NULL;
  g_autofree char *second_key = NULL;
  g_autofree char *first_444 = NULL;
  g_autofree char *second_444 = NULL;
  g_autofree char *second_443 = NULL;
  g_autofree char *first_444_now = NULL;
  g_autofree char *second_444_now = NULL;
  g_autofree char *second_443_now = NULL;

  session_start (&session);
  expired = find_expired (&session);
  public_one = find (&session, NULL, EXC_KIND_OTHER, EXC_USE_FRONT_END);
  g_assert_nonnull (expired);
  g_assert_nonnull (public_one);
  first = g_strdup (exc_certificate_get_server (expired));
  second = g_strdup (exc_certificate_get_server (public_one));
  g_assert_cmpstr (first, !=, second);
  first_key = g_strdup (exc_certificate_get_key (expired));
  second_key = g_strdup (exc_certificate_get_key (
      find (&session, second, EXC_KIND_MICROSOFT_EXCHANGE, EXC_USE_INTERNAL_TRANSPORT)));
  first_444 = probe (&session, first, 444);
  second_444 = probe (&session, second, 444);
  second_443 = probe (&session, second, 443);
  g_assert_cmpstr (first_444, ==, exc_certificate_get_thumbprint (expired));
  g_assert_cmpstr (second_443, ==, exc_certificate_get_thumbprint (public_one));

  select_rows (&session, first_key, second_key);
  job = start_renewal (&session);
  g_assert_true (exc_job_get_is_active (job));
  g_object_get (session.window, "n-active", &n_active, NULL);
  g_assert_cmpuint (n_active, ==, 1);
  job_window = exc_walk_find_window (EXC_TYPE_JOB_WINDOW);
  exc_walk_assert_names (GTK_WIDGET (job_window));
  EXC_WAIT_FOR (exc_walk_find_button (GTK_WIDGET (job_window), "Run in background") != NULL);

  /* Closed at once: the job goes on. */
  exc_walk_press (GTK_WIDGET (job_window), "Run in background");
  EXC_WAIT_FOR (exc_walk_find_window (EXC_TYPE_JOB_WINDOW) == NULL);
  EXC_WAIT_FOR_SECONDS (!exc_job_get_is_active (job), JOB_SECONDS);
  g_test_message ("%s", exc_job_get_summary (job));
  g_assert_cmpstr (exc_state_to_id (exc_job_get_state (job)), ==, "done");
  g_object_get (session.window, "n-active", &n_active, NULL);
  g_assert_cmpuint (n_active, ==, 0);
  /* There is no window manager to make the window the active one: the desktop is told. */
  EXC_WAIT_FOR (g_strcmp0 (notified, exc_job_get_summary (job)) == 0);

  first_444_now = probe (&session, first, 444);
  second_444_now = probe (&session, second, 444);
  second_443_now = probe (&session, second, 443);
  g_assert_cmpstr (first_444_now, !=, first_444);
  g_assert_cmpstr (second_444_now, !=, second_444);
  g_assert_cmpstr (second_443_now, ==, second_443);

  /* The table was read again by itself. */
  EXC_WAIT_FOR_SECONDS ((renewed = find (&session,
                                         first,
                                         EXC_KIND_MICROSOFT_EXCHANGE,
                                         EXC_USE_INTERNAL_TRANSPORT | EXC_USE_BACK_END)) != NULL &&
                            g_str_equal (exc_certificate_get_thumbprint (renewed), first_444_now),
                        OPEN_SECONDS);
  g_assert_cmpint (exc_certificate_get_days_left (renewed), >, 1000);

  /* And the job stands in the list, with its window to look at. */
  gtk_widget_activate_action (session.window, "win.show-page", "s", "jobs");
  EXC_WAIT_FOR (exc_walk_has_text (session.window, exc_job_get_summary (job)));
  gtk_widget_activate_action (session.window, "win.show-job", "s", exc_job_get_id (job));
  EXC_WAIT_FOR ((job_window = exc_walk_find_window (EXC_TYPE_JOB_WINDOW)) != NULL);
  EXC_WAIT_FOR (exc_walk_find_button (GTK_WIDGET (job_window), "Undo…") != NULL);
  gtk_window_close (GTK_WINDOW (job_window));
  session_end (&session);

  /* The next start finds the world and the job as they were left. */
  session_start (&session);
  g_assert_cmpuint (
      g_list_model_get_n_items (G_LIST_MODEL (exc_context_get_jobs (session.context))), ==, 1);
  renewed = find (
      &session, first, EXC_KIND_MICROSOFT_EXCHANGE, EXC_USE_INTERNAL_TRANSPORT | EXC_USE_BACK_END);
  g_assert_nonnull (renewed);
  g_assert_cmpstr (exc_certificate_get_thumbprint (renewed), ==, first_444_now);
  session_end (&session);
}

int
main (int argc, char **argv)
{
  g_autoptr(GError) error = NULL;

  exc_fixture_init (&argc, &argv);
  start_notification_service ();
  application = exc_application_new (G_APPLICATION_NON_UNIQUE);
  g_application_register (G_APPLICATION (application), NULL, &error);
  g_assert_no_error (error);

  g_test_add_func ("/app/end-to-end/renew-two-servers", test_renew_two_servers);

  return g_test_run ();
}
