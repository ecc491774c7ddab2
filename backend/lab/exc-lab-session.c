/* exc-lab-session.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-lab"

#include "config.h"

#include "exc-lab-session.h"

#include "exc-psrp-records.h"

G_DEFINE_INTERFACE (ExcLabSession, exc_lab_session, G_TYPE_OBJECT)

static void
exc_lab_session_default_init (ExcLabSessionInterface *iface)
{
}

/* System.Management.Automation.ErrorCategory, by number */
static const char *const categories[] = {
  "NotSpecified",        "OpenError",           "CloseError",       "DeviceError",
  "DeadlockDetected",    "InvalidArgument",     "InvalidData",      "InvalidOperation",
  "InvalidResult",       "InvalidType",         "MetadataError",    "NotImplemented",
  "NotInstalled",        "ObjectNotFound",      "OperationStopped", "OperationTimeout",
  "SyntaxError",         "ParserError",         "PermissionDenied", "ResourceBusy",
  "ResourceExists",      "ResourceUnavailable", "ReadError",        "WriteError",
  "FromStdErr",          "SecurityError",       "ProtocolError",    "ConnectionError",
  "AuthenticationError", "LimitsExceeded",      "QuotaExceeded",    "NotEnabled",
};

/**
 * exc_lab_error_record_new:
 * @message: what the server says
 * @exception_type: (nullable): with its namespace
 * @error_id: (nullable): FullyQualifiedErrorId
 * @category: System.Management.Automation.ErrorCategory
 * @reason: (nullable): ErrorCategory_Reason; %NULL for the exception's short name
 *
 * Returns: (transfer full): an ErrorRecord
 */
ExcValue *
exc_lab_error_record_new (const char *message,
                          const char *exception_type,
                          const char *error_id,
                          int category,
                          const char *reason)
{
  ExcPsrpErrorFields fields = { .message = message,
                                .exception_type = exception_type,
                                .error_id = error_id,
                                .category = category,
                                .reason = reason };

  if (category >= 0 && (gsize) category < G_N_ELEMENTS (categories))
    fields.category_name = categories[category];

  return exc_psrp_error_record_new (&fields);
}
