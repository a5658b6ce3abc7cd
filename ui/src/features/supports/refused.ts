/** Where a form of the session sends the person: to what is refused in it, or on when it closes. */
import { tick } from "svelte";

/** Puts the focus on the first field at fault, in sight with its reason. */
export async function showRefused(form: HTMLElement): Promise<void> {
  await tick();
  const field = form.querySelector<HTMLElement>("[aria-invalid=true]");
  field?.focus();
  // Its buttons too, where there is room: a reason makes it longer.
  if (form.offsetHeight < window.innerHeight / 2) form.scrollIntoView({ block: "nearest" });
  (field?.closest(".field") ?? field)?.scrollIntoView({ block: "nearest" });
}

/** Closes a form that stands in `box`, and puts the focus on the button that takes its place. */
export async function leaveForm(box: HTMLElement, close: () => void): Promise<void> {
  close();
  await tick();
  box.querySelector<HTMLElement>("button")?.focus();
}
