/** The drawing that stands for an entity wherever records of several kinds meet. */

const ICONS: Record<string, string> = {
  organisation: "building-2",
  person: "user-round",
  affiliation: "user-round",
  territory: "map-pin",
  project: "kanban",
  support: "handshake",
  session: "notebook-pen",
  request: "message-circle",
  need: "message-square-quote",
  obstacle: "triangle-alert",
  decision: "gavel",
  proposal: "lightbulb",
  task: "check",
  event: "users",
  offer: "send",
  document: "file-text",
  resource: "book-open",
  watch_item: "newspaper",
  tag: "tags",
  funding: "euro",
  introduction: "waypoints",
  contact_attempt: "mail",
  network: "network",
  checklist: "list-checks",
};

export const entityIcon = (entity: string): string => ICONS[entity] ?? "circle";
