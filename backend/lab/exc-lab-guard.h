/* exc-lab-guard.h — a session through which faults of single commands go
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-lab-faults.h"
#include "exc-lab-session.h"

G_BEGIN_DECLS

#define EXC_TYPE_LAB_GUARD (exc_lab_guard_get_type ())
G_DECLARE_FINAL_TYPE (ExcLabGuard, exc_lab_guard, EXC, LAB_GUARD, GObject)

/**
 * ExcLabGuard:
 *
 * Hands every pipeline on to @inner, unless a fault for it is on: an error before or after the
 * effect, a delay, or a connection that is cut before or after it.
 * server, fqdn: how faults name it; endpoint: "exchange" or "windows"; faults outlive the session.
 */
ExcLabGuard *exc_lab_guard_new (ExcLabSession *inner,
                                ExcLabFaults *faults,
                                const char *server,
                                const char *fqdn,
                                const char *endpoint) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
