/* exc-recovery.h — what a server has to have again after a restart
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-reading.h"

G_BEGIN_DECLS

/* Before a restart it is noted which services ran, whether the server's own Exchange endpoint
 * answered, and which ports did; after it exactly these are waited for, in this order (steps.md E).
 * What was stopped stays so, and a port that a firewall hides is none to wait for. The note is a
 * fact of the lane, so it outlives a crash. id: of the step; name: of the server, for people. */

/* Notes what the reading shows, unless there is a note: of a restart that may be under way. */
gboolean exc_recovery_note (ExcStepContext *context,
                            const char *id,
                            ExcReading *reading,
                            GError **error);
/* The services of the note, with blanks between; "" for none. (transfer full) */
char *exc_recovery_dup_services (ExcStepContext *context, const char *id);
/* Whether all of it is back: then the note is taken back. Else EXC_ERROR_BUSY, which the runner
 * waits out with growing pauses for some minutes, and what is missing first, and where to look. */
gboolean exc_recovery_check (
    ExcStepContext *context, const char *id, const char *name, ExcReading *reading, GError **error);

G_END_DECLS
