/* exc-plan-auth.c — the Auth certificate: rotated, replaced, distributed (steps.md B)
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-plan"

#include "config.h"

#include "exc-auth-private.h"
#include "exc-auth-steps.h"
#include "exc-changes.h"
#include "exc-error.h"
#include "exc-plan-private.h"
#include "exc-renew-steps.h"
#include "exc-step-confirm.h"
#include "exc-step-gate.h"

#include <glib/gi18n.h>

#define KIND_ROTATE     "rotate-auth"
#define KIND_REPLACE    "replace-auth"
#define KIND_DISTRIBUTE "distribute-auth"

/* Another site may get the certificate a day late (domain.md 4.1); then it is copied. */
#define PATIENCE_S (24 * 3600)

/* The barriers. */
enum {
  PHASE_MAKE,
  PHASE_DEPLOY,
  PHASE_PUBLISH,
  PHASE_REFRESH,
  PHASE_CLEAR,
  PHASE_REMOVE,
};

/* Takes the step. */
static void
add_step (GPtrArray *steps, guint phase, ExcStep *step)
{
  exc_step_set_phase (step, phase);
  g_ptr_array_add (steps, step);
}

static void
add_action (GPtrArray *steps,
            guint phase,
            ExcAuthStepKind kind,
            ExcAuthTarget *target,
            ExcAuthServer *server)
{
  add_step (steps, phase, exc_step_auth_new (kind, target, server));
}

static void
add_confirm (GPtrArray *steps, guint phase, ExcAuthTarget *target)
{
  if (!target->is_hybrid)
    return;
  add_step (
      steps,
      phase,
      exc_step_confirm_new (
          "hybrid",
          _ ("Tell Exchange Online the new certificate"),
             target->mode == EXC_AUTH_ROTATE
             ? _ ("Run ConfigureExchangeHybridApplication.ps1 -UpdateCertificate now, which uploads the "
                   "current and the next certificate; without the dedicated hybrid application, run the "
                   "Hybrid Configuration Wizard as soon as the certificate is the current one. Then "
                   "confirm this step.")
             : _ ("Run the Hybrid Configuration Wizard, or with the dedicated hybrid application "
                   "ConfigureExchangeHybridApplication.ps1 -UpdateCertificate. Then confirm this "
                   "step.")));
}

static ExcStep *
create_step (ExcAuthTarget *target)
{
  g_autoptr(ExcPipeline) pipeline = exc_change_create_auth (target->server);
  g_autofree char *sentence = g_strdup_printf (
      _ ("Create a new Auth certificate on %s; the default SMTP certificate stays"), target->name);

  return exc_step_create_new (&(ExcCreation){ .server = target->server,
                                              .sentence = sentence,
                                              .pipeline = pipeline,
                                              .subject = EXC_AUTH_SUBJECT,
                                              .internal = target->internal });
}

static void
add_organization (ExcPlan *self, ExcAuthTarget *target)
{
  const gboolean is_replaced = target->mode == EXC_AUTH_REPLACE;
  g_autoptr(GPtrArray) steps = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr(GPtrArray) undo_steps = g_ptr_array_new_with_free_func (g_object_unref);
  ExcStep *create = target->continues ? NULL : create_step (target);
  ExcStep *stage = exc_step_auth_stage_new (target);

  if (create != NULL) {
    add_step (steps, PHASE_MAKE, create);
    add_action (steps, PHASE_MAKE, EXC_AUTH_STEP_ALLOW, target, NULL);
  }
  add_step (steps, PHASE_MAKE, stage);
  if (is_replaced) {
    add_action (steps, PHASE_MAKE, EXC_AUTH_STEP_PUBLISH, target, NULL);
    if (!target->is_useless)
      add_confirm (steps, PHASE_CLEAR, target);
    add_action (steps, PHASE_CLEAR, EXC_AUTH_STEP_CLEAR, target, NULL);
    if (target->is_useless)
      add_confirm (steps, PHASE_CLEAR, target);
  } else {
    add_confirm (steps, PHASE_PUBLISH, target);
    add_action (steps, PHASE_PUBLISH, EXC_AUTH_STEP_AWAIT, target, NULL);
    add_action (steps, PHASE_PUBLISH, EXC_AUTH_STEP_HASTEN, target, NULL);
    add_action (steps, PHASE_PUBLISH, EXC_AUTH_STEP_PUBLISHED, target, NULL);
    add_action (steps, PHASE_CLEAR, EXC_AUTH_STEP_CLEAR, target, NULL);
  }
  g_ptr_array_add (undo_steps, g_object_ref (stage));
  if (create != NULL)
    g_ptr_array_add (undo_steps, g_object_ref (create));
  exc_plan_add_lane (self, EXC_LANE_ORGANIZATION, steps, undo_steps);
}

