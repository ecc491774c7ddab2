/* transport-fixture.h — a web server that answers as a test says, and a transport to it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-http-transport.h"

#include <libsoup/soup.h>

G_BEGIN_DECLS

typedef struct {
  guint status;
  const char *type; /* (nullable) */
  const char *body; /* (nullable) */
  const char *header;
  const char *value;
} Answer;

typedef struct {
  SoupServer *server;
  guint16 port;
  Answer answer;
  gboolean is_held;        /* the next request waits for release */
  SoupServerMessage *held; /* (nullable) */
  guint n_requests;
  char *seen; /* headers of the last request, one a line */
  char *seen_body;
  guint16 seen_port; /* the client's port of the last request */
  ExcTransport *transport;
  GString *got;
  guint n_pieces;
  gboolean sink_fails;
  char *ca_file;
  char *hosts_file;
} Fixture;

/* certificate: (nullable): NULL for http */
void transport_fixture_listen (Fixture *fixture, GTlsCertificate *certificate);
/* Makes the transport anew; names: (nullable) */
void transport_fixture_connect (Fixture *fixture, const char *url, ExcNames *names);
void transport_fixture_set_up (Fixture *fixture, gconstpointer data);
void transport_fixture_tear_down (Fixture *fixture, gconstpointer data);

void transport_fixture_start (Fixture *fixture,
                              guint timeout_s,
                              GCancellable *cancellable,
                              GAsyncResult **result);
gboolean transport_fixture_finish (Fixture *fixture, GAsyncResult **result, GError **error);
gboolean transport_fixture_exchange (Fixture *fixture, GError **error); /* both */

char *transport_fixture_write_file (const char *text); /* (transfer full): its path */

G_END_DECLS
