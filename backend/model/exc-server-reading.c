/* exc-server-reading.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-inventory"

#include "config.h"

#include "exc-organization-private.h"

#include <glib/gi18n.h>

#include "exc-error.h"
#include "exc-queries.h"

#define CERTIFICATES_LIMIT_S 120
#define TRANSPORT_LIMIT_S    60
#define WINDOWS_LIMIT_S      60
#define DEMO_DRIFT_S         3600

/* One server, read from both endpoints side by side. */
typedef struct {
  ExcServerFacts *old;
  ExcServerFacts *facts; /* the new ones, being filled */
  ExcProgress *progress;
  guint n_pending;
  gboolean is_exchange_done[2]; /* certificates, internal transport */
  GError *certificates_error;
  GError *transport_error;
  GError *windows_error;
  gboolean is_settings_cancelled;
} Reading;

#define N_PARTS 4 /* certificates, internal transport, Windows, settings */

static void
reading_free (Reading *reading)
{
  exc_server_facts_unref (reading->old);
  exc_server_facts_unref (reading->facts);
  g_clear_object (&reading->progress);
  g_clear_error (&reading->certificates_error);
  g_clear_error (&reading->transport_error);
  g_clear_error (&reading->windows_error);
  g_free (reading);
}

static gboolean
is_cancelled (const GError *error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* What is known after the certificates could not be read: the old facts, and why. */
static void
judge_unread (Reading *reading)
{
  ExcServerFacts *facts = exc_server_facts_copy (reading->old);

  facts->state = EXC_SERVER_UNREACHABLE;
  g_free (facts->problem);
  facts->problem = g_strdup (is_cancelled (reading->certificates_error)
                             ? _("Reading was stopped before this server answered.")
                             : reading->certificates_error->message);
  exc_server_facts_unref (reading->facts);
  reading->facts = facts;
}

static gboolean
has_raw_route (GPtrArray *certificates)
{
  for (guint i = 0; i < certificates->len; i++) {
    if (((ExcCertificateRecord *) certificates->pdata[i])->route == EXC_ROUTE_RAW)
      return TRUE;
  }
  return FALSE;
}

static void
judge_read (Reading *reading)
{
  ExcServerFacts *facts = reading->facts;

  facts->state = EXC_SERVER_OK;
  if (reading->windows_error != NULL)
    facts->problem = g_strdup_printf (_("Windows endpoint: %s"), reading->windows_error->message);
  else if (reading->transport_error != NULL)
    facts->problem = g_strdup_printf (_("Internal transport certificate: %s"),
                                         reading->transport_error->message);
  else if (has_raw_route (facts->certificates))
    facts->problem = g_strdup (_("the server told only the certificates' bytes, so their services "
                                 "and status are not known."));
  if (facts->problem != NULL)
    facts->state = EXC_SERVER_PARTIAL;
}

/* A server that is seen for the first time shows its certificates before Windows has answered. */
static void
show_early (ExcOrganization *organization, Reading *reading)
{
  g_autoptr(ExcServerFacts) early = NULL;

  if (reading->old->certificates != NULL || reading->facts->certificates == NULL ||
      !reading->is_exchange_done[0] || !reading->is_exchange_done[1])
    return;
  early = exc_server_facts_copy (reading->facts);
  exc_organization_put_facts (organization, early);
  exc_organization_publish (organization);
}

/* The clock of a simulated organization can be moved; what is shown of it follows. A clock that is
 * only a little wrong is a finding about that server instead. */
static void
follow_clock (ExcOrganization *organization, ExcServerFacts *facts)
{
  ExcClock *clock = exc_organization_get_clock (organization);
  gint64 drift;

  if (!exc_organization_get_is_demo (organization) || facts->windows == NULL)
    return;
  drift = facts->windows->utc_now - exc_clock_now (clock);
  if (ABS (drift) < DEMO_DRIFT_S)
    return;
  exc_clock_advance (clock, drift);
  if (facts->seen != 0)
    facts->seen = exc_clock_now (clock);
}

static void
end_part (GTask *task)
{
  Reading *reading = g_task_get_task_data (task);

  reading->n_pending--;
  exc_progress_set_fraction (reading->progress, (N_PARTS - reading->n_pending) / (double) N_PARTS);
  if (reading->n_pending > 0) {
    show_early (g_task_get_source_object (task), reading);
    return;
  }

  follow_clock (g_task_get_source_object (task), reading->facts);
  if (reading->certificates_error != NULL)
    judge_unread (reading);
  else if (is_cancelled (reading->windows_error) || is_cancelled (reading->transport_error) ||
           reading->is_settings_cancelled) {
    /* Half a new reading is worth less than a whole old one. */
    if (reading->old->certificates != NULL) {
      exc_server_facts_unref (reading->facts);
      reading->facts = exc_server_facts_ref (reading->old);
    } else {
      judge_read (reading);
    }
  } else {
    judge_read (reading);
  }
  g_task_return_pointer (
      task, exc_server_facts_ref (reading->facts), (GDestroyNotify) exc_server_facts_unref);
}

static void
end_certificates (GTask *task, GPtrArray *take, GError *take_error)
{
  Reading *reading = g_task_get_task_data (task);

  reading->is_exchange_done[0] = TRUE;
  g_clear_pointer (&reading->facts->certificates, g_ptr_array_unref);
  reading->facts->certificates = take;
  reading->certificates_error = take_error;
  if (take != NULL)
    reading->facts->seen =
        exc_clock_now (exc_organization_get_clock (g_task_get_source_object (task)));
  end_part (task);
}

static void
on_bare_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  Reading *reading = g_task_get_task_data (task);
  g_autoptr(ExcReply) reply = exc_connection_run_finish (EXC_CONNECTION (source), result, &error);
  GPtrArray *certificates = NULL;

  if (reply != NULL)
    certificates = exc_read_certificates (reply, reading->facts->server->fqdn, &error);
  end_certificates (task, certificates, g_steal_pointer (&error));
}

