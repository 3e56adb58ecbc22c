/** What the page's skeleton is made of; the addresses are those of the webview. */
interface PageFrame {
	readonly scriptUri: string;
	readonly styleUri: string;
	/** The webview's own source for its resources, as content policies name it. */
	readonly cspSource: string;
	/** Fresh for each page. */
	readonly nonce: string;
	/** BCP 47, for screen readers. */
	readonly language: string;
}

/** SHA-256 of nothing: allows a style element that is empty and no other. */
const emptyStyle = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='";

/**
 * What the page may load: one script, one style sheet. The toolkit's components bring constructed style sheets and inline
 * SVG only, which need no allowance, and no font; but they put an empty style element into the page to find out whether
 * the browser knows `:focus-visible`, and without it would outline whatever was clicked.
 */
function contentPolicy({ cspSource, nonce }: PageFrame): string {
	return [
		"default-src 'none'",
		`script-src 'nonce-${nonce}'`,
		`style-src ${cspSource} ${emptyStyle}`,
		"form-action 'none'",
		"base-uri 'none'",
	].join("; ");
}

function escapeAttribute(text: string): string {
	return text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
}

/** The page without anything a person typed: that is sent once the page says it is ready. */
export function relayFormHtml(frame: PageFrame): string {
	const attribute = escapeAttribute;
	return `<!DOCTYPE html>
<html lang="${attribute(frame.language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${attribute(contentPolicy(frame))}">
<link rel="stylesheet" href="${attribute(frame.styleUri)}">
<title>Relay Accounts</title>
</head>
<body>
<main id="form"></main>
<script nonce="${attribute(frame.nonce)}" src="${attribute(frame.scriptUri)}"></script>
</body>
</html>
`;
}
