/* exc-secret.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-secret.h"

#include <openssl/crypto.h>

#include <string.h>

struct _ExcSecret {
  gatomicrefcount ref_count;
  gsize size;
  char *data; /* size bytes and a NUL */
};

G_DEFINE_BOXED_TYPE (ExcSecret, exc_secret, exc_secret_ref, exc_secret_unref)

/**
 * exc_secret_new:
 * @data: (array length=size): the bytes; copied
 * @size: length of @data, or (gsize) -1 for a NUL-terminated text
 *
 * Returns: (transfer full): a secret
 */
ExcSecret *
exc_secret_new (const void *data, gsize size)
{
  char *copy;

  g_return_val_if_fail (data != NULL || size == 0, NULL);

  if (size == (gsize) -1)
    size = strlen (data);
  copy = g_malloc (size + 1);
  if (size > 0)
    memcpy (copy, data, size);

  return exc_secret_new_take (copy, size);
}

/**
 * exc_secret_new_take:
 * @data: (transfer full) (array length=size): the bytes, with room for one more; cleansed later
 * @size: length of @data
 *
 * Returns: (transfer full): a secret
 */
ExcSecret *
exc_secret_new_take (char *data, gsize size)
{
  ExcSecret *self = g_new0 (ExcSecret, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->size = size;
  self->data = data;
  self->data[size] = '\0';

  return self;
}

ExcSecret *
exc_secret_ref (ExcSecret *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
exc_secret_unref (ExcSecret *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  OPENSSL_cleanse (self->data, self->size);
  g_free (self->data);
  g_free (self);
}

/**
 * exc_secret_peek:
 * @self: a secret
 * @size: (out) (optional): its length in bytes
 *
 * Returns: (transfer none): the bytes, with a NUL behind them; they live as long as @self
 */
const char *
exc_secret_peek (ExcSecret *self, gsize *size)
{
  g_return_val_if_fail (self != NULL, NULL);

  if (size != NULL)
    *size = self->size;
  return self->data;
}
