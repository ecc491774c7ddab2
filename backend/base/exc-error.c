/* exc-error.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-error.h"

/* clang-format off */
G_DEFINE_QUARK (exc-error-quark, exc_error)
/* clang-format on */
