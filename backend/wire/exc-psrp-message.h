/* exc-psrp-message.h — the envelope of a PSRP message: who, what, for which pipeline
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-clixml.h"

G_BEGIN_DECLS

typedef enum {
  EXC_PSRP_TO_CLIENT = 1,
  EXC_PSRP_TO_SERVER = 2,
} ExcPsrpDestination;

/* [MS-PSRP] 2.2.1, MessageType */
typedef enum {
  EXC_PSRP_SESSION_CAPABILITY = 0x00010002,
  EXC_PSRP_INIT_RUNSPACEPOOL = 0x00010004,
  EXC_PSRP_PUBLIC_KEY = 0x00010005,
  EXC_PSRP_ENCRYPTED_SESSION_KEY = 0x00010006,
  EXC_PSRP_PUBLIC_KEY_REQUEST = 0x00010007,
  EXC_PSRP_CONNECT_RUNSPACEPOOL = 0x00010008,
  EXC_PSRP_SET_MAX_RUNSPACES = 0x00021002,
  EXC_PSRP_SET_MIN_RUNSPACES = 0x00021003,
  EXC_PSRP_RUNSPACE_AVAILABILITY = 0x00021004,
  EXC_PSRP_RUNSPACEPOOL_STATE = 0x00021005,
  EXC_PSRP_CREATE_PIPELINE = 0x00021006,
  EXC_PSRP_GET_AVAILABLE_RUNSPACES = 0x00021007,
  EXC_PSRP_USER_EVENT = 0x00021008,
  EXC_PSRP_APPLICATION_PRIVATE_DATA = 0x00021009,
  EXC_PSRP_GET_COMMAND_METADATA = 0x0002100A,
  EXC_PSRP_RUNSPACEPOOL_INIT_DATA = 0x0002100B,
  EXC_PSRP_RESET_RUNSPACE_STATE = 0x0002100C,
  EXC_PSRP_RUNSPACEPOOL_HOST_CALL = 0x00021100,
  EXC_PSRP_RUNSPACEPOOL_HOST_RESPONSE = 0x00021101,
  EXC_PSRP_PIPELINE_INPUT = 0x00041002,
  EXC_PSRP_END_OF_PIPELINE_INPUT = 0x00041003,
  EXC_PSRP_PIPELINE_OUTPUT = 0x00041004,
  EXC_PSRP_ERROR_RECORD = 0x00041005,
  EXC_PSRP_PIPELINE_STATE = 0x00041006,
  EXC_PSRP_DEBUG_RECORD = 0x00041007,
  EXC_PSRP_VERBOSE_RECORD = 0x00041008,
  EXC_PSRP_WARNING_RECORD = 0x00041009,
  EXC_PSRP_PROGRESS_RECORD = 0x00041010,
  EXC_PSRP_INFORMATION_RECORD = 0x00041011,
  EXC_PSRP_PIPELINE_HOST_CALL = 0x00041100,
  EXC_PSRP_PIPELINE_HOST_RESPONSE = 0x00041101,
} ExcPsrpType;

/* The name of the specification, "unknown" for others. */
const char *exc_psrp_type_to_string (guint32 type);

/**
 * ExcPsrpMessage:
 * @type: an #ExcPsrpType, or a number we do not know
 * @pool_id: (nullable): the runspace pool's GUID in upper case, %NULL for the zero GUID
 * @pipeline_id: (nullable): the pipeline's, %NULL for a message of the pool
 * @data: UTF-8 CLIXML, possibly with a BOM, possibly empty
 *
 * One whole message ([MS-PSRP] 2.2.1): 40 bytes of header, then @data.
 */
typedef struct {
  ExcPsrpDestination destination;
  guint32 type;
  char *pool_id;
  char *pipeline_id;
  GBytes *data;
} ExcPsrpMessage;

/* data: (nullable): NULL for no bytes at all, as END_OF_PIPELINE_INPUT has none */
ExcPsrpMessage *exc_psrp_message_new (ExcPsrpDestination destination,
                                      guint32 type,
                                      const char *pool_id,
                                      const char *pipeline_id,
                                      GBytes *data) G_GNUC_WARN_UNUSED_RESULT;
/* The same with a body still to be written; take_body is consumed, sealer may be NULL where no
 * secret can occur. The bytes of a message to a client begin with a BOM, as a server's do. */
ExcPsrpMessage *exc_psrp_message_new_body (ExcPsrpDestination destination,
                                           guint32 type,
                                           const char *pool_id,
                                           const char *pipeline_id,
                                           ExcValue *take_body,
                                           const ExcSecretSealer *sealer,
                                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
ExcPsrpMessage *exc_psrp_message_parse (GBytes *bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;
GBytes *exc_psrp_message_to_bytes (ExcPsrpMessage *self) G_GNUC_WARN_UNUSED_RESULT;
/* (transfer full): the body's value, null for an empty body */
ExcValue *exc_psrp_message_parse_body (ExcPsrpMessage *self,
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
void exc_psrp_message_free (ExcPsrpMessage *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ExcPsrpMessage, exc_psrp_message_free)

/* A fresh GUID as PSRP ids are written: upper case, no braces. */
char *exc_psrp_guid_new (void) G_GNUC_WARN_UNUSED_RESULT;
/* .NET's byte order: the first three groups little endian ([MS-DTYP] 2.3.4.2). */
gboolean exc_psrp_guid_to_bytes (const char *guid, guint8 bytes[16]);
char *exc_psrp_guid_from_bytes (const guint8 bytes[16]) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
