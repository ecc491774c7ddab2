/* interop-host.c — a WS-Management server on loopback for the tests of this folder
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "interop"

#include "config.h"

#include "interop-host.h"

#include "interop-relay.h"

#define USER     "CONTOSO\\admin"
#define PASSWORD "interop"
#define LIMIT_S  60

struct _InteropHost {
  ExcLabWsman *wsman;
  guint16 port;
};

typedef struct {
  GStrv arguments;
  GStrv environment;
} Engine;

static void
engine_free (gpointer data)
{
  Engine *engine = data;

  g_strfreev (engine->arguments);
  g_strfreev (engine->environment);
  g_free (engine);
}

static ExcLabShell *
make_relay (
    gpointer data, const char *configuration, const char *query, const char *user, GError **error)
{
  Engine *engine = data;

  return interop_relay_new (
      (const char *const *) engine->arguments, (const char *const *) engine->environment, error);
}

InteropHost *
interop_host_new (void)
{
  InteropHost *self = g_new0 (InteropHost, 1);
  g_autoptr(ExcSecret) password = exc_secret_new (PASSWORD, (gsize) -1);

  self->wsman = exc_lab_wsman_new (NULL);
  exc_lab_wsman_set_account (self->wsman, USER, password);
  return self;
}

void
interop_host_free (InteropHost *self)
{
  exc_lab_wsman_stop (self->wsman);
  g_object_unref (self->wsman);
  g_free (self);
}

void
interop_host_add_engine (InteropHost *self,
                         const char *path,
                         const char *configuration,
                         const char *const *arguments,
                         const char *const *environment)
{
  Engine *engine = g_new0 (Engine, 1);

  engine->arguments = g_strdupv ((GStrv) arguments);
  engine->environment = g_strdupv ((GStrv) environment);
  exc_lab_wsman_add_shells (self->wsman, path, configuration, 0, make_relay, engine, engine_free);
}

ExcLabWsman *
interop_host_get_wsman (InteropHost *self)
{
  return self->wsman;
}

guint16
interop_host_listen (InteropHost *self)
{
  g_autoptr(GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr(GError) error = NULL;

  if (self->port == 0)
    self->port = exc_lab_wsman_listen (self->wsman, loopback, 0, NULL, &error);
  g_assert_no_error (error);
  return self->port;
}

ExcCredentials *
interop_host_dup_credentials (InteropHost *self)
{
  g_autoptr(ExcSecret) password = exc_secret_new (PASSWORD, (gsize) -1);

  return exc_credentials_new (EXC_AUTH_BASIC, USER, password);
}

ExcShell *
interop_host_open_shell (InteropHost *self, const char *path, const char *configuration)
{
  g_autoptr(ExcCredentials) credentials = interop_host_dup_credentials (self);
  g_autofree char *url =
      g_strdup_printf ("http://127.0.0.1:%u%s", interop_host_listen (self), path);
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcEndpoint) endpoint =
                 exc_endpoint_new (url, configuration, credentials, NULL, NULL, &error);

  g_assert_no_error (error);
  return exc_shell_new (endpoint);
}

typedef struct {
  ExcReply *reply;
  GError *error;
  gboolean is_done;
} Outcome;

static void
on_run_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Outcome *outcome = user_data;

  outcome->reply = exc_shell_run_finish (EXC_SHELL (source), result, &outcome->error);
  outcome->is_done = TRUE;
}

ExcReply *
interop_run (ExcShell *shell, ExcPipeline *take, GError **error)
{
  g_autoptr(ExcPipeline) pipeline = take;
  g_autoptr(ExcPermit) permit = exc_pipeline_is_changing (pipeline) ? interop_permit () : NULL;
  Outcome outcome = { NULL, NULL, FALSE };

  exc_shell_run_async (shell, pipeline, permit, LIMIT_S, NULL, on_run_cb, &outcome);
  while (!outcome.is_done)
    g_main_context_iteration (NULL, TRUE);
  if (outcome.reply == NULL)
    g_propagate_error (error, outcome.error);
  return outcome.reply;
}

static void
on_closed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Outcome *outcome = user_data;

  exc_shell_close_finish (EXC_SHELL (source), result, &outcome->error);
  outcome->is_done = TRUE;
}

void
interop_close (ExcShell *shell)
{
  Outcome outcome = { NULL, NULL, FALSE };

  exc_shell_close_async (shell, NULL, on_closed_cb, &outcome);
  while (!outcome.is_done)
    g_main_context_iteration (NULL, TRUE);
  g_assert_no_error (outcome.error);
}

ExcPermit *
interop_permit (void)
{
  return exc_permit_new ("interop");
}
