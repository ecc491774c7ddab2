/* exc-application.h — the program
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "exc-window.h"

G_BEGIN_DECLS

#define EXC_TYPE_APPLICATION (exc_application_get_type ())
G_DECLARE_FINAL_TYPE (ExcApplication, exc_application, EXC, APPLICATION, AdwApplication)

/**
 * ExcApplication:
 *
 * `thumbprint [--demo [SCENARIO]] [--version]`. A second start hands its wish to the first.
 */
ExcApplication *exc_application_new (GApplicationFlags flags) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
