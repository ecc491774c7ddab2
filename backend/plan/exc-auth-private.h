/* exc-auth-private.h — what the decision and the plans about the Auth certificate share
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-auth-target.h"

G_BEGIN_DECLS

gboolean exc_auth_needs (ExcServer *server); /* a Mailbox server */
gboolean exc_auth_is_reachable (ExcServer *server);
/* (nullable): on some server; if there is one, where its key can be exported. thumbprint:
 * (nullable) */
ExcCertificate *exc_auth_find_anywhere (ExcSnapshot *snapshot, const char *thumbprint);
/* The server has none with a key. thumbprint: (nullable): FALSE */
gboolean exc_auth_lacks (ExcSnapshot *snapshot, ExcServer *server, const char *thumbprint);
/* Whole days left; -1 also where it is on no server. */
int exc_auth_get_days (ExcSnapshot *snapshot, const char *thumbprint);

/* Fills the target and adds the checks; FALSE with EXC_ERROR_NOT_FOUND for a server that is not
 * there, EXC_ERROR_INPUT for an option that is out of range. */
gboolean exc_auth_check (ExcPlan *plan,
                         ExcSnapshot *snapshot,
                         const ExcAuthOptions *options,
                         ExcAuthTarget *target,
                         GError **error);

G_END_DECLS
