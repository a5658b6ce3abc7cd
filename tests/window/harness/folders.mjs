// @ts-check
/** The temporary home of one program under test: it never sees the developer's own folders or desktop. */
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

export class Folders {
  constructor() {
    this.home = mkdtempSync(join(tmpdir(), "carnet-window-"));
    this.documents = join(this.home, "Documents");
    this.answers = join(this.home, "dialog-answers");
    for (const folder of [this.documents, this.xdg("config")]) mkdirSync(folder, { recursive: true });
    mkdirSync(this.xdg("run"), { mode: 0o700 });
    writeFileSync(join(this.xdg("config"), "user-dirs.dirs"), 'XDG_DOCUMENTS_DIR="$HOME/Documents"\n');
    writeFileSync(this.answers, "");
  }

  /** @param {string} name */
  xdg(name) {
    return join(this.home, `.${name}`);
  }

  /** @param {string | null} path */
  appendAnswer(path) {
    appendFileSync(this.answers, `${path ?? ""}\n`);
  }

  /**
   * Everything that the program may know of the world around it.
   * @param {string} display
   * @returns {Record<string, string>}
   */
  environment(display) {
    return {
      PATH: process.env.PATH ?? "/usr/bin:/bin",
      HOME: this.home,
      USER: "officer",
      LANG: "fr_FR.UTF-8",
      TZ: "Europe/Paris",
      XDG_CONFIG_HOME: this.xdg("config"),
      XDG_DATA_HOME: this.xdg("data"),
      XDG_CACHE_HOME: this.xdg("cache"),
      XDG_STATE_HOME: this.xdg("state"),
      XDG_RUNTIME_DIR: this.xdg("run"),
      DISPLAY: display,
      GDK_BACKEND: "x11",
      // No session bus: the settings and theme of the developer's desktop stay out of the tests.
      DBUS_SESSION_BUS_ADDRESS: "disabled:",
      GSETTINGS_BACKEND: "memory",
      NO_AT_BRIDGE: "1",
      LIBGL_ALWAYS_SOFTWARE: "1",
      // Without a graphics card, drawing on the processor is quicker than playing a card there.
      WEBKIT_SKIA_ENABLE_CPU_RENDERING: "1",
      // Its writer outlives the window and would still fill the folder while it is removed.
      MESA_SHADER_CACHE_DISABLE: "true",
      TAURI_AUTOMATION: "true",
      TAURI_WEBVIEW_AUTOMATION: "true",
      CARNET_DIALOG_ANSWERS: this.answers,
      RUST_BACKTRACE: "1",
    };
  }

  /** Removes everything, once the last of the program's own processes has stopped writing there. */
  async remove() {
    for (let attempts = 100; ; attempts -= 1) {
      try {
        // Node's own retries do not look again at what a folder holds, and fail on a file that came meanwhile.
        return rmSync(this.home, { recursive: true, force: true });
      } catch (error) {
        if (attempts === 0 || /** @type {NodeJS.ErrnoException} */ (error).code !== "ENOTEMPTY") throw error;
      }
      await pause(100);
    }
  }
}
