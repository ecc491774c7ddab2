/* exc-connectable.h — a host name that is connected to at an address of our own
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define EXC_TYPE_CONNECTABLE (exc_connectable_get_type ())
G_DECLARE_FINAL_TYPE (ExcConnectable, exc_connectable, EXC, CONNECTABLE, GNetworkAddress)

/**
 * ExcConnectable:
 *
 * Connects to @address, but is a GNetworkAddress of @host: TLS checks the peer's certificate
 * against that name, as it would after an ordinary look-up. No proxy is asked.
 */
ExcConnectable *exc_connectable_new (const char *host,
                                     GInetAddress *address,
                                     guint16 port) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
