/* exc-fact-chain.c — facts that are read one after another
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-inventory"

#include "config.h"

#include "exc-organization-private.h"

#include "exc-error.h"
#include "exc-queries.h"

#define FACT_LIMIT_S 60

typedef struct {
  const ExcFactReading *readings;
  guint n_readings;
  gpointer facts;
  char **problems;
  guint index;
  gboolean is_bare;      /* the session refused to project this one */
  gboolean was_no_reply; /* to the one before */
} Chain;

static void run_next (GTask *task);

static void
set_problem (Chain *chain, guint index, const char *problem)
{
  g_free (chain->problems[index]);
  chain->problems[index] = g_strdup (problem);
}

/* One command can hang or break its shell without the others; two in a row, and nobody is there. */
static void
end_reading (GTask *task, gboolean is_no_reply, const char *problem)
{
  Chain *chain = g_task_get_task_data (task);

  set_problem (chain, chain->index, problem);
  if (problem != NULL)
    g_info ("A fact was not told: %s", problem);
  chain->index++;
  chain->is_bare = FALSE;
  while (is_no_reply && chain->was_no_reply && chain->index < chain->n_readings)
    set_problem (chain, chain->index++, problem);
  chain->was_no_reply = is_no_reply;
  run_next (task);
}

static void
take (Chain *chain, ExcReply *reply, GError **error)
{
  const ExcFactReading *reading = &chain->readings[chain->index];
  GPtrArray **where;
  GPtrArray *list;

  if (reading->take != NULL) {
    reading->take (chain->facts, reply, error);
    return;
  }
  list = reading->read (reply, error);
  if (list == NULL)
    return;
  where = G_STRUCT_MEMBER_P (chain->facts, reading->list);
  g_clear_pointer (where, g_ptr_array_unref);
  *where = list;
}

/* (nullable): nothing is to be asked */
static ExcPipeline *
make_query (Chain *chain)
{
  const ExcFactReading *reading = &chain->readings[chain->index];

  return reading->query != NULL ? reading->query (chain->facts, !chain->is_bare)
                                : reading->ask (!chain->is_bare);
}

static void
on_run_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  Chain *chain = g_task_get_task_data (task);
  g_autoptr(ExcReply) reply = exc_connection_run_finish (EXC_CONNECTION (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  if (reply != NULL && !chain->is_bare && exc_reply_refuses_projection (reply)) {
    chain->is_bare = TRUE;
    run_next (task);
    return;
  }
  if (reply != NULL)
    take (chain, reply, &error);
  end_reading (task, reply == NULL, error != NULL ? error->message : NULL);
}

static void
run_next (GTask *task)
{
  g_autoptr(ExcPipeline) pipeline = NULL;
  Chain *chain = g_task_get_task_data (task);

  while (chain->index < chain->n_readings && (pipeline = make_query (chain)) == NULL)
    chain->index++;
  if (pipeline == NULL) {
    g_task_return_boolean (task, TRUE);
    return;
  }
  exc_connection_run_exchange_async (g_task_get_source_object (task),
                                     pipeline,
                                     NULL,
                                     FACT_LIMIT_S,
                                     g_task_get_cancellable (task),
                                     on_run_cb,
                                     g_object_ref (task));
}

void
exc_fact_chain_async (ExcConnection *connection,
                      const ExcFactReading *readings,
                      guint n_readings,
                      gpointer facts,
                      char **problems,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  g_autoptr(GTask) task = g_task_new (connection, cancellable, callback, user_data);
  Chain *chain = g_new0 (Chain, 1);

  g_task_set_source_tag (task, exc_fact_chain_async);
  chain->readings = readings;
  chain->n_readings = n_readings;
  chain->facts = facts;
  chain->problems = problems;
  g_task_set_task_data (task, chain, g_free);
  run_next (task);
}

gboolean
exc_fact_chain_finish (ExcConnection *connection, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, connection), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, exc_fact_chain_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
