/* exc-connection-private.h — the shells of a connection, shared by its files
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-connection.h"

G_BEGIN_DECLS

#define EXC_N_READERS 3

struct _ExcConnection {
  GObject parent_instance;

  ExcConnectionSettings *settings;
  ExcEndpoint *exchange;
  ExcEndpoint *serialized; /* the same with serializationLevel=Full */
  ExcShell *readers[EXC_N_READERS];
  gboolean is_busy[EXC_N_READERS];
  guint n_readers; /* fewer than EXC_N_READERS once the server has said that it is too much */
  ExcShell *serialized_reader;
  ExcShell *changer;
  GHashTable *windows; /* FQDN in lower case > ExcShell */
  GQueue waiting;      /* (element-type GTask): readings without a shell */
  guint n_round_trips; /* of shells that are no more */
  gboolean is_closed;
};

/* Fails the task where the connection has been closed. */
gboolean exc_connection_fail_if_closed (ExcConnection *self, GTask *task);

G_END_DECLS