static void
on_serialized_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  Reading *reading = g_task_get_task_data (task);
  g_autoptr(ExcReply) reply = exc_connection_run_finish (EXC_CONNECTION (source), result, &error);
  GPtrArray *certificates = NULL;

  if (reply != NULL)
    certificates = exc_read_certificates (reply, reading->facts->server->fqdn, &error);
  if (certificates == NULL && reading->facts->certificates != NULL) {
    /* The poor answer that made us ask again is better than none. */
    g_info ("%s: %s", reading->facts->server->fqdn, error->message);
    end_certificates (task, g_ptr_array_ref (reading->facts->certificates), NULL);
    return;
  }
  if (certificates == NULL && !is_cancelled (error)) {
    /* The session that everybody has gives the bytes at least. */
    g_autoptr(ExcPipeline) pipeline =
                   exc_query_certificates (reading->facts->server->fqdn, NULL, FALSE);

    g_info ("%s: no serialized objects: %s", reading->facts->server->fqdn, error->message);
    exc_connection_run_exchange_async (EXC_CONNECTION (source),
                                       pipeline,
                                       NULL,
                                       CERTIFICATES_LIMIT_S,
                                       g_task_get_cancellable (task),
                                       on_bare_read_cb,
                                       g_object_ref (task));
    return;
  }
  end_certificates (task, certificates, g_steal_pointer (&error));
}

static void
on_certificates_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) certificates = NULL;
  g_autoptr(ExcPipeline) pipeline = NULL;
  Reading *reading = g_task_get_task_data (task);
  const char *fqdn = reading->facts->server->fqdn;
  g_autoptr(ExcReply) reply = exc_connection_run_finish (EXC_CONNECTION (source), result, &error);

  if (reply == NULL) {
    end_certificates (task, NULL, g_steal_pointer (&error));
    return;
  }
  if (!exc_reply_refuses_projection (reply)) {
    certificates = exc_read_certificates (reply, fqdn, &error);
    if (certificates == NULL || !exc_certificates_lack_properties (certificates)) {
      end_certificates (task, g_steal_pointer (&certificates), g_steal_pointer (&error));
      return;
    }
    reading->facts->certificates = g_ptr_array_ref (certificates);
  }
  g_info ("%s does not project properties; asking for serialized objects", fqdn);
  pipeline = exc_query_certificates (fqdn, NULL, FALSE);
  exc_connection_run_serialized_async (EXC_CONNECTION (source),
                                       pipeline,
                                       CERTIFICATES_LIMIT_S,
                                       g_task_get_cancellable (task),
                                       on_serialized_read_cb,
                                       g_object_ref (task));
}

static void
end_transport (GTask *task, ExcReply *reply, GError *take_error)
{
  Reading *reading = g_task_get_task_data (task);

  reading->is_exchange_done[1] = TRUE;
  if (reply != NULL)
    reading->facts->internal_transport =
        exc_read_internal_transport (reply, &reading->transport_error);
  else
    reading->transport_error = take_error;
  end_part (task);
}

static void
on_bare_transport_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  GError *error = NULL;
  g_autoptr(ExcReply) reply = exc_connection_run_finish (EXC_CONNECTION (source), result, &error);

  end_transport (task, reply, error);
}

static void
on_transport_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(ExcPipeline) pipeline = NULL;
  GError *error = NULL;
  Reading *reading = g_task_get_task_data (task);
  g_autoptr(ExcReply) reply = exc_connection_run_finish (EXC_CONNECTION (source), result, &error);

  if (reply == NULL || !exc_reply_refuses_projection (reply)) {
    end_transport (task, reply, error);
    return;
  }
  pipeline = exc_query_internal_transport (reading->facts->server->fqdn, FALSE);
  exc_connection_run_exchange_async (EXC_CONNECTION (source),
                                     pipeline,
                                     NULL,
                                     TRANSPORT_LIMIT_S,
                                     g_task_get_cancellable (task),
                                     on_bare_transport_read_cb,
                                     g_object_ref (task));
}

