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
ExcPlanForm *exc_form_wmsvc_new (ExcOrganization *organization, const char *const *wanted);
/* wanted: keys of one certificate on its servers */
ExcPlanForm *exc_form_assign_new (ExcOrganization *organization, const char *const *wanted);
ExcPlanForm *exc_form_bind_new (ExcOrganization *organization, const char *const *wanted);
ExcPlanForm *exc_form_trust_new (ExcOrganization *organization, const char *const *wanted);
ExcPlanForm *exc_form_untrust_new (ExcOrganization *organization, const char *const *wanted);
/* wanted: keys of certificates */
ExcPlanForm *exc_form_delete_new (ExcOrganization *organization, const char *const *wanted);
/* Why a certificate is not deleted before its end was typed: "In use by: Back End 444". (nullable)
 * (transfer full) */
char *exc_form_delete_dup_guard (ExcSnapshot *snapshot, ExcCertificate *certificate);
/* wanted: FQDNs */
ExcPlanForm *exc_form_repair_new (ExcOrganization *organization, const char *const *wanted);
ExcPlanForm *exc_form_create_new (ExcOrganization *organization, const char *const *wanted);
ExcPlanForm *exc_form_request_new (ExcOrganization *organization, const char *const *wanted);
ExcPlanForm *exc_form_complete_new (ExcOrganization *organization, const char *const *wanted);
ExcPlanForm *exc_form_import_new (ExcOrganization *organization, const char *const *wanted);
/* wanted: the key of the certificate that its authority is to renew */
ExcPlanForm *exc_form_request_renewal_new (ExcOrganization *organization,
                                           const char *const *wanted);

G_END_DECLS
