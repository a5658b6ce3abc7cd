/** Starts the window: styles, drawings, then the application. */
import { mount } from "svelte";
import App from "./app/App.svelte";
import { addSprite } from "./app/sprite";
import "./styles/tokens.css";
import "./styles/components.css";
import "./styles/app.css";

addSprite();
const target = document.getElementById("app");
if (!target) throw new Error("index.html has no #app");
mount(App, { target });
