import { registerHooks } from "node:module";

/** Lets files that take their words from VS Code be loaded outside of it: only `l10n` is there, in English. */
registerHooks({
	resolve: (specifier, context, next) =>
		specifier === "vscode"
			? { url: new URL("./englishWords.ts", import.meta.url).href, shortCircuit: true }
			: next(specifier, context),
});
