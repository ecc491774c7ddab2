/* wsman-client.h — a small client of the lab's server: one request after another
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <libsoup/soup.h>

#include "exc-lab-wsman.h"
#include "exc-psrp-pool.h"
#include "exc-wsman-client.h"
#include "exc-wsman-response.h"
#include "wsman-session.h"

typedef struct {
  ExcLabWsman *wsman;
  guint16 port;
  ExcLabFault fault;
  const char *fault_operation;
} Fixture;

typedef struct {
  Fixture *fixture;
  SoupSession *session;
  char *url;
  const char *password;
  ExcWsmanClient *wsman;
  ExcPsrpPool *pool;
  guint status;  /* of the last answer */
  guint32 fault; /* of the last answer */
  GError *error; /* of the last request */
} Client;

Client *client_new (Fixture *fixture, const char *scheme);
void settle (void);
void on_result_cb (GObject *source, GAsyncResult *result, gpointer user_data);
gboolean on_accept_certificate_cb (SoupMessage *message,
                                   GTlsCertificate *certificate,
                                   GTlsCertificateFlags flags,
                                   gpointer user_data);
SoupMessage *message_new (Client *client, GBytes *envelope);
ExcWsmanResponse *request (Client *client,
                           ExcWsmanOperation operation,
                           GBytes *envelope,
                           const char *id);
gboolean send_outgoing (Client *client);
gboolean receive (Client *client, const char *pipeline_id);
gboolean open_shell (Client *client);
ExcPsrpEvent *run (Client *client, ExcPipeline *pipeline);
void delete_shell (Client *client);
ExcPipeline *pipeline_new (const char *name, ExcValue *take_value);
void set_up (Fixture *fixture, gconstpointer data);
void tear_down (Fixture *fixture, gconstpointer data);
void client_free (Client *client);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Client, client_free)
