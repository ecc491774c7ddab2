/* interop-relay.h — a shell whose far end is PowerShell's own engine
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-lab-shell.h"

G_BEGIN_DECLS

#define INTEROP_TYPE_RELAY (interop_relay_get_type ())
G_DECLARE_FINAL_TYPE (InteropRelay, interop_relay, INTEROP, RELAY, ExcLabShell)

/**
 * InteropRelay:
 *
 * One shell, one process of the engine (tests/interop/engine), which speaks PSRP on its stdin and
 * stdout (protocol.md 11). The PSRP bytes go through as they are; only a pipeline's last state is
 * looked for, because WS-Management says "Done" with it.
 */
/* arguments: of the engine, from "serve" on; environment: NAME=VALUE beside the inherited ones,
 * (nullable) */
ExcLabShell *interop_relay_new (const char *const *arguments,
                                const char *const *environment,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
