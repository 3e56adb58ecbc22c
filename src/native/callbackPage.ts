import { createHash } from "node:crypto";

/** What a page says, in the language of its reader. */
export interface PageText {
	readonly title: string;
	readonly detail: string;
}

const style =
	":root{color-scheme:light dark}body{margin:0;min-height:100vh;display:grid;place-items:center;" +
	"font:1rem/1.5 system-ui,sans-serif;background:#fff;color:#1f1f1f}" +
	"main{max-width:34rem;padding:2rem}h1{font-size:1.4rem;margin:0 0 .5rem}p{margin:0;overflow-wrap:anywhere}" +
	"@media (prefers-color-scheme:dark){body{background:#1f1f1f;color:#e4e4e4}}";

/** For every answer: its address holds a code, so it is kept nowhere, tells no other site, and loads nothing. */
export const pageHeaders: Readonly<Record<string, string>> = {
	"cache-control": "no-store",
	"content-security-policy":
		`default-src 'none'; style-src 'sha256-${createHash("sha256").update(style).digest("base64")}'; ` +
		"base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
	"referrer-policy": "no-referrer",
	"x-content-type-options": "nosniff",
};

/** The page on which a browser ends that has been signing in. @param language as HTML names it: `en`, `zh-cn`. */
export function callbackPage({ title, detail }: PageText, language: string): string {
	return `<!doctype html>
<html lang="${escaped(language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<link rel="icon" href="data:,">
<title>${escaped(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${escaped(title)}</h1>
<p>${escaped(detail)}</p>
</main>
</body>
</html>
`;
}

function escaped(text: string): string {
	return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
