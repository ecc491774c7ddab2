/* exc-reader-private.h — what all readers of this folder share
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-command.h"
#include "exc-record.h"
#include "exc-records.h"

G_BEGIN_DECLS

/* Making commands. */

/* A cmdlet of the Exchange endpoint; an error of it ends the pipeline (steps.md, notation). */
ExcCommand *exc_exchange_command_new (const char *name,
                                      const char *server) G_GNUC_WARN_UNUSED_RESULT;
/* Select-Object with exactly these properties. */
ExcCommand *exc_projection_new (const char *const *properties) G_GNUC_WARN_UNUSED_RESULT;
/* @take_command alone, or with the projection behind it. */
ExcPipeline *exc_query_new (ExcCommand *take_command,
                            const char *const *properties,
                            gboolean projected) G_GNUC_WARN_UNUSED_RESULT;
/* One of our scripts. */
ExcCommand *exc_script_command_new (const char *name) G_GNUC_WARN_UNUSED_RESULT;
void exc_command_set_strings (ExcCommand *self, const char *name, const char *const *texts);

/* Reading. All take NULL for a value that is not there. */

/* Text of a property; NULL where it is missing or null. */
char *exc_read_text (ExcValue *object, const char *name) G_GNUC_WARN_UNUSED_RESULT;
/* The same, but a missing or empty one is EXC_ERROR_PROTOCOL that names it. */
char *exc_read_required_text (ExcValue *object,
                              const char *name,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The last part of an ADObjectId's text, "a/b/c" or "a\\c": an object's own name. */
char *exc_read_last_name (ExcValue *object, const char *name) G_GNUC_WARN_UNUSED_RESULT;
/* Texts of a list; NULL where the property is missing. */
GStrv exc_read_texts (ExcValue *object, const char *name) G_GNUC_WARN_UNUSED_RESULT;
ExcTristate exc_read_tristate (ExcValue *object, const char *name);
/* Unix seconds; 0 where there is none. */
gint64 exc_read_time (ExcValue *object, const char *name);
/* A thumbprint property; NULL for a missing, null or empty one. What is no thumbprint is an error.
 */
gboolean exc_read_thumbprint (ExcValue *object,
                              const char *name,
                              char **thumbprint,
                              GError **error);
/* The items of a list, or the one thing that PowerShell took out of its list. None for null.
 * (transfer container) (element-type ExcValue) */
GPtrArray *exc_read_items (ExcValue *object, const char *name) G_GNUC_WARN_UNUSED_RESULT;
/* Reads every object of the output by @read_one into a list freed by @free_one. */
typedef gpointer (*ExcReadFunc) (ExcValue *object, GError **error);
GPtrArray *exc_read_each (ExcReply *reply,
                          ExcReadFunc read_one,
                          GDestroyNotify free_one,
                          GError **error);
/* The one object that a script or an organization-wide reading ends with. (transfer none) */
ExcValue *exc_read_single (ExcReply *reply, GError **error);

/* SHA-1 of a certificate in upper-case hex. */
char *exc_thumbprint_of (GBytes *der) G_GNUC_WARN_UNUSED_RESULT;

/* "0.0.0.0:444" > thumbprint, out of the text of `netsh http show sslcert` in any language. */
void exc_netsh_read_bindings (const char *text, GHashTable *bindings);

G_END_DECLS
