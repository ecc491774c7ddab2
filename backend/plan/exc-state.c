/* exc-state.c — the words for states
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-job"

#include "config.h"

#include "exc-job.h"

#include <glib/gi18n.h>

static const struct {
  const char *id;
  const char *text;
  const char *icon_name;
} words[] = {
  [EXC_STATE_PENDING] = {
      "pending", N_ ("Pending"), "content-loading-symbolic" },
      [EXC_STATE_RUNNING] = {
          "running", N_ ("Running"), "media-playback-start-symbolic" },
          [EXC_STATE_WAITING] = {
              "waiting", N_ ("Waiting"), "alarm-symbolic" },
              [EXC_STATE_DONE] = {
                  "done", N_ ("Done"), "emblem-ok-symbolic" },
                  [EXC_STATE_WARNINGS] = {
                      "warnings", N_ ("Done with warnings"), "dialog-warning-symbolic" },
                      [EXC_STATE_SKIPPED] = {
                          "skipped", N_ ("Skipped"), "media-skip-forward-symbolic" },
                          [EXC_STATE_FAILED] = {
                              "failed", N_ ("Failed"), "dialog-error-symbolic" },
                              [EXC_STATE_UNREACHABLE] = {
                                  "unreachable", N_ ("Unreachable"), "network-offline-symbolic" },
                                  [EXC_STATE_CANCELLED] = {
                                      "cancelled", N_ ("Stopped"), "process-stop-symbolic" },
                                      [EXC_STATE_INTERRUPTED] = {
                                          "interrupted",
                                          N_ ("Interrupted"), "media-playback-pause-symbolic" },
                                          [EXC_STATE_UNDONE] = { "undone",
                                                                 N_ ("Undone"),
                                                                     "edit-undo-symbolic" },
                                          };

/**
 * exc_state_to_text:
 *
 * Returns: the state in a word or two, for people
 */
const char *
exc_state_to_text (ExcState state)
{
  g_return_val_if_fail ((guint) state < G_N_ELEMENTS (words), NULL);

  return _ (words[state].text);
}

/**
 * exc_state_to_id:
 *
 * Returns: the state for machines, never translated
 */
const char *
exc_state_to_id (ExcState state)
{
  g_return_val_if_fail ((guint) state < G_N_ELEMENTS (words), NULL);

  return words[state].id;
}

/**
 * exc_state_to_icon_name:
 *
 * Returns: a symbolic icon of the icon naming specification or of Adwaita
 */
const char *
exc_state_to_icon_name (ExcState state)
{
  g_return_val_if_fail ((guint) state < G_N_ELEMENTS (words), NULL);

  return words[state].icon_name;
}
