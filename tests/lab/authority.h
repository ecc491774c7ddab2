/* authority.h — certificates from elsewhere: an authority's answers, PFX files
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  AUTHORITY_PEM,
  AUTHORITY_DER,
  AUTHORITY_PKCS7_PEM, /* with the authority's own certificate first */
  AUTHORITY_PKCS7_DER,
} AuthorityForm;

/* What an authority sends for a request (PEM): its subject, key and names, under another signature.
 * Times are Unix seconds. */
GBytes *authority_answer (const char *request,
                          AuthorityForm form,
                          gint64 not_before,
                          gint64 not_after);
/* A new self-signed certificate with its key as a PFX file. with_key: FALSE: the file lacks it.
 * is_old: encrypted as Windows did until 2016. der: (out) (optional): the certificate */
GBytes *authority_make_pfx (const char *common_name,
                            const char *password,
                            gboolean with_key,
                            gboolean is_old,
                            gint64 not_before,
                            gint64 not_after,
                            GBytes **der);
/* A request of a new key, in PEM. */
char *authority_make_request (const char *common_name);

G_END_DECLS
