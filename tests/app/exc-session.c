/* exc-session.c — the real window on a simulated organization, driven as a user does it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-session.h"

#include "exc-certificates-page.h"
#include "exc-fixture.h"
#include "exc-job-window.h"
#include "exc-plan-window.h"
#include "exc-walk.h"

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

void
exc_session_start_desktop (void)
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

const char *
exc_session_get_notified (void)
{
  return notified;
}

static void
open_window (ExcTestSession *session, GtkApplication *application)
{
  session->context = exc_context_new ();
  session->window = exc_window_new (application, session->context);
  gtk_window_present (GTK_WINDOW (session->window));
  gtk_test_widget_wait_for_draw (session->window);
}

static void
wait_for_facts (ExcTestSession *session)
{
  ExcOrganization *organization = NULL;

  EXC_WAIT_FOR_SECONDS (exc_context_get_organization (session->context) != NULL, EXC_OPEN_SECONDS);
  organization = exc_context_get_organization (session->context);
  EXC_WAIT_FOR_SECONDS (exc_organization_get_snapshot (organization) != NULL &&
                            !exc_organization_get_is_refreshing (organization),
                        EXC_OPEN_SECONDS);
}

void
exc_session_start (ExcTestSession *session, GtkApplication *application)
{
  open_window (session, application);
  exc_walk_press (session->window, "Open the demo organization");
  wait_for_facts (session);
}

void
exc_session_start_scenario (ExcTestSession *session,
                            GtkApplication *application,
                            const char *scenario)
{
  open_window (session, application);
  exc_window_open_demo (EXC_WINDOW (session->window), scenario);
  wait_for_facts (session);
}

void
exc_session_start_settings (ExcTestSession *session,
                            GtkApplication *application,
                            ExcConnectionSettings *settings)
{
  g_autoptr(GError) error = NULL;

  open_window (session, application);
  exc_context_open (session->context, settings, &error);
  g_assert_no_error (error);
  wait_for_facts (session);
}

void
exc_session_end (ExcTestSession *session)
{
  g_object_add_weak_pointer (G_OBJECT (session->window), (gpointer *) &session->window);
  gtk_window_close (GTK_WINDOW (session->window));
  EXC_WAIT_FOR_SECONDS (session->window == NULL, EXC_OPEN_SECONDS);
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
char *
exc_session_probe (ExcTestSession *session, const char *server, guint16 port)
{
  ExcOrganization *organization = exc_context_get_organization (session->context);
  char *thumbprint = NULL;

  exc_connection_probe_async (exc_organization_get_connection (organization),
                              server,
                              port,
                              NULL,
                              on_probed_cb,
                              &thumbprint);
  EXC_WAIT_FOR_SECONDS (thumbprint != NULL, EXC_OPEN_SECONDS);

  return thumbprint;
}

ExcCertificate *
exc_session_find (ExcTestSession *session, const char *server, ExcKind kind, guint uses)
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

ExcPlanWindow *
exc_session_open_plan (ExcTestSession *session, const char *action)
{
  ExcPlanWindow *plan = NULL;

  g_assert_true (g_action_group_get_action_enabled (G_ACTION_GROUP (session->window), action));
  g_action_group_activate_action (G_ACTION_GROUP (session->window), action, NULL);
  EXC_WAIT_FOR ((plan = exc_walk_find_window (EXC_TYPE_PLAN_WINDOW)) != NULL);
  assert_page (plan, "scope");

  return plan;
}

void
exc_session_go_to_checks (ExcPlanWindow *plan)
{
  g_autofree char *page = dup_page (plan);

  if (g_str_equal (page, "scope"))
    exc_walk_press (GTK_WIDGET (plan), "Next");
  assert_page (plan, "options");
  exc_walk_assert_names (GTK_WIDGET (plan));
  exc_walk_press (GTK_WIDGET (plan), "Next");
  assert_page (plan, "checks");
  EXC_WAIT_FOR (exc_walk_has_text (GTK_WIDGET (plan), "What speaks for and against it?"));
}

ExcJob *
exc_session_run_plan (ExcPlanWindow *plan, const char *verb)
{
  ExcJobWindow *job_window = NULL;

  exc_session_go_to_checks (plan);
  exc_walk_each (exc_walk_find (GTK_WIDGET (plan), ADW_TYPE_PREFERENCES_PAGE),
                 GTK_TYPE_CHECK_BUTTON,
                 tick,
                 NULL);
  exc_walk_press (GTK_WIDGET (plan), "Next");
  assert_page (plan, "preview");
  exc_walk_press (GTK_WIDGET (plan), "Next");
  assert_page (plan, "run");

  /* Locked as it is at every start: nothing runs before the user says so. */
  if (exc_walk_find_button (GTK_WIDGET (plan), "Allow changes") != NULL) {
    g_assert_false (gtk_widget_is_sensitive (exc_walk_find_button (GTK_WIDGET (plan), verb)));
    exc_walk_press (GTK_WIDGET (plan), "Allow changes");
  }
  exc_walk_press (GTK_WIDGET (plan), verb);
  EXC_WAIT_FOR ((job_window = exc_walk_find_window (EXC_TYPE_JOB_WINDOW)) != NULL);

  return exc_job_window_get_job (job_window);
}

