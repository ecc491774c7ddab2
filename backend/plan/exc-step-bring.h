/* exc-step-bring.h — a certificate brought to a server: the answer to a request, or a PFX file
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-secret.h"
#include "exc-step.h"

G_BEGIN_DECLS

/* "complete": joins what the authority sent to the pending request. The request is gone then, so
 * there is no way back. name: of the server, for people. */
ExcStep *exc_step_complete_new (const char *server, /* FQDN */
                                const char *name,
                                const char *thumbprint,
                                const char *request, /* thumbprint of the pending one */
                                GBytes *answer) G_GNUC_WARN_UNUSED_RESULT;
/* "import"; undo removes the certificate again, unless something uses it. */
ExcStep *exc_step_import_new (const char *server,
                              const char *name,
                              const char *thumbprint,
                              const char *friendly_name, /* (nullable) */
                              gboolean is_exportable) G_GNUC_WARN_UNUSED_RESULT;
/* Without them the step can look and be undone, and a run of it fails with what to do. */
void exc_step_import_set_secrets (ExcStep *step, ExcSecret *pfx, ExcSecret *password);

G_END_DECLS