static void
add_server (ExcPlan *self, ExcAuthTarget *target, ExcAuthServer *server)
{
  const gboolean is_replaced = target->mode == EXC_AUTH_REPLACE;
  g_autoptr(GPtrArray) steps = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr(GPtrArray) undo_steps = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr(ExcRenewTarget) named = exc_renew_target_new (server->fqdn, server->name);
  const char *source = target->continues ? target->next_source : target->server;

  if (g_strcmp0 (server->fqdn, source) != 0)
    add_step (
        steps,
        PHASE_DEPLOY,
        exc_step_auth_import_new ("deploy", server, NULL, source, is_replaced ? 0 : PATIENCE_S));
  add_step (steps, PHASE_REFRESH, exc_step_gate_new (server->name));
  if (is_replaced)
    add_action (steps, PHASE_REFRESH, EXC_AUTH_STEP_HOST, target, server);
  add_step (steps, PHASE_REFRESH, exc_step_restart_new (named, EXC_RESTART_POOLS));
  add_action (steps, PHASE_REFRESH, EXC_AUTH_STEP_SMTP, target, server);
  if (target->removes_old)
    add_action (steps, PHASE_REMOVE, EXC_AUTH_STEP_REMOVE, target, server);
  exc_plan_add_lane (self, server->fqdn, steps, undo_steps);
}

static ExcAuthTarget *
read_target (JsonObject *input, ExcAuthMode mode, GError **error)
{
  ExcAuthTarget *target = exc_auth_target_read (input, error);

  if (target != NULL)
    target->mode = mode;
  return target;
}

static gboolean
build_change (ExcPlan *self, JsonObject *input, ExcAuthMode mode, const char *title, GError **error)
{
  g_autoptr(ExcAuthTarget) target = read_target (input, mode, error);

  if (target == NULL)
    return FALSE;
  exc_plan_set_title (self, title);
  if (target->server == NULL)
    return TRUE;
  add_organization (self, target);
  for (guint i = 0; i < target->servers->len; i++)
    add_server (self, target, g_ptr_array_index (target->servers, i));
  return TRUE;
}

gboolean
exc_plan_build_rotate_auth (ExcPlan *self, JsonObject *input, GError **error)
{
  return build_change (self, input, EXC_AUTH_ROTATE, _ ("Rotate the Auth certificate"), error);
}

gboolean
exc_plan_build_replace_auth (ExcPlan *self, JsonObject *input, GError **error)
{
  return build_change (
      self, input, EXC_AUTH_REPLACE, _ ("Replace the Auth certificate now"), error);
}

gboolean
exc_plan_build_distribute_auth (ExcPlan *self, JsonObject *input, GError **error)
{
  g_autoptr(ExcAuthTarget) target = read_target (input, EXC_AUTH_DISTRIBUTE, error);
  guint n_servers = 0;
  g_autofree char *title = NULL;

  if (target == NULL)
    return FALSE;
  for (guint i = 0; i < target->servers->len; i++) {
    ExcAuthServer *server = g_ptr_array_index (target->servers, i);
    g_autoptr(GPtrArray) steps = g_ptr_array_new_with_free_func (g_object_unref);
    g_autoptr(GPtrArray) undo_steps = g_ptr_array_new_with_free_func (g_object_unref);

    if (server->lacks_current && target->current_source != NULL)
      add_step (steps,
                PHASE_MAKE,
                exc_step_auth_import_new (
                    "copy-current", server, target->current, target->current_source, 0));
    if (server->lacks_next && target->next_source != NULL)
      add_step (
          steps,
          PHASE_MAKE,
          exc_step_auth_import_new ("copy-next", server, target->next, target->next_source, 0));
    if (steps->len == 0)
      continue;
    n_servers++;
    exc_plan_add_lane (self, server->fqdn, steps, undo_steps);
  }
  title = g_strdup_printf (ngettext ("Copy the Auth certificate to %u server",
                                     "Copy the Auth certificate to %u servers",
                                     n_servers),
                           n_servers);
  exc_plan_set_title (self, title);
  return TRUE;
}

