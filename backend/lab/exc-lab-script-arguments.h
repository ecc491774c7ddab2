/* exc-lab-script-arguments.h — what PowerShell's binder makes of a script's arguments
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-command.h"

G_BEGIN_DECLS

typedef enum {
  EXC_LAB_ARGUMENT_STRING,
  EXC_LAB_ARGUMENT_THUMBPRINT, /* a string with the pattern of 40 hex digits */
  EXC_LAB_ARGUMENT_INT,
  EXC_LAB_ARGUMENT_STRINGS,
  EXC_LAB_ARGUMENT_BYTES,
} ExcLabArgumentType;

/* One of a param block; a block ends with a name of NULL. */
typedef struct {
  const char *name;
  ExcLabArgumentType type;
  gboolean is_mandatory;
} ExcLabScriptParameter;

/* By the parameters' own names, converted; NULL with @failure, an ErrorRecord value.
 * (transfer full) (element-type utf8 ExcValue) */
GHashTable *exc_lab_script_bind_arguments (const ExcLabScriptParameter *parameters,
                                           ExcCommand *command,
                                           ExcValue **failure) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
