/* exc-lab-session.h — the seam between the lab's protocol side and its world
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-command.h"
#include "exc-record.h"

G_BEGIN_DECLS

/**
 * ExcLabOutput:
 *
 * Where a running pipeline's records go, and who asks its questions. Made by the protocol side,
 * one a pipeline.
 */
#define EXC_TYPE_LAB_OUTPUT (exc_lab_output_get_type ())
G_DECLARE_DERIVABLE_TYPE (ExcLabOutput, exc_lab_output, EXC, LAB_OUTPUT, GObject)

struct _ExcLabOutputClass {
  GObjectClass parent_class;

  void (*write) (ExcLabOutput *self, ExcStream stream, ExcValue *value);
  void (*prompt_async) (ExcLabOutput *self,
                        const char *caption,
                        const char *message,
                        const char *const *labels, /* "&Yes", "Yes to &All", … */
                        int default_choice,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data);
  int (*prompt_finish) (ExcLabOutput *self, GAsyncResult *result, GError **error);
};

/* Errors are written as ErrorRecord values: exc_lab_error_record_new. */
void exc_lab_output_write (ExcLabOutput *self, ExcStream stream, ExcValue *value);
/* -1 with EXC_ERROR_REFUSED where the client has no host: PowerShell then fails the pipeline. */
void exc_lab_output_prompt_async (ExcLabOutput *self,
                                  const char *caption,
                                  const char *message,
                                  const char *const *labels,
                                  int default_choice,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
int exc_lab_output_prompt_finish (ExcLabOutput *self, GAsyncResult *result, GError **error);

ExcValue *exc_lab_error_record_new (const char *message,
                                    const char *exception_type,
                                    const char *error_id,
                                    int category,
                                    const char *reason) G_GNUC_WARN_UNUSED_RESULT;

/**
 * ExcLabSession:
 *
 * One open shell's far end: it is given pipelines as the client sent them (a script has its text)
 * and answers as the server would. The world implements it for the Exchange and for the Windows
 * endpoint. @run_finish returns FALSE with @failure, an ErrorRecord value, for a terminating error.
 * @query: of the URL the shell was created with (serializationLevel=Full), nullable.
 */
#define EXC_TYPE_LAB_SESSION (exc_lab_session_get_type ())
G_DECLARE_INTERFACE (ExcLabSession, exc_lab_session, EXC, LAB_SESSION, GObject)

struct _ExcLabSessionInterface {
  GTypeInterface parent_interface;

  void (*run_async) (ExcLabSession *self,
                     ExcPipeline *pipeline,
                     ExcLabOutput *output,
                     GCancellable *cancellable, /* cancelled: the client signalled stop */
                     GAsyncReadyCallback callback,
                     gpointer user_data);
  gboolean (*run_finish) (ExcLabSession *self,
                          GAsyncResult *result,
                          ExcValue **failure,
                          GError **error);
};

/* Makes the session of a shell being created; NULL with an error refuses the shell (a fault). */
typedef ExcLabSession *(*ExcLabSessionFactory) (
    gpointer data, const char *configuration, const char *query, const char *user, GError **error);

G_END_DECLS
