/* kill-test.h — a program of its own on the fixture's lab, killed and started again
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "renewal-test.h"

G_BEGIN_DECLS

/* $EXC_RENEW_ONCE on the fixture's lab, with the clock of the fixture; TRUE with what it printed,
 * FALSE where it was killed. */
gboolean kill_test_run (RenewalTest *self,
                        const char *folder,
                        const char *verb,
                        int kill_before,
                        int kill_after,
                        const char *const *words,
                        char **output);
char *kill_test_make_folder (void) G_GNUC_WARN_UNUSED_RESULT;
void kill_test_remove_folder (const char *folder);
/* The lab as it was, and without the sessions that a killed program leaves on the servers, where
 * they count for two hours. */
void kill_test_begin_anew (RenewalTest *self);

G_END_DECLS
