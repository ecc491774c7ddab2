/* exc-lab-faults.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-lab-faults"

#include "config.h"

#include "exc-lab-faults.h"

#include <glib/gi18n.h>

#include "exc-error.h"
#include "exc-scripts.h"

struct _ExcLabFaults {
  GPtrArray *troubles; /* (element-type ExcLabTrouble) */
  guint last_id;
};

static const char *const kinds[] = {
  "refuse", "drop", "delay", "status", "fault", "error", "down"
};

static void
trouble_free (ExcLabTrouble *trouble)
{
  g_free (trouble->server);
  g_free (trouble->endpoint);
  g_free (trouble->command);
  g_free (trouble->operation);
  g_free (trouble->message);
  g_free (trouble->error_id);
  g_free (trouble);
}

ExcLabFaults *
exc_lab_faults_new (void)
{
  ExcLabFaults *self = g_new0 (ExcLabFaults, 1);

  self->troubles = g_ptr_array_new_with_free_func ((GDestroyNotify) trouble_free);
  return self;
}

void
exc_lab_faults_free (ExcLabFaults *self)
{
  g_ptr_array_unref (self->troubles);
  g_free (self);
}

static char *
dup_word (JsonObject *object, const char *name)
{
  const char *text = json_object_get_string_member_with_default (object, name, NULL);

  return text == NULL || g_str_equal (text, "*") ? NULL : g_strdup (text);
}

static guint
get_uint (JsonObject *object, const char *name, guint fallback)
{
  gint64 value = json_object_get_int_member_with_default (object, name, fallback);

  return (guint) CLAMP (value, 0, (gint64) G_MAXUINT);
}

guint
exc_lab_faults_add (ExcLabFaults *self, JsonObject *object, GError **error)
{
  const char *kind = json_object_get_string_member_with_default (object, "kind", "");
  ExcLabTrouble *trouble;
  guint index = 0;

  while (index < G_N_ELEMENTS (kinds) && !g_str_equal (kinds[index], kind))
    index++;
  if (index == G_N_ELEMENTS (kinds)) {
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_INPUT,
                 _("“%s” is not a kind of fault; use refuse, drop, delay, status, fault, error or "
                   "down."),
                    kind);
    return 0;
  }
  trouble = g_new0 (ExcLabTrouble, 1);
  trouble->id = ++self->last_id;
  trouble->kind = (ExcLabTroubleKind) index;
  trouble->server = dup_word (object, "server");
  trouble->endpoint = dup_word (object, "endpoint");
  trouble->command = dup_word (object, "command");
  trouble->operation = dup_word (object, "operation");
  trouble->is_after =
      g_str_equal (json_object_get_string_member_with_default (object, "when", "before"), "after");
  trouble->skip = get_uint (object, "after", 0);
  trouble->left = get_uint (object, "times", G_MAXUINT);
  trouble->delay_ms = get_uint (object, "ms", 1000);
  trouble->status = get_uint (object, "status", 401);
  trouble->code = get_uint (object, "code", 2150858843u);
  trouble->message = dup_word (object, "message");
  trouble->error_id = dup_word (object, "errorId");
  g_ptr_array_add (self->troubles, trouble);
  return trouble->id;
}

gboolean
exc_lab_faults_clear (ExcLabFaults *self, guint id)
{
  gboolean is_found = id == 0;

  for (guint i = self->troubles->len; i > 0; i--) {
    ExcLabTrouble *trouble = g_ptr_array_index (self->troubles, i - 1);

    if (id == 0 || trouble->id == id) {
      g_ptr_array_remove_index (self->troubles, i - 1);
      is_found = TRUE;
    }
  }
  return is_found;
}

static gboolean
matches (const ExcLabTrouble *trouble, const char *const *names, const char *endpoint)
{
  gboolean is_named = trouble->server == NULL;

  for (guint i = 0; names[i] != NULL && !is_named; i++)
    is_named = g_ascii_strcasecmp (trouble->server, names[i]) == 0;
  return is_named && trouble->left > 0 &&
         (trouble->endpoint == NULL || endpoint == NULL ||
          g_ascii_strcasecmp (trouble->endpoint, endpoint) == 0);
}

/* Lets the first ones pass, then meets so many. */
static gboolean
is_its_turn (ExcLabTrouble *trouble)
{
  if (trouble->skip > 0) {
    trouble->skip--;
    return FALSE;
  }
  if (trouble->left != G_MAXUINT)
    trouble->left--;
  return TRUE;
}

