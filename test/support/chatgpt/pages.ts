/** Pages that people and proxies see. */

export const challengePage = `<!DOCTYPE html><html lang="en-US"><head><title>Just a moment...</title></head><body>
<script>window._cf_chl_opt={cType:"managed"};</script>
<noscript>Enable JavaScript and cookies to continue</noscript></body></html>`;

export function page(title: string, content: string): string {
	return `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>${escaped(title)}</title></head><body>
<main><h1>${escaped(title)}</h1>
${content}</main></body></html>`;
}

export function link(text: string, href: string): string {
	return `<p><a href="${escaped(href)}">${escaped(text)}</a></p>\n`;
}

export function escaped(text: string): string {
	return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
