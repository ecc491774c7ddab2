/* exc-plan-certificates.h — certificates made, asked for, completed, imported and exported
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-plan.h"
#include "exc-secret.h"

G_BEGIN_DECLS

/* What a new certificate or request is to be. Zeroes are the defaults. */
typedef struct {
  const char *subject;        /* (nullable): "CN=mail.contoso.lab, O=Contoso"; NULL: of the names */
  const char *const *domains; /* (nullable): NULL: the server's name and FQDN */
  const char *friendly_name;  /* (nullable): fewer than 64 characters */
  int key_size;               /* in bits; 0: 2048 */
  gboolean is_exportable;
} ExcNewCertificate;

/* A self-signed certificate on each server (domain.md 2.1). with_smtp: transport may use it; the
 * internal transport certificate stays. with_trust: its public part among the trusted roots. */
ExcPlan *exc_plan_new_create (ExcSnapshot *snapshot,
                              const char *const *servers,
                              const ExcNewCertificate *wanted, /* (nullable) */
                              gboolean with_smtp,
                              gboolean with_trust,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* A request to an authority; the key stays on the server, and this program writes the request to a
 * file. old: (nullable): thumbprint of a certificate of the server that is renewed: the request has
 * its names and key size, and @wanted is not looked at. */
ExcPlan *exc_plan_new_request (ExcSnapshot *snapshot,
                               const char *server,
                               const ExcNewCertificate *wanted, /* (nullable) */
                               const char *old,
                               const char *path,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* What the authority sent, for a request that is pending on the server: a certificate or PKCS #7,
 * in PEM or DER. */
ExcPlan *exc_plan_new_complete (ExcSnapshot *snapshot,
                                const char *server,
                                GBytes *answer,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* A certificate with its key on each server. Both secrets live as long as the plan and its job in
 * this process and nowhere else: a job that is resumed by another process and still needs them
 * fails and says so. */
ExcPlan *exc_plan_new_import (ExcSnapshot *snapshot,
                              const char *const *servers,
                              ExcSecret *pfx,
                              ExcSecret *password,
                              const char *friendly_name, /* (nullable): the file's */
                              gboolean is_exportable,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The PFX file of a certificate of the snapshot, protected by that password. No job: nothing on the
 * server changes. EXC_ERROR_REFUSED where the key is not there or cannot be exported. */
void exc_export_pfx_async (ExcOrganization *organization,
                           const char *server,
                           const char *thumbprint,
                           ExcSecret *password,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
ExcSecret *exc_export_pfx_finish (ExcOrganization *organization,
                                  GAsyncResult *result,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
