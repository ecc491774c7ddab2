/* exc-psrp-server-event.c — what the server's half gives out, freed
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-psrp-server.h"

void
exc_psrp_server_outgoing_free (ExcPsrpServerOutgoing *self)
{
  if (self == NULL)
    return;

  g_free (self->pipeline_id);
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_free (self);
}

void
exc_psrp_server_event_free (ExcPsrpServerEvent *self)
{
  if (self == NULL)
    return;

  g_free (self->pipeline_id);
  g_clear_pointer (&self->pipeline, exc_pipeline_unref);
  g_clear_pointer (&self->body, g_bytes_unref);
  g_clear_pointer (&self->value, exc_value_unref);
  g_free (self);
}
