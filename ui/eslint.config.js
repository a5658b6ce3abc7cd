// What a machine can check of the house style: who may import whom, and no words on screen outside the messages.
import js from "@eslint/js";
import prettier from "eslint-config-prettier";
import svelte from "eslint-plugin-svelte";
import globals from "globals";
import ts from "typescript-eslint";
import svelteConfig from "./svelte.config.js";

const WORDS = "/[A-Za-zÀ-ÿ]{2,}/";
const SCREEN_TEXT = [
  {
    selector: `:not(SvelteStyleElement, SvelteScriptElement) > SvelteText[value=${WORDS}]`,
    message: "Words on screen come from the messages: use t().",
  },
  {
    selector: `SvelteAttribute[key.name=/^(aria-label|aria-description|title|placeholder|alt|label|hint)$/] > SvelteLiteral[value=${WORDS}]`,
    message: "Words on screen come from the messages: use t().",
  },
  {
    selector: 'SvelteAttribute[key.name="style"]',
    message: "The CSP refuses style attributes: use a class, or a style: directive on a custom property.",
  },
];

const only = (message, ...group) => ({ group, message });
const TAURI = only("Only lib/api talks to the shell.", "@tauri-apps/*");
const APP = only("app/ is on top: nothing imports it.", "**/app/*", "$lib/../app/*");
const FEATURE_OF_LIB = only("lib/ never imports a feature.", "**/features/**");
const imports = (...patterns) => ["error", { patterns }];

const features = [
  "documents",
  "duplicates",
  "exchange",
  "firstrun",
  "help",
  "import",
  "lock",
  "organisations",
  "projects",
  "settings",
  "supports",
  "today",
];

export default ts.config(
  { ignores: ["dist/**", "src/lib/api/generated/**", "node_modules/**"] },
  js.configs.recommended,
  ...ts.configs.strict,
  ...svelte.configs.recommended,
  prettier,
  ...svelte.configs.prettier,
  { languageOptions: { globals: { ...globals.browser, ...globals.node } } },
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig, extraFileExtensions: [".svelte"] } },
  },
  {
    rules: {
      "no-console": "error",
      "svelte/no-at-html-tags": "error",
      "svelte/no-navigation-without-resolve": "off",
      // Plain collections are meant where nothing on screen reads them.
      "svelte/prefer-svelte-reactivity": "off",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", ignoreRestSiblings: true }],
    },
  },
  { files: ["src/**/*.svelte"], rules: { "no-restricted-syntax": ["error", ...SCREEN_TEXT] } },
  { files: ["src/**"], ignores: ["src/lib/**"], rules: { "no-restricted-imports": imports(TAURI) } },
  {
    files: ["src/lib/**"],
    ignores: ["src/lib/api/**"],
    rules: { "no-restricted-imports": imports(TAURI, FEATURE_OF_LIB, APP) },
  },
  {
    files: ["src/lib/api/**"],
    rules: {
      "no-restricted-imports": imports(FEATURE_OF_LIB, APP, only("lib/api knows no component.", "**/kit/*")),
    },
  },
  ...features.map((feature) => ({
    files: [`src/features/${feature}/**`],
    rules: {
      "no-restricted-imports": imports(
        TAURI,
        APP,
        only(
          "A feature imports itself and lib/, never another feature.",
          ...features
            .filter((other) => other !== feature)
            .flatMap((other) => [`**/${other}/*`, `**/features/${other}/**`]),
        ),
      ),
    },
  })),
);
