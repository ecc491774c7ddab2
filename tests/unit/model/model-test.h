/* model-test.h — records and facts made in memory, for the tests of this folder
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-snapshot-builder.h"

G_BEGIN_DECLS

#define MODEL_TEST_NOW G_GINT64_CONSTANT (1800000000)
#define MODEL_TEST_DAY G_GINT64_CONSTANT (86400)

/* A valid self-signed certificate of its own key, ending days after MODEL_TEST_NOW. */
ExcCertificateRecord *model_test_record (const char *common_name,
                                         const char *friendly_name,
                                         int days);
/* EX01 of contoso.lab, Exchange 2019, read at MODEL_TEST_NOW, without certificates. */
ExcServerFacts *model_test_facts (const char *name);
/* Adds it and gives its thumbprint, which lives with the facts. */
const char *model_test_add (ExcServerFacts *facts, ExcCertificateRecord *take);
/* Makes facts->windows where there is none; hash may be NULL. */
void model_test_bind (ExcServerFacts *facts, const char *site, const char *info, const char *hash);
/* An organization that told everything and has nothing but an Auth configuration (nullable). */
ExcOrganizationFacts *model_test_shared (ExcAuthConfigRecord *auth_config);
/* A snapshot of one server. */
ExcSnapshot *model_test_snapshot_with (ExcServerFacts *facts, ExcOrganizationFacts *shared);
ExcSnapshot *model_test_snapshot (ExcServerFacts *facts, ExcAuthConfigRecord *auth_config);

G_END_DECLS
