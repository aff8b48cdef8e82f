/** Whether a check of the list answers whether the migration is pending: no plan, baseline or reference sets it aside. */
export function isPendingCheck(id: string): boolean {
  return /^S27\b/.test(id);
}
