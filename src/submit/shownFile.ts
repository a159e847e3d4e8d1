/** The files that the editor groups show, as text of their URIs; undefined for a group that shows something else. */
export interface ShownFiles {
  active: string | undefined;
  others: readonly (string | undefined)[];
}

/**
 * Which file a click on an editor's title button means. For a moment after a switch of tabs the button still carries the
 * file that was shown before, so what the group shows now counts. Only where every group has buttons may another group
 * than the active one have been clicked.
 * @param carried the file that the button names
 */
export function shownFile(
  carried: string | undefined,
  { active, others }: ShownFiles,
  everyGroupHasButtons: boolean,
): string | undefined {
  const isElsewhere = carried !== undefined && carried !== active && others.includes(carried);
  return everyGroupHasButtons && isElsewhere ? carried : active;
}
