/* interop-host.h — a WS-Management server on loopback for the tests of this folder
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-lab-wsman.h"
#include "exc-shell.h"

G_BEGIN_DECLS

/**
 * InteropHost:
 *
 * One server on a free port of 127.0.0.1. Behind a path stands the engine, started anew for each
 * shell, or a session of the simulated organization.
 */
typedef struct _InteropHost InteropHost;

InteropHost *interop_host_new (void);
void interop_host_free (InteropHost *self);

/* arguments: of the engine, from "serve" on; environment: NAME=VALUE, (nullable) */
void interop_host_add_engine (InteropHost *self,
                              const char *path,
                              const char *configuration,
                              const char *const *arguments,
                              const char *const *environment);
ExcLabWsman *interop_host_get_wsman (InteropHost *self);
/* The port, and the credentials that it takes; to be used once the paths are there. */
guint16 interop_host_listen (InteropHost *self);
ExcCredentials *interop_host_dup_credentials (InteropHost *self) G_GNUC_WARN_UNUSED_RESULT;
/* The same. */
ExcShell *interop_host_open_shell (InteropHost *self, const char *path, const char *configuration);

/* What a shell does, waited for. NULL with an error where the call itself failed. */
ExcReply *interop_run (ExcShell *shell, ExcPipeline *take, GError **error);
void interop_close (ExcShell *shell);

/* The permit of these tests. */
ExcPermit *interop_permit (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InteropHost, interop_host_free)

G_END_DECLS
