/* exchange-test.h — replies to read, for the tests of this folder
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-record.h"

G_BEGIN_DECLS

/* The objects of a recorded file, as if a command had put them out; %NULL after g_test_skip where
 * the recordings are absent. */
ExcReply *exchange_test_recorded (const char *file_name);
/* (nullable): path of a recorded file, the same way */
char *exchange_test_path (const char *file_name);
/* One object put out. */
ExcReply *exchange_test_reply (ExcValue *take);
/* A terminating error. */
ExcReply *exchange_test_failed (const char *error_id, const char *target);
/* A real self-signed certificate, made here. */
GBytes *exchange_test_certificate (const char *common_name);
/* SHA-1 in upper-case hex, computed another way than the readers do. */
char *exchange_test_thumbprint (GBytes *der);

G_END_DECLS
