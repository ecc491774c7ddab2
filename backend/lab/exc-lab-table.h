/* exc-lab-table.h — what cmdlets there are, and what they take
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-command.h"

G_BEGIN_DECLS

typedef struct {
  char *name;
  char *type;         /* "SwitchParameter", "String", "AllowedServices", … */
  int position;       /* from 1; 0: named only */
  gboolean from_pipe; /* takes pipeline input */
} ExcLabParameter;

typedef struct {
  char *name;
  GPtrArray *mandatory; /* (element-type utf8) */
  GPtrArray *names;     /* (element-type utf8) all parameters of the set */
} ExcLabParameterSet;

/* A cmdlet as Microsoft's reference describes it. */
typedef struct {
  char *name;
  char *class_name;      /* as it stands at the end of error ids */
  GPtrArray *parameters; /* (element-type ExcLabParameter) */
  GPtrArray *sets;       /* (element-type ExcLabParameterSet) */
} ExcLabCmdlet;

/**
 * ExcLabTable:
 *
 * data/exchange-cmdlets.json, and the few commands of PowerShell that Exchange's sessions show.
 */
typedef struct _ExcLabTable ExcLabTable;

ExcLabTable *exc_lab_table_load (GError **error) G_GNUC_WARN_UNUSED_RESULT;
void exc_lab_table_free (ExcLabTable *self);
/* (nullable) (transfer none), case ignored */
const ExcLabCmdlet *exc_lab_table_lookup (ExcLabTable *self, const char *name);

/**
 * exc_lab_table_bind:
 * @command: as the client sent it
 * @has_input: whether objects come by the pipeline
 * @failure: (out): an ErrorRecord value as PowerShell's binder words it
 *
 * PowerShell's parameter binding: names in any case and by unique prefix, positions, types, sets,
 * what is mandatory.
 *
 * Returns: (transfer full) (nullable) (element-type utf8 ExcValue): converted arguments by the
 *   parameters' full names: booleans for switches, lists of strings for lists, numbers for flags
 */
GHashTable *exc_lab_table_bind (const ExcLabCmdlet *cmdlet,
                                ExcCommand *command,
                                gboolean has_input,
                                ExcValue **failure) G_GNUC_WARN_UNUSED_RESULT;

/* One value to a parameter's type; NULL with @failure. (exc-lab-convert.c) */
ExcValue *exc_lab_convert (const ExcLabCmdlet *cmdlet,
                           const ExcLabParameter *parameter,
                           ExcValue *value,
                           ExcValue **failure) G_GNUC_WARN_UNUSED_RESULT;
ExcValue *exc_lab_binding_error_new (const ExcLabCmdlet *cmdlet,
                                     const char *id,
                                     const char *message) G_GNUC_WARN_UNUSED_RESULT;
/* "The term 'X' is not recognized …" */
ExcValue *exc_lab_not_recognized_new (const char *name) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ExcLabTable, exc_lab_table_free)

G_END_DECLS
