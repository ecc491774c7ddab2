/* exc-lab-servicelets.h — what MSExchangeServiceHost does by itself
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-lab-world.h"

G_BEGIN_DECLS

/* AuthAdmin and CertificateDeployment (domain.md 2.5), up to the clock's present time. TRUE: they
 * changed something. Whoever commits runs them. */
gboolean exc_lab_servicelets_run (ExcLabWorld *world);
/* Unix seconds of the lab's clock: when they have something to do next; 0: nothing is planned */
gint64 exc_lab_servicelets_get_next (ExcLabWorld *world);

/* The Auth Configuration was changed by @from's session: its site gets the certificates at once
 * (unless @is_later), the others when the scenario says. */
void exc_lab_servicelets_notify (ExcLabWorld *world, ExcLabServer *from, gboolean is_later);
/* Previous := current, current := next. */
void exc_lab_auth_config_publish (ExcLabAuthConfig *auth, gint64 now);

G_END_DECLS
