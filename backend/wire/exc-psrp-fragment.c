/* exc-psrp-fragment.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-psrp"

#include "config.h"

#include "exc-psrp-fragment.h"

#include "exc-error.h"

#include <glib/gi18n.h>
#include <string.h>

#define FLAG_START 0x01
#define FLAG_END   0x02

/* --- Reading --- */

typedef enum {
  STATE_HEADER,
  STATE_BLOB,
  STATE_FAILED,
} State;

/* A message that has begun. */
typedef struct {
  guint64 object_id;
  guint64 next_fragment_id;
  GByteArray *bytes;
} Open;

struct _ExcPsrpFragmentReader {
  State state;
  gsize max_message;
  guint max_open;

  guint8 header[EXC_PSRP_FRAGMENT_HEADER];
  gsize header_have;

  Open *current; /* whose blob is being read, in @open */
  guint8 flags;
  gsize blob_left;

  GHashTable *open; /* (element-type guint64 Open): owned, by ObjectId */
  gsize open_bytes;
  GQueue ready; /* (element-type GBytes) */
};

static void
open_free (gpointer data)
{
  Open *message = data;

  g_clear_pointer (&message->bytes, g_byte_array_unref);
  g_free (message);
}

static guint64
read_be (const guint8 *at, gsize n_bytes)
{
  guint64 value = 0;

  for (gsize i = 0; i < n_bytes; i++)
    value = value << 8 | at[i];

  return value;
}

static void
write_be (guint8 *at, gsize n_bytes, guint64 value)
{
  for (gsize i = n_bytes; i > 0; i--) {
    at[i - 1] = value & 0xff;
    value >>= 8;
  }
}

static gboolean
fail (ExcPsrpFragmentReader *self, ExcError code, const char *what, GError **error)
{
  self->state = STATE_FAILED;
  self->current = NULL;
  g_hash_table_remove_all (self->open);
  g_set_error (
      error, EXC_ERROR, code, _("The server sent an invalid remoting fragment: %s."), what);
  return FALSE;
}

static gboolean
parse_header (ExcPsrpFragmentReader *self, GError **error)
{
  guint64 object_id = read_be (self->header, 8);
  guint64 fragment_id = read_be (self->header + 8, 8);
  Open *message = g_hash_table_lookup (self->open, &object_id);

  self->flags = self->header[16];
  self->blob_left = read_be (self->header + 17, 4);
  self->header_have = 0;

  if (self->flags & ~(FLAG_START | FLAG_END))
    return fail (self, EXC_ERROR_PROTOCOL, "unknown flags", error);
  if (object_id == 0)
    return fail (self, EXC_ERROR_PROTOCOL, "ObjectId 0", error);

  if (self->flags & FLAG_START) {
    if (message != NULL)
      return fail (self, EXC_ERROR_PROTOCOL, "a message inside itself", error);
    if (g_hash_table_size (self->open) >= self->max_open)
      return fail (self, EXC_ERROR_LIMIT, "too many unfinished messages", error);

    message = g_new0 (Open, 1);
    message->object_id = object_id;
    message->bytes = g_byte_array_new ();
    g_hash_table_insert (self->open, &message->object_id, message);
  }

  if (message == NULL)
    return fail (self, EXC_ERROR_PROTOCOL, "the beginning is missing", error);
  if (fragment_id != message->next_fragment_id)
    return fail (self, EXC_ERROR_PROTOCOL, "out of order", error);
  if (self->blob_left > self->max_message - message->bytes->len)
    return fail (self, EXC_ERROR_LIMIT, "the message is too large", error);
  if (self->blob_left > 2 * self->max_message - self->open_bytes)
    return fail (self, EXC_ERROR_LIMIT, "the unfinished messages are too large", error);

  message->next_fragment_id++;
  self->current = message;
  self->state = STATE_BLOB;
  return TRUE;
}

static void
finish_fragment (ExcPsrpFragmentReader *self)
{
  Open *message = self->current;

  self->state = STATE_HEADER;
  self->current = NULL;

  if (self->flags & FLAG_END) {
    self->open_bytes -= message->bytes->len;
    g_queue_push_tail (&self->ready,
                       g_byte_array_free_to_bytes (g_steal_pointer (&message->bytes)));
    g_hash_table_remove (self->open, &message->object_id);
  }
}

/**
 * exc_psrp_fragment_reader_new:
 * @max_message: largest message accepted, in bytes
 * @max_open: most messages that may have begun and not ended
 *
 * Returns: (transfer full): a reader
 */
ExcPsrpFragmentReader *
exc_psrp_fragment_reader_new (gsize max_message, guint max_open)
{
  ExcPsrpFragmentReader *self;

  g_return_val_if_fail (max_message <= G_MAXSIZE / 2 && max_open > 0, NULL);

  self = g_new0 (ExcPsrpFragmentReader, 1);
  self->max_message = max_message;
  self->max_open = max_open;
  self->open = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, open_free);
  g_queue_init (&self->ready);

  return self;
}

void
exc_psrp_fragment_reader_free (ExcPsrpFragmentReader *self)
{
  if (self == NULL)
    return;

  g_hash_table_unref (self->open);
  g_queue_clear_full (&self->ready, (GDestroyNotify) g_bytes_unref);
  g_free (self);
}