static ExcLabFault
to_fault (const ExcLabTrouble *trouble)
{
  static const ExcLabFaultKind map[] = {
    [EXC_LAB_TROUBLE_REFUSE] = EXC_LAB_FAULT_REFUSE,
    [EXC_LAB_TROUBLE_DROP] = EXC_LAB_FAULT_DROP,
    [EXC_LAB_TROUBLE_DELAY] = EXC_LAB_FAULT_DELAY,
    [EXC_LAB_TROUBLE_STATUS] = EXC_LAB_FAULT_STATUS,
    [EXC_LAB_TROUBLE_FAULT] = EXC_LAB_FAULT_WSMAN,
    [EXC_LAB_TROUBLE_ERROR] = EXC_LAB_FAULT_NONE,
    [EXC_LAB_TROUBLE_DOWN] = EXC_LAB_FAULT_REFUSE,
  };

  return (ExcLabFault){ map[trouble->kind], trouble->delay_ms, trouble->status, trouble->code };
}

ExcLabFault
exc_lab_faults_meet_request (ExcLabFaults *self,
                             const char *const *names,
                             const char *endpoint,
                             const char *operation)
{
  for (guint i = 0; i < self->troubles->len; i++) {
    ExcLabTrouble *trouble = g_ptr_array_index (self->troubles, i);

    if (trouble->command != NULL || trouble->kind == EXC_LAB_TROUBLE_ERROR ||
        !matches (trouble, names, endpoint) ||
        (trouble->operation != NULL && g_ascii_strcasecmp (trouble->operation, operation) != 0))
      continue;
    if (is_its_turn (trouble))
      return to_fault (trouble);
  }
  return (ExcLabFault){ EXC_LAB_FAULT_NONE, 0, 0, 0 };
}

static gboolean
holds_command (ExcPipeline *pipeline, const char *name)
{
  for (guint i = 0; i < exc_pipeline_get_n_commands (pipeline); i++) {
    ExcCommand *command = exc_pipeline_get_command (pipeline, i);
    const char *text = exc_command_get_script (command);
    const ExcScript *script = text != NULL ? exc_script_recognize (text) : NULL;
    const char *its_name = text == NULL     ? exc_command_get_name (command)
                           : script != NULL ? script->name
                                            : "";

    if (g_ascii_strcasecmp (its_name, name) == 0)
      return TRUE;
  }
  return FALSE;
}

const ExcLabTrouble *
exc_lab_faults_meet_pipeline (ExcLabFaults *self,
                              const char *const *names,
                              const char *endpoint,
                              ExcPipeline *pipeline,
                              gboolean is_after)
{
  for (guint i = 0; i < self->troubles->len; i++) {
    ExcLabTrouble *trouble = g_ptr_array_index (self->troubles, i);

    if ((trouble->command == NULL && trouble->kind != EXC_LAB_TROUBLE_ERROR) ||
        trouble->is_after != is_after || !matches (trouble, names, endpoint) ||
        (trouble->command != NULL && !holds_command (pipeline, trouble->command)))
      continue;
    if (is_its_turn (trouble))
      return trouble;
  }
  return NULL;
}

/* Only without counts: then nothing listens at all. */
gboolean
exc_lab_faults_is_refused (ExcLabFaults *self, const char *const *names, const char *endpoint)
{
  for (guint i = 0; i < self->troubles->len; i++) {
    ExcLabTrouble *trouble = g_ptr_array_index (self->troubles, i);

    if (trouble->kind == EXC_LAB_TROUBLE_REFUSE && trouble->command == NULL &&
        trouble->operation == NULL && trouble->skip == 0 && trouble->left == G_MAXUINT &&
        matches (trouble, names, endpoint))
      return TRUE;
  }
  return exc_lab_faults_is_down (self, names);
}

gboolean
exc_lab_faults_is_down (ExcLabFaults *self, const char *const *names)
{
  for (guint i = 0; i < self->troubles->len; i++) {
    ExcLabTrouble *trouble = g_ptr_array_index (self->troubles, i);

    if (trouble->kind == EXC_LAB_TROUBLE_DOWN && matches (trouble, names, NULL))
      return TRUE;
  }
  return FALSE;
}

void
exc_lab_faults_cut_next_reply (ExcLabFaults *self, const char *server, const char *endpoint)
{
  ExcLabTrouble *trouble = g_new0 (ExcLabTrouble, 1);

  trouble->id = ++self->last_id;
  trouble->kind = EXC_LAB_TROUBLE_DROP;
  trouble->server = g_strdup (server);
  trouble->endpoint = g_strdup (endpoint);
  trouble->operation = g_strdup ("Receive");
  trouble->left = 1;
  g_ptr_array_add (self->troubles, trouble);
}