char *
exc_plan_summarize_auth (guint n_done, guint n_servers)
{
  return g_strdup_printf (ngettext ("%1$u of %2$u server is done with the Auth certificate.",
                                    "%1$u of %2$u servers are done with the Auth certificate.",
                                    n_servers),
                          n_done,
                          n_servers);
}

/* Where a copy is wanted and none can be made. */
static void
check_sources (ExcPlan *self, ExcAuthTarget *target)
{
  guint n_lacking = 0;

  for (guint i = 0; i < target->servers->len; i++) {
    ExcAuthServer *server = g_ptr_array_index (target->servers, i);
    const char *lacking = server->lacks_current && target->current_source == NULL ? target->current
                          : server->lacks_next && target->next_source == NULL     ? target->next
                                                                                  : NULL;
    g_autofree char *text = NULL;

    n_lacking += server->lacks_current || server->lacks_next;
    if (lacking == NULL)
      continue;
    text = g_strdup_printf (_ ("No server has certificate %1$s with a key that can be exported, so %2$s cannot be given it. "
           "Make a new Auth certificate instead."),
                               lacking,
                               server->name);
    exc_plan_add_check (self, server->fqdn, EXC_CHECK_BLOCKED, text);
  }
  if (n_lacking == 0 && target->servers->len > 0)
    exc_plan_add_check (self,
                        NULL,
                        EXC_CHECK_BLOCKED,
                        _ ("Every server that answers has the Auth certificate already."));
}

static ExcPlan *
plan_auth (ExcSnapshot *snapshot,
           const char *kind,
           ExcAuthMode mode,
           const ExcAuthOptions *options,
           GError **error)
{
  const ExcAuthOptions defaults = EXC_AUTH_OPTIONS_INIT;
  g_autoptr(ExcAuthTarget) target = exc_auth_target_new (mode);
  g_autoptr(ExcPlan) self = exc_plan_new (kind);

  if (!exc_auth_check (self, snapshot, options != NULL ? options : &defaults, target, error))
    return NULL;
  if (mode == EXC_AUTH_DISTRIBUTE)
    check_sources (self, target);
  if (!exc_plan_build (self, exc_auth_target_to_json (target), error))
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * exc_plan_new_rotate_auth:
 * @snapshot: the organization as it was seen last
 * @options: (nullable): %NULL for the safe defaults
 *
 * Plans a new Auth certificate that takes effect at a later date (steps.md B-R). It goes on for
 * weeks: the job waits, and is taken up again.
 *
 * Returns: (transfer full) (nullable): the plan; %NULL with %EXC_ERROR_NOT_FOUND for a server that
 *   is not in the organization, %EXC_ERROR_INPUT for a number that is out of range
 */
ExcPlan *
exc_plan_new_rotate_auth (ExcSnapshot *snapshot, const ExcAuthOptions *options, GError **error)
{
  g_return_val_if_fail (EXC_IS_SNAPSHOT (snapshot), NULL);

  return plan_auth (snapshot, KIND_ROTATE, EXC_AUTH_ROTATE, options, error);
}

/**
 * exc_plan_new_replace_auth:
 *
 * Plans a new Auth certificate that takes effect at once (steps.md B-E): for one that has expired
 * or is lost.
 *
 * Returns: (transfer full) (nullable): as exc_plan_new_rotate_auth()
 */
ExcPlan *
exc_plan_new_replace_auth (ExcSnapshot *snapshot, const ExcAuthOptions *options, GError **error)
{
  g_return_val_if_fail (EXC_IS_SNAPSHOT (snapshot), NULL);

  return plan_auth (snapshot, KIND_REPLACE, EXC_AUTH_REPLACE, options, error);
}

/**
 * exc_plan_new_distribute_auth:
 *
 * Plans copies of the current and the next Auth certificate for the servers that lack them
 * (steps.md B-I).
 *
 * Returns: (transfer full) (nullable): as exc_plan_new_rotate_auth()
 */
ExcPlan *
exc_plan_new_distribute_auth (ExcSnapshot *snapshot, const ExcAuthOptions *options, GError **error)
{
  g_return_val_if_fail (EXC_IS_SNAPSHOT (snapshot), NULL);

  return plan_auth (snapshot, KIND_DISTRIBUTE, EXC_AUTH_DISTRIBUTE, options, error);
}
