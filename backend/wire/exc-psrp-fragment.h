/* exc-psrp-fragment.h — PSRP fragments in and out
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define EXC_PSRP_FRAGMENT_HEADER 21 /* bytes in front of each fragment's part of the message */

/**
 * ExcPsrpFragmentReader:
 *
 * Joins fragments to whole messages ([MS-PSRP] 2.2.4, protocol.md 5). One reader a stream (the
 * shell's, and each pipeline's): bytes go in with push in any split, whole messages come out with
 * pop in the order in which they ended. Messages of several ObjectIds may be interleaved. After
 * the first error the reader stays failed.
 */
typedef struct _ExcPsrpFragmentReader ExcPsrpFragmentReader;

/* max_message: bytes one message may have; max_open: messages that may be unfinished at a time.
 * All unfinished messages together may not pass 2 * max_message either. */
ExcPsrpFragmentReader *exc_psrp_fragment_reader_new (gsize max_message,
                                                     guint max_open) G_GNUC_WARN_UNUSED_RESULT;
void exc_psrp_fragment_reader_free (ExcPsrpFragmentReader *self);
/* FALSE with EXC_ERROR_PROTOCOL or EXC_ERROR_LIMIT; what was whole before can still be popped. */
gboolean exc_psrp_fragment_reader_push (ExcPsrpFragmentReader *self,
                                        const guint8 *data,
                                        gsize length,
                                        GError **error);
GBytes *exc_psrp_fragment_reader_pop (ExcPsrpFragmentReader *self) G_GNUC_WARN_UNUSED_RESULT;
gboolean exc_psrp_fragment_reader_is_idle (ExcPsrpFragmentReader *self); /* between messages */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ExcPsrpFragmentReader, exc_psrp_fragment_reader_free)

/**
 * ExcPsrpFragmentWriter:
 *
 * Cuts messages into fragments, one writer a direction of a shell: ObjectIds count from 1. A
 * fragment is made when it is taken, so that each can fit the envelope it rides in.
 */
typedef struct _ExcPsrpFragmentWriter ExcPsrpFragmentWriter;

ExcPsrpFragmentWriter *exc_psrp_fragment_writer_new (void) G_GNUC_WARN_UNUSED_RESULT;
void exc_psrp_fragment_writer_free (ExcPsrpFragmentWriter *self);
/* Begins the next message; only when the one before is taken to its end. */
void exc_psrp_fragment_writer_begin (ExcPsrpFragmentWriter *self, GBytes *message);
/* (transfer full) (nullable): one fragment of at most max_bytes (22 or more, with its header), or
 * NULL when the message is taken. An empty message is one fragment of 21 bytes. */
GBytes *exc_psrp_fragment_writer_take (ExcPsrpFragmentWriter *self,
                                       gsize max_bytes) G_GNUC_WARN_UNUSED_RESULT;
gboolean exc_psrp_fragment_writer_is_idle (ExcPsrpFragmentWriter *self);
/* Bytes of the current message that are not taken yet, without headers. */
gsize exc_psrp_fragment_writer_get_left (ExcPsrpFragmentWriter *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ExcPsrpFragmentWriter, exc_psrp_fragment_writer_free)

G_END_DECLS
