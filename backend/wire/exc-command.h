/* exc-command.h — what is sent to a server, as data
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-value.h"

G_BEGIN_DECLS

/**
 * ExcPermit:
 *
 * The right to change one server. Only the runner of a plan makes one; every way to a server
 * refuses a changing pipeline that comes without it. Where no permit exists, nothing can change.
 */
typedef struct _ExcPermit ExcPermit;

#define EXC_TYPE_PERMIT (exc_permit_get_type ())
GType exc_permit_get_type (void);

ExcPermit *exc_permit_new (const char *job_id) G_GNUC_WARN_UNUSED_RESULT;
ExcPermit *exc_permit_ref (ExcPermit *self);
void exc_permit_unref (ExcPermit *self);
const char *exc_permit_get_job_id (ExcPermit *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ExcPermit, exc_permit_unref)

/**
 * ExcCommand:
 *
 * A cmdlet, or a script, with typed parameters. A script is one of our own files, sent whole and
 * unchanged; what varies goes into its parameters. No script text is ever put together.
 */
typedef struct _ExcCommand ExcCommand;

ExcCommand *exc_command_new (const char *name) G_GNUC_WARN_UNUSED_RESULT;
/* name: of the resource, for people; changes: whether running it can change the server */
ExcCommand *exc_command_new_script (const char *name,
                                    const char *text,
                                    gboolean changes) G_GNUC_WARN_UNUSED_RESULT;
void exc_command_free (ExcCommand *self);

/* Each adds a parameter; @name is without the dash and lives as long as the command (copied).
 * exc_command_set_switch (…, FALSE) sends <B>false</B>, which -Confirm:$false is. */
void exc_command_set (ExcCommand *self, const char *name, ExcValue *take);
void exc_command_set_string (ExcCommand *self,
                             const char *name,
                             const char *text); /* NULL: left out */
void exc_command_set_switch (ExcCommand *self, const char *name, gboolean on);
void exc_command_set_int (ExcCommand *self, const char *name, gint32 value);

const char *exc_command_get_name (ExcCommand *self);
const char *exc_command_get_script (ExcCommand *self); /* (nullable): NULL for a cmdlet */
gboolean exc_command_is_changing (ExcCommand *self);
guint exc_command_get_n_parameters (ExcCommand *self);
const char *exc_command_get_parameter_name (ExcCommand *self, guint index); /* NULL: positional */
ExcValue *exc_command_get_parameter (ExcCommand *self, guint index);        /* (transfer none) */
ExcValue *exc_command_lookup (ExcCommand *self, const char *name); /* (nullable), case ignored */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ExcCommand, exc_command_free)

/**
 * ExcPipeline:
 *
 * One or several commands joined by `|`, run as one. It is built by one owner and not changed
 * after it was handed on. @choice answers a PromptForChoice that the server raises all the same:
 * the letter behind `&` in the label ('N' for "&No"); without one every prompt is refused and its
 * text kept in the reply. With a question, only a prompt that mentions it is answered, whatever its
 * case: a thumbprint stands in the text in every language, and all other prompts are refused.
 */
typedef struct _ExcPipeline ExcPipeline;

#define EXC_TYPE_PIPELINE (exc_pipeline_get_type ())
GType exc_pipeline_get_type (void);

ExcPipeline *exc_pipeline_new (void) G_GNUC_WARN_UNUSED_RESULT;
ExcPipeline *exc_pipeline_new_single (ExcCommand *take) G_GNUC_WARN_UNUSED_RESULT;
ExcPipeline *exc_pipeline_ref (ExcPipeline *self);
void exc_pipeline_unref (ExcPipeline *self);

void exc_pipeline_append (ExcPipeline *self, ExcCommand *take);
void exc_pipeline_set_choice (ExcPipeline *self, char accelerator);
char exc_pipeline_get_choice (ExcPipeline *self); /* 0: none */
void exc_pipeline_set_question (ExcPipeline *self, const char *mentions);
const char *exc_pipeline_get_question (ExcPipeline *self); /* (nullable): any */
guint exc_pipeline_get_n_commands (ExcPipeline *self);
ExcCommand *exc_pipeline_get_command (ExcPipeline *self, guint index); /* (transfer none) */
gboolean exc_pipeline_is_changing (ExcPipeline *self);

/* As an admin would type it, for *Show PowerShell*: secrets as ‹secret›, byte arrays by length,
 * a script as its whole text with its parameters behind it. */
char *exc_pipeline_to_powershell (ExcPipeline *self) G_GNUC_WARN_UNUSED_RESULT;
/* One line of the same for logs and the journal: a script by its name. */
char *exc_pipeline_to_line (ExcPipeline *self) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ExcPipeline, exc_pipeline_unref)

G_END_DECLS
