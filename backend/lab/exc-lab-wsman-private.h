/* exc-lab-wsman-private.h — the WS-Management server's inside, shared by its two files
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <libsoup/soup.h>

#include "exc-lab-shells-private.h"
#include "exc-lab-wsman.h"

G_BEGIN_DECLS

typedef struct {
  char *path;
  char *configuration;
  guint max_shells;
  ExcLabSessionFactory sessions; /* one of the two */
  ExcLabShellFactory shells;
  gpointer data;
  GDestroyNotify destroy;
} ExcLabEndpoint;

struct _ExcLabWsman {
  GObject parent_instance;

  ExcClock *clock; /* (nullable) */
  SoupServer *server;
  GPtrArray *ports;     /* (element-type ExcLabPort) */
  GPtrArray *endpoints; /* (element-type ExcLabEndpoint) */
  GPtrArray *shells;    /* (element-type ExcLabWsmanShell) */
  guint idle_timeout_s;

  char *user; /* (nullable) */
  ExcSecret *password;

  ExcLabFaultHook hook; /* (nullable) */
  gpointer hook_data;
  GDestroyNotify hook_destroy;
  ExcLabRecordFunc record; /* (nullable) */
  gpointer record_data;
  GDestroyNotify record_destroy;
};

/* exc-lab-wsman.c; all (transfer none) (nullable) */
ExcLabEndpoint *exc_lab_wsman_find_endpoint (ExcLabWsman *self, const char *path);
ExcLabWsmanShell *exc_lab_wsman_find_shell (ExcLabWsman *self, const char *id);
gboolean exc_lab_wsman_is_full (ExcLabWsman *self, ExcLabEndpoint *endpoint, const char *user);
ExcLabWsmanShell *exc_lab_wsman_add_shell (ExcLabWsman *self,
                                           ExcLabEndpoint *endpoint,
                                           const char *id,
                                           const char *query,
                                           const char *user,
                                           GError **error);
void exc_lab_wsman_remove_shell (ExcLabWsman *self, ExcLabWsmanShell *shell);
GSocket *exc_lab_wsman_find_socket (ExcLabWsman *self, SoupServerMessage *message);

/* exc-lab-wsman-auth.c */
char *exc_lab_wsman_authenticate (ExcLabWsman *self,
                                  SoupServerMessage *message) G_GNUC_WARN_UNUSED_RESULT;

/* exc-lab-wsman-http.c */
void exc_lab_wsman_handle (SoupServer *server,
                           SoupServerMessage *message,
                           const char *path,
                           GHashTable *query,
                           gpointer user_data);

G_END_DECLS