static void
on_windows_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  Reading *reading = g_task_get_task_data (task);
  g_autoptr(ExcReply) reply = exc_connection_run_finish (
      EXC_CONNECTION (source), result, &reading->windows_error);

  if (reply != NULL)
    reading->facts->windows = exc_read_windows (reply, &reading->windows_error);
  end_part (task);
}

/* ---- POP, IMAP, UM */

static ExcPipeline *
query_pop (gpointer facts, gboolean projected)
{
  return exc_query_pop_settings (((ExcServerFacts *) facts)->server->fqdn, projected);
}

static ExcPipeline *
query_imap (gpointer facts, gboolean projected)
{
  return exc_query_imap_settings (((ExcServerFacts *) facts)->server->fqdn, projected);
}

/* Exchange 2019 has no unified messaging (domain.md 2.2). */
static ExcPipeline *
query_um (gpointer facts, gboolean projected)
{
  ExcServerRecord *server = ((ExcServerFacts *) facts)->server;

  if (server->version == NULL || (!g_str_has_prefix (server->version, "Version 15.0 ") &&
                                  !g_str_has_prefix (server->version, "Version 15.1 ")))
    return NULL;
  return exc_query_um_service (server->fqdn, projected);
}

static gboolean
take_pop (gpointer facts, ExcReply *reply, GError **error)
{
  return (((ExcServerFacts *) facts)->pop_name = exc_read_certificate_name (reply, error)) != NULL;
}

static gboolean
take_imap (gpointer facts, ExcReply *reply, GError **error)
{
  return (((ExcServerFacts *) facts)->imap_name = exc_read_certificate_name (reply, error)) != NULL;
}

static gboolean
take_um (gpointer facts, ExcReply *reply, GError **error)
{
  return (((ExcServerFacts *) facts)->um_mode = exc_read_um_mode (reply, error)) != NULL;
}

static const ExcFactReading settings[EXC_N_SETTINGS] = {
  [EXC_SETTING_POP] = { query_pop, take_pop },
  [EXC_SETTING_IMAP] = { query_imap, take_imap },
  [EXC_SETTING_UM] = { query_um, take_um },
};

static void
on_settings_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  Reading *reading = g_task_get_task_data (task);

  reading->is_settings_cancelled = !exc_fact_chain_finish (EXC_CONNECTION (source), result, NULL);
  end_part (task);
}

/* Never fails: what went wrong stands in the facts it gives. */
void
exc_server_reading_async (ExcOrganization *organization,
                          ExcServerFacts *old,
                          const char *internal_transport,
                          ExcProgress *progress,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr(GTask) task = g_task_new (organization, cancellable, callback, user_data);
  g_autoptr(ExcPipeline) certificates = NULL;
  g_autoptr(ExcPipeline) transport = NULL;
  g_autoptr(ExcPipeline) windows = NULL;
  ExcConnection *connection = exc_organization_get_connection (organization);
  const char *fqdn = old->server->fqdn;
  Reading *reading = g_new0 (Reading, 1);

  g_task_set_source_tag (task, exc_server_reading_async);
  g_task_set_check_cancellable (task, FALSE); /* the facts come all the same */
  reading->old = exc_server_facts_ref (old);
  reading->facts = exc_server_facts_new (old->server);
  reading->progress = g_object_ref (progress);
  reading->n_pending = N_PARTS;
  g_task_set_task_data (task, reading, (GDestroyNotify) reading_free);

  certificates = exc_query_certificates (fqdn, NULL, TRUE);
  exc_connection_run_exchange_async (connection,
                                     certificates,
                                     NULL,
                                     CERTIFICATES_LIMIT_S,
                                     cancellable,
                                     on_certificates_read_cb,
                                     g_object_ref (task));
  if (internal_transport == NULL) {
    transport = exc_query_internal_transport (fqdn, TRUE);
    exc_connection_run_exchange_async (connection,
                                       transport,
                                       NULL,
                                       TRANSPORT_LIMIT_S,
                                       cancellable,
                                       on_transport_read_cb,
                                       g_object_ref (task));
  } else {
    reading->facts->internal_transport = g_strdup (internal_transport);
    reading->is_exchange_done[1] = TRUE;
    reading->n_pending--;
  }
  exc_fact_chain_async (connection,
                        settings,
                        EXC_N_SETTINGS,
                        reading->facts,
                        reading->facts->settings_problems,
                        cancellable,
                        on_settings_read_cb,
                        g_object_ref (task));
  windows = exc_query_windows ();
  exc_connection_run_windows_async (connection,
                                    fqdn,
                                    windows,
                                    NULL,
                                    WINDOWS_LIMIT_S,
                                    cancellable,
                                    on_windows_read_cb,
                                    g_object_ref (task));
}

ExcServerFacts *
exc_server_reading_finish (ExcOrganization *organization, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, organization), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, exc_server_reading_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
