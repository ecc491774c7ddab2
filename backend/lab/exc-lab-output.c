/* exc-lab-output.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-lab"

#include "config.h"

#include "exc-lab-session.h"

G_DEFINE_ABSTRACT_TYPE (ExcLabOutput, exc_lab_output, G_TYPE_OBJECT)

static void
exc_lab_output_class_init (ExcLabOutputClass *klass)
{
}

static void
exc_lab_output_init (ExcLabOutput *self)
{
}

/**
 * exc_lab_output_write:
 * @self: an output
 * @stream: which record it is
 * @value: the record; errors as exc_lab_error_record_new() makes them
 */
void
exc_lab_output_write (ExcLabOutput *self, ExcStream stream, ExcValue *value)
{
  g_return_if_fail (EXC_IS_LAB_OUTPUT (self));
  g_return_if_fail (value != NULL);

  EXC_LAB_OUTPUT_GET_CLASS (self)->write (self, stream, value);
}

/**
 * exc_lab_output_prompt_async:
 * @self: an output
 * @caption: what is being confirmed
 * @message: the question
 * @labels: (array zero-terminated=1): the choices, with `&` in front of their letters
 * @default_choice: an index, -1 for none
 * @cancellable: (nullable): the pipeline's
 * @callback: called with the answer
 * @user_data: data for @callback
 *
 * Asks the client, as a cmdlet's ShouldProcess does.
 */
void
exc_lab_output_prompt_async (ExcLabOutput *self,
                             const char *caption,
                             const char *message,
                             const char *const *labels,
                             int default_choice,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_return_if_fail (EXC_IS_LAB_OUTPUT (self));

  EXC_LAB_OUTPUT_GET_CLASS (self)->prompt_async (
      self, caption, message, labels, default_choice, cancellable, callback, user_data);
}

/**
 * exc_lab_output_prompt_finish:
 * @self: an output
 * @result: the result
 * @error: return location for an error
 *
 * Returns: the chosen index; -1 with %EXC_ERROR_REFUSED when nobody answers
 */
int
exc_lab_output_prompt_finish (ExcLabOutput *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (EXC_IS_LAB_OUTPUT (self), -1);

  return EXC_LAB_OUTPUT_GET_CLASS (self)->prompt_finish (self, result, error);
}
