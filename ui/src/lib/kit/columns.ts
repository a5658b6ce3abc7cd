/** A column of a `VirtualTable`. */
export interface Column {
  /** The field it sorts by. */
  key: string;
  label: string;
  isSortable?: boolean;
  isRight?: boolean;
  /** The one that names the row. */
  isMain?: boolean;
  /** `160px`, `20%`; the rest is shared. */
  width?: string;
}
