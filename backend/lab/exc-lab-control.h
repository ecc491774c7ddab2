/* exc-lab-control.h — moving a lab from outside: clock, faults, dump, log
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-lab.h"

G_BEGIN_DECLS

/**
 * ExcLabControl:
 *
 * A Unix socket that takes one JSON object a line and answers one a line: {"ok":true, …} or
 * {"ok":false,"error":"…"}. Requests, by "op":
 *
 * - clock: "advance" seconds, or "offset" seconds → "now", "offset"
 * - fault: a fault as exc-lab-faults.h says → "id"
 * - clear: "id", or all → ok
 * - dump → "world"
 * - log → "log": ["SERVER/endpoint<TAB>pipeline", …]; "clear": true empties it
 * - record: "directory", or null to end
 * - service: "server", "name", "running" → starts or stops it
 * - reset → the scenario anew
 */
typedef struct _ExcLabControl ExcLabControl;

ExcLabControl *exc_lab_control_new (ExcLab *lab,
                                    const char *path,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
void exc_lab_control_free (ExcLabControl *self);

/* One request as the socket would take it. (transfer full): the answer */
JsonNode *exc_lab_control_handle (ExcLab *lab, JsonObject *request) G_GNUC_WARN_UNUSED_RESULT;

/* The client: sends one request to a lab's socket and waits for its answer; for tests, and for a
 * worker thread. EXC_ERROR_UNREACHABLE, or EXC_ERROR_REFUSED with the lab's own words. */
JsonNode *exc_lab_control_send (const char *path,
                                const char *request,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ExcLabControl, exc_lab_control_free)

G_END_DECLS
