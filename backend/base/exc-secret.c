/* exc-secret.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-secret.h"

#include <openssl/crypto.h>

#include <malloc.h>
#include <string.h>

#define HEAP_SIZE  (1 << 20) /* a power of two; what does not fit lies in ordinary memory */
#define HEAP_BLOCK 32
#define WIPE       0xa5

struct _ExcSecret {
  gatomicrefcount ref_count;
  gsize size;
  char *data; /* size bytes and a NUL; of OpenSSL's secure heap while that has room */
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
  static gsize is_ready = 0;
  ExcSecret *self;

  g_return_val_if_fail (data != NULL || size == 0, NULL);

  /* Locked, left out of core dumps, between guard pages. Where the limit of locked memory is too
   * low it stays in use, unlocked. */
  if (g_once_init_enter (&is_ready)) {
    if (CRYPTO_secure_malloc_init (HEAP_SIZE, HEAP_BLOCK) != 1)
      g_info ("Secrets cannot be locked in memory.");
    g_once_init_leave (&is_ready, 1);
  }
  if (size == (gsize) -1)
    size = strlen (data);
  self = g_new0 (ExcSecret, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->size = size;
  self->data = OPENSSL_secure_malloc (size + 1);
  if (self->data == NULL) /* too large for what is left of it */
    self->data = OPENSSL_malloc (size + 1);
  if (self->data == NULL)
    g_error ("No memory for a secret of %" G_GSIZE_FORMAT " bytes", size);
  if (size > 0)
    memcpy (self->data, data, size);
  self->data[size] = '\0';
  return self;
}

/**
 * exc_secret_new_take:
 * @data: (transfer full) (array length=size): the bytes; copied, then cleansed and freed
 * @size: length of @data
 *
 * Returns: (transfer full): a secret
 */
ExcSecret *
exc_secret_new_take (char *data, gsize size)
{
  ExcSecret *self = exc_secret_new (data, size);

  OPENSSL_cleanse (data, size);
  g_free (data);
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

  OPENSSL_secure_clear_free (self->data, self->size + 1);
  g_free (self);
}

/**
 * exc_secret_wipe_freed_memory:
 *
 * From now on whatever this process frees is overwritten, as far as the C library does so: the
 * buffers of HTTP, TLS and XML through which a key goes belong to libraries that wipe nothing. It
 * costs time, so it begins with the first key that is sent or asked for. Small blocks that wait in
 * a thread's cache are left as they are; of a key they can hold pieces alone.
 */
void
exc_secret_wipe_freed_memory (void)
{
#ifdef M_PERTURB
  mallopt (M_PERTURB, WIPE);
#endif
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
