/* exc-connectable.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-remote"

#include "config.h"

#include "exc-connectable.h"

struct _ExcConnectable {
  GNetworkAddress parent_instance;

  GSocketAddress *address;
};

static void connectable_iface_init (GSocketConnectableIface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ExcConnectable,
                               exc_connectable,
                               G_TYPE_NETWORK_ADDRESS,
                               G_IMPLEMENT_INTERFACE (G_TYPE_SOCKET_CONNECTABLE,
                                                      connectable_iface_init))

static GSocketAddressEnumerator *
exc_connectable_enumerate (GSocketConnectable *connectable)
{
  return g_socket_connectable_enumerate (
      G_SOCKET_CONNECTABLE (EXC_CONNECTABLE (connectable)->address));
}

static char *
exc_connectable_to_string (GSocketConnectable *connectable)
{
  GNetworkAddress *network = G_NETWORK_ADDRESS (connectable);

  return g_strdup_printf (
      "%s:%u", g_network_address_get_hostname (network), g_network_address_get_port (network));
}

static void
connectable_iface_init (GSocketConnectableIface *iface)
{
  iface->enumerate = exc_connectable_enumerate;
  iface->proxy_enumerate = exc_connectable_enumerate;
  iface->to_string = exc_connectable_to_string;
}

static void
exc_connectable_finalize (GObject *object)
{
  g_clear_object (&EXC_CONNECTABLE (object)->address);
  G_OBJECT_CLASS (exc_connectable_parent_class)->finalize (object);
}

static void
exc_connectable_class_init (ExcConnectableClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = exc_connectable_finalize;
}

static void
exc_connectable_init (ExcConnectable *self)
{
}

ExcConnectable *
exc_connectable_new (const char *host, GInetAddress *address, guint16 port)
{
  ExcConnectable *self =
      g_object_new (EXC_TYPE_CONNECTABLE, "hostname", host, "port", (guint) port, NULL);

  self->address = g_inet_socket_address_new (address, port);
  return self;
}
