/* replay-server.h — a recorded Windows server to talk to
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-endpoint.h"

G_BEGIN_DECLS

/**
 * ReplayServer:
 *
 * Serves one recorded transcript on loopback HTTP, in a process of its own that ends when every
 * recorded exchange was used.
 */
typedef struct _ReplayServer ReplayServer;

/* (nullable): NULL after g_test_skip where the recordings or Python are not there. hold_s: how long
 * a Receive that has no answer is held. */
ReplayServer *replay_server_new (const char *transcript, guint hold_s) G_GNUC_WARN_UNUSED_RESULT;
void replay_server_free (ReplayServer *self); /* ends the process */

ExcEndpoint *replay_server_new_endpoint (ReplayServer *self) G_GNUC_WARN_UNUSED_RESULT;
/* Waits for the end: whether every recorded exchange was used. */
gboolean replay_server_wait (ReplayServer *self);
/* Of what was matched: every request had the PSRP messages of the recorded one. Extra requests
 * may only be Signals (we free commands, the recorder did not always) and Receives. */
void replay_server_check_report (ReplayServer *self, guint n_matched);

char *replay_get_folder (void); /* (nullable): of the transcripts */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ReplayServer, replay_server_free)

G_END_DECLS
