import { registerHooks } from "node:module";

/** Lets files that take their words from VS Code be loaded outside of it: `l10n` in English, and what a test scripts. */
registerHooks({
	resolve: (specifier, context, next) =>
		specifier === "vscode"
			? { url: new URL("./fakeVscode.ts", import.meta.url).href, shortCircuit: true }
			: next(specifier, context),
});
