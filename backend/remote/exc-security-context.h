/* exc-security-context.h — who proves the user and seals bodies on one connection
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define EXC_TYPE_SECURITY_CONTEXT (exc_security_context_get_type ())
G_DECLARE_DERIVABLE_TYPE (ExcSecurityContext, exc_security_context, EXC, SECURITY_CONTEXT, GObject)

/**
 * ExcSecurityContext:
 *
 * The seam for Negotiate (Kerberos, NTLM). One context belongs to one connection and to one
 * request at a time: sequence numbers do not survive reordering (auth-lab.md). A context that
 * seals makes every body of its connection multipart/encrypted (exc-multipart.h).
 */
struct _ExcSecurityContextClass {
  GObjectClass parent_class;

  /* One leg of the handshake: the server's token (NULL at first) in, ours out (NULL when done). */
  gboolean (*step) (ExcSecurityContext *self,
                    GBytes *token_in,
                    GBytes **token_out,
                    gboolean *is_complete,
                    GError **error);
  gboolean (*wrap) (ExcSecurityContext *self,
                    GBytes *plain,
                    GBytes **header,
                    GBytes **data,
                    gsize *padding,
                    GError **error);
  GBytes *(*unwrap) (ExcSecurityContext *self, GBytes *header, GBytes *data, GError **error);

  gpointer reserved[4];
};

/* Whether this build can make contexts at all. */
gboolean exc_security_context_is_available (void);

/* The word in the Authorization header: "Negotiate" or "Kerberos". */
const char *exc_security_context_get_scheme (ExcSecurityContext *self);
/* Protocol of the multipart body that goes with the scheme. */
const char *exc_security_context_get_protocol (ExcSecurityContext *self);

gboolean exc_security_context_step (ExcSecurityContext *self,
                                    GBytes *token_in,
                                    GBytes **token_out,
                                    gboolean *is_complete,
                                    GError **error);
gboolean exc_security_context_wrap (ExcSecurityContext *self,
                                    GBytes *plain,
                                    GBytes **header,
                                    GBytes **data,
                                    gsize *padding,
                                    GError **error);
GBytes *exc_security_context_unwrap (ExcSecurityContext *self,
                                     GBytes *header,
                                     GBytes *data,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whole bodies: sealed into multipart/encrypted, and back. */
GBytes *exc_security_context_seal_body (ExcSecurityContext *self,
                                        GBytes *plain,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
GBytes *exc_security_context_unseal_body (ExcSecurityContext *self,
                                          GBytes *body,
                                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
