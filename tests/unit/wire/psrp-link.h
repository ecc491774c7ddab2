/* psrp-link.h — the client's pool and the server's half, joined
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-psrp-pool.h"
#include "exc-psrp-server.h"

G_BEGIN_DECLS

/* Both ends, and what is cut how between them. */
typedef struct {
  ExcPsrpPool *pool;
  ExcPsrpServer *server;
  gsize budget; /* of what the client sends */
  gsize chunk;  /* of what it receives */
  guint n_sent[4];
  GString *trace; /* targets in the order they were sent */
} Link;

Link *link_new (gsize budget, gsize chunk);
void link_free (Link *link);
void pump (Link *link);
ExcPsrpEvent *expect (Link *link, ExcPsrpEventType type);
ExcPsrpServerEvent *expect_server (Link *link, ExcPsrpServerEventType type);
void open_pool (Link *link);
ExcPipeline *pipeline_new (void);
ExcPsrpServerEvent *start (Link *link, ExcPipeline *pipeline, const char **id);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Link, link_free)

G_END_DECLS
