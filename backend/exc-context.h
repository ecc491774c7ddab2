/* exc-context.h — the one root object of a program
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-job.h"
#include "exc-organization.h"
#include "exc-profiles.h"

G_BEGIN_DECLS

#define EXC_TYPE_CONTEXT (exc_context_get_type ())
G_DECLARE_FINAL_TYPE (ExcContext, exc_context, EXC, CONTEXT, GObject)

/**
 * ExcContext:
 *
 * What a program needs once: the clock, where its data lies, the jobs, the open organization and
 * the demo's lab process. App, CLI and tests make one each.
 *
 * Data lies in $XDG_DATA_HOME/thumbprint (real) and …/thumbprint/demo-SCENARIO (demo: its own jobs
 * database and the lab's saved world).
 * Properties: `clock`, `organization`, `jobs`.
 */
ExcContext *exc_context_new (void) G_GNUC_WARN_UNUSED_RESULT;

ExcClock *exc_context_get_clock (ExcContext *self);
ExcOrganization *exc_context_get_organization (
    ExcContext *self); /* (nullable); property `organization` */
ExcJobs *exc_context_get_jobs (
    ExcContext *self); /* (nullable); property `jobs`: of the open organization */

/* The journal of the real jobs, or of a demo's (scenario: nullable); its folder is made. Nothing
 * need be open to list jobs. (transfer full) */
char *exc_context_dup_journal_path (const char *scenario, GError **error);
/* Settings of a saved organization (exc-profiles.h) */
ExcConnectionSettings *exc_context_load_settings (ExcProfile *profile,
                                                  ExcSecret *password,
                                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

void exc_context_set_names (ExcContext *self, ExcNames *names);

/* Starts thumbprint-lab on the scenario (NULL: small) with its saved world and opens it. */
void exc_context_open_demo_async (ExcContext *self,
                                  const char *scenario,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
/* Opens an organization by its settings; no reading yet. */
gboolean exc_context_open (ExcContext *self, ExcConnectionSettings *settings, GError **error);
gboolean exc_context_open_finish (ExcContext *self, GAsyncResult *result, GError **error);
/* Deletes the demo's saved world and jobs, and opens it anew. */
void exc_context_reset_demo_async (ExcContext *self,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
/* Closes shells and the lab; the program may end after it. */
void exc_context_close_async (ExcContext *self,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
gboolean exc_context_close_finish (ExcContext *self, GAsyncResult *result, GError **error);

G_END_DECLS
