/* fuzz-nrbf.c — a tree or an error, and every getter on every node
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-nrbf.h"
#include "exc-serialized-certificate.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* References may lead round in circles. */
static void
walk (const ExcNrbfNode *node, guint depth)
{
  gint64 number;
  gboolean flag;

  exc_nrbf_node_get_class (node);
  exc_nrbf_node_get_text (node);
  exc_nrbf_node_get_bytes (node);
  exc_nrbf_node_get_int64 (node, &number);
  exc_nrbf_node_get_boolean (node, &flag);
  exc_nrbf_node_get_member (node, "value__");
  for (guint i = 0; depth < 3 && i < MIN (exc_nrbf_node_get_n_items (node), 16); i++)
    walk (exc_nrbf_node_get_item (node, i), depth + 1);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr(GBytes) bytes = g_bytes_new (data, size);
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcNrbf) stream = exc_nrbf_parse (bytes, &error);
  g_autoptr(ExcSerializedCertificate) certificate = exc_serialized_certificate_parse (bytes, NULL);

  g_assert_cmpint (stream == NULL, ==, error != NULL);
  if (stream != NULL)
    walk (exc_nrbf_get_root (stream), 0);
  if (certificate != NULL)
    g_assert_nonnull (certificate->der);

  return 0;
}
