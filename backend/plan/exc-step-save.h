/* exc-step-save.h — a fact of the job, written to a file of this machine
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-step.h"

G_BEGIN_DECLS

/* "save"; fact: its name; path: absolute. A file with anything else in it is never replaced. */
ExcStep *exc_step_save_new (const char *sentence,
                            const char *fact,
                            const char *path) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
