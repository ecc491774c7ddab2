/* exc-psrp-pipeline.h — bodies of a pipeline's own messages, built and parsed
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-command.h"
#include "exc-psrp-session.h"

G_BEGIN_DECLS

/**
 * exc_psrp_create_pipeline_new:
 * @version: what both sides agreed on: 2.3 has MergeInformation, 2.2 the four merges before it,
 *   2.1 neither of them
 * @host: for our client &exc_psrp_host_runspace
 *
 * The body of CREATE_PIPELINE ([MS-PSRP] 2.2.2.10): no input, every merge None, scripts with
 * UseLocalScope true, commands with Nil (protocol.md 12).
 */
ExcValue *exc_psrp_create_pipeline_new (ExcPipeline *pipeline,
                                        ExcPsrpVersion version,
                                        const ExcPsrpHostInfo *host) G_GNUC_WARN_UNUSED_RESULT;
/* The server's half. script_name is what a script is called in the ExcCommand; it has no name on
 * the wire. has_input: PIPELINE_INPUT will follow. Several statements (ExtraCmds) are refused. */
ExcPipeline *exc_psrp_create_pipeline_parse (ExcValue *body,
                                             gboolean *has_input,
                                             ExcPsrpHostInfo *host,
                                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Whether any parameter carries a SecureString: the session key is needed first. */
gboolean exc_psrp_pipeline_has_secret (ExcPipeline *pipeline);
gboolean exc_psrp_value_has_secret (ExcValue *value);

/* PIPELINE_STATE, 2.2.2.21 and 2.2.3.5 */
typedef enum {
  EXC_PSRP_PIPELINE_NOT_STARTED = 0,
  EXC_PSRP_PIPELINE_RUNNING = 1,
  EXC_PSRP_PIPELINE_STOPPING = 2,
  EXC_PSRP_PIPELINE_STOPPED = 3,
  EXC_PSRP_PIPELINE_COMPLETED = 4,
  EXC_PSRP_PIPELINE_FAILED = 5,
  EXC_PSRP_PIPELINE_DISCONNECTED = 6,
} ExcPsrpPipelineState;

ExcValue *exc_psrp_pipeline_state_new (ExcPsrpPipelineState state,
                                       ExcValue *take_failure) G_GNUC_WARN_UNUSED_RESULT;
/* failure: (out) (optional) (nullable) (transfer none) */
gboolean exc_psrp_pipeline_state_parse (ExcValue *body,
                                        int *state,
                                        ExcValue **failure,
                                        GError **error);

G_END_DECLS
