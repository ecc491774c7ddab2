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
  GPtrArray
      *entries; /* (element-type ExcEndpoint): Exchange endpoints, first that of the settings */
  guint entry;  /* through which readings go now */
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

gboolean exc_connection_add_entry (ExcConnection *self, const char *url, GError **error);
ExcEndpoint *exc_connection_get_entry (ExcConnection *self);
/* The Exchange endpoint of one server. */
ExcEndpoint *exc_connection_make_entry (ExcConnection *self,
                                        const char *fqdn,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
ExcEndpoint *exc_connection_make_serialized_entry (ExcConnection *self,
                                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean exc_connection_leave_entry (ExcConnection *self, ExcEndpoint *failed);

G_END_DECLS