/**
 * exc_psrp_fragment_reader_push:
 * @self: a reader
 * @data: (array length=length): bytes of one stream, in any split
 * @length: length of @data
 * @error: return location for an error
 *
 * Returns: %TRUE unless the bytes break the protocol or a limit
 */
gboolean
exc_psrp_fragment_reader_push (ExcPsrpFragmentReader *self,
                               const guint8 *data,
                               gsize length,
                               GError **error)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (data != NULL || length == 0, FALSE);

  if (self->state == STATE_FAILED)
    return fail (self, EXC_ERROR_PROTOCOL, "an earlier one was invalid", error);

  while (length > 0) {
    gsize take;

    if (self->state == STATE_HEADER) {
      take = MIN (length, EXC_PSRP_FRAGMENT_HEADER - self->header_have);
      memcpy (self->header + self->header_have, data, take);
      self->header_have += take;
      if (self->header_have == EXC_PSRP_FRAGMENT_HEADER && !parse_header (self, error))
        return FALSE;
    } else {
      take = MIN (length, self->blob_left);
      g_byte_array_append (self->current->bytes, data, take);
      self->open_bytes += take;
      self->blob_left -= take;
    }

    if (self->state == STATE_BLOB && self->blob_left == 0)
      finish_fragment (self);

    data += take;
    length -= take;
  }

  return TRUE;
}

/**
 * exc_psrp_fragment_reader_pop:
 * @self: a reader
 *
 * Returns: (transfer full) (nullable): the next whole message, or %NULL
 */
GBytes *
exc_psrp_fragment_reader_pop (ExcPsrpFragmentReader *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_queue_pop_head (&self->ready);
}

/**
 * exc_psrp_fragment_reader_is_idle:
 * @self: a reader
 *
 * Returns: %TRUE between messages; a stream that ends elsewhere was cut off
 */
gboolean
exc_psrp_fragment_reader_is_idle (ExcPsrpFragmentReader *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->state == STATE_HEADER && self->header_have == 0 &&
         g_hash_table_size (self->open) == 0;
}

/* --- Writing --- */

struct _ExcPsrpFragmentWriter {
  GBytes *message; /* (nullable): what is being taken */
  gsize offset;
  guint64 object_id;
  guint64 next_fragment_id;
};

ExcPsrpFragmentWriter *
exc_psrp_fragment_writer_new (void)
{
  return g_new0 (ExcPsrpFragmentWriter, 1);
}

void
exc_psrp_fragment_writer_free (ExcPsrpFragmentWriter *self)
{
  if (self == NULL)
    return;

  g_clear_pointer (&self->message, g_bytes_unref);
  g_free (self);
}

/**
 * exc_psrp_fragment_writer_begin:
 * @self: a writer that is idle
 * @message: a whole message
 *
 * Gives the message the next ObjectId.
 */
void
exc_psrp_fragment_writer_begin (ExcPsrpFragmentWriter *self, GBytes *message)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (self->message == NULL);
  g_return_if_fail (message != NULL);

  self->message = g_bytes_ref (message);
  self->offset = 0;
  self->object_id++;
  self->next_fragment_id = 0;
}

/**
 * exc_psrp_fragment_writer_take:
 * @self: a writer
 * @max_bytes: most bytes the fragment may have, with its header
 *
 * Returns: (transfer full) (nullable): the next fragment, or %NULL when the message is taken
 */
GBytes *
exc_psrp_fragment_writer_take (ExcPsrpFragmentWriter *self, gsize max_bytes)
{
  const guint8 *data;
  gsize size, length;
  guint8 *fragment;
  guint8 flags = 0;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (max_bytes > EXC_PSRP_FRAGMENT_HEADER, NULL);

  if (self->message == NULL)
    return NULL;

  data = g_bytes_get_data (self->message, &size);
  length = MIN (size - self->offset, max_bytes - EXC_PSRP_FRAGMENT_HEADER);
  length = MIN (length, G_MAXINT32);
  if (self->next_fragment_id == 0)
    flags |= FLAG_START;
  if (self->offset + length == size)
    flags |= FLAG_END;

  fragment = g_malloc (EXC_PSRP_FRAGMENT_HEADER + length);
  write_be (fragment, 8, self->object_id);
  write_be (fragment + 8, 8, self->next_fragment_id++);
  fragment[16] = flags;
  write_be (fragment + 17, 4, length);
  if (length > 0)
    memcpy (fragment + EXC_PSRP_FRAGMENT_HEADER, data + self->offset, length);

  self->offset += length;
  if (flags & FLAG_END)
    g_clear_pointer (&self->message, g_bytes_unref);

  return g_bytes_new_take (fragment, EXC_PSRP_FRAGMENT_HEADER + length);
}

gboolean
exc_psrp_fragment_writer_is_idle (ExcPsrpFragmentWriter *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->message == NULL;
}

gsize
exc_psrp_fragment_writer_get_left (ExcPsrpFragmentWriter *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->message == NULL ? 0 : g_bytes_get_size (self->message) - self->offset;
}