void
exc_session_close_job (ExcTestSession *session)
{
  gtk_window_close (GTK_WINDOW (exc_walk_find_window (EXC_TYPE_JOB_WINDOW)));
  EXC_WAIT_FOR (exc_walk_find_window (EXC_TYPE_JOB_WINDOW) == NULL);
  wait_for_facts (session);
}

void
exc_session_close_plan (ExcPlanWindow *plan)
{
  gtk_window_close (GTK_WINDOW (plan));
  EXC_WAIT_FOR (exc_walk_find_window (EXC_TYPE_PLAN_WINDOW) == NULL);
}

void
exc_session_select (ExcTestSession *session, ExcCertificate *certificate)
{
  ExcCertificatesPage *page = NULL;

  g_assert_nonnull (certificate);
  g_object_set (session->window, "page", "certificates", NULL);
  page = exc_walk_find (session->window, EXC_TYPE_CERTIFICATES_PAGE);
  g_object_set (page, "filter", "all", NULL);
  exc_certificate_table_select (exc_certificates_page_get_table (page),
                                exc_certificate_get_key (certificate));
}

typedef struct {
  const char *title;
  GtkWidget *row; /* (nullable) */
} FindRow;

static void
find_row (gpointer row, gpointer user_data)
{
  FindRow *find = user_data;

  if (find->row == NULL &&
      g_str_has_prefix (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row)), find->title))
    find->row = row;
}

static GtkWidget *
get_row (GtkWidget *window, const char *title)
{
  FindRow find = { title, NULL };

  exc_walk_each (window, ADW_TYPE_PREFERENCES_ROW, find_row, &find);
  if (find.row == NULL)
    g_error ("no row “%s” can be seen", title);

  return find.row;
}

void
exc_session_type (GtkWidget *window, const char *title, const char *text)
{
  gtk_editable_set_text (GTK_EDITABLE (get_row (window, title)), text);
}

void
exc_session_switch_on (GtkWidget *window, const char *title)
{
  GtkWidget *widget =
      adw_action_row_get_activatable_widget (ADW_ACTION_ROW (get_row (window, title)));

  g_assert_true (gtk_widget_is_sensitive (widget));
  g_object_set (widget, "active", TRUE, NULL);
}

/* From the table to a job that runs. */
ExcJob *
exc_session_start_renewal (ExcTestSession *session)
{
  ExcPlanWindow *plan = NULL;

  exc_walk_press (session->window, "Renew…");
  EXC_WAIT_FOR ((plan = exc_walk_find_window (EXC_TYPE_PLAN_WINDOW)) != NULL);
  assert_page (plan, "scope");

  return exc_session_run_plan (plan, "Renew on 2 servers");
}

/* How many certificates of a server were made since the test began. */
guint
exc_session_count_new (ExcTestSession *session, const char *server)
{
  GPtrArray *certificates = exc_snapshot_get_certificates (
      exc_organization_get_snapshot (exc_context_get_organization (session->context)));
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  guint n_new = 0;

  for (guint i = 0; i < certificates->len; i++) {
    ExcCertificate *certificate = g_ptr_array_index (certificates, i);

    if (g_str_equal (exc_certificate_get_server (certificate), server) &&
        now - exc_certificate_get_not_before (certificate) < 24 * 60 * 60)
      n_new++;
  }

  return n_new;
}
