/* exc-step-gate.h — may this server be changed now?
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-step.h"

G_BEGIN_DECLS

/* "gate": only looks (steps.md 0.10); name: the server's, for people */
ExcStep *exc_step_gate_new (const char *name) G_GNUC_WARN_UNUSED_RESULT;
/* The same, but what is not well is a warning, and so is that nobody tells. */
ExcStep *exc_step_gate_new_open (const char *name) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
