/* exc-lab-exchange.h — a session of the Exchange endpoint
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-lab-cmdlet.h"

G_BEGIN_DECLS

#define EXC_TYPE_LAB_EXCHANGE (exc_lab_exchange_get_type ())
G_DECLARE_FINAL_TYPE (ExcLabExchange, exc_lab_exchange, EXC, LAB_EXCHANGE, GObject)

/**
 * ExcLabExchange:
 *
 * NoLanguage: cmdlets with parameters alone, on a back end that is not always the server the
 * client connected to. @query: of the URL; serializationLevel=Full adds SerializationData.
 */
ExcLabExchange *exc_lab_exchange_new (ExcLabWorld *world,
                                      ExcLabTable *table,
                                      ExcLabServer *back_end,
                                      const char *query) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
