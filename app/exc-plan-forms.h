/* exc-plan-forms.h — a form for each kind of plan
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-plan-form.h"

G_BEGIN_DECLS

/* wanted: (nullable): what is chosen at first: FQDNs of servers. Floating, as widgets are. */
ExcPlanForm *exc_form_renew_new (ExcOrganization *organization, const char *const *wanted);
ExcPlanForm *exc_form_rotate_auth_new (ExcOrganization *organization, const char *const *wanted);
ExcPlanForm *exc_form_replace_auth_new (ExcOrganization *organization, const char *const *wanted);
ExcPlanForm *exc_form_distribute_auth_new (ExcOrganization *organization,
                                           const char *const *wanted);

G_END_DECLS
